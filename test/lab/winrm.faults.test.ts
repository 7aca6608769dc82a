import type { WinRmServer } from "../../lab/windows/winRmServer";
import { describeWith } from "../support/requirements";
import { failure, servers, shells, verbs } from "../support/winrm/transport";

describeWith(["winrm"], "what a host may answer instead", () => {
  const { start, connect } = servers();
  let server: WinRmServer;
  beforeAll(async () => void (server = await start()));
  afterEach(async () => expect(await shells(server)).toBe(0));

  const answer = async (on: string, what: { code: number } | { status: number }, times = 1) => {
    for (let i = 0; i < times; i++) server.answer(on, what);
    await server.events();
  };
  const logins = async (of: WinRmServer) => (await of.events()).filter(({ event }) => event === "login").length;

  test.each([400, 401])(
    "HTTP %i and nothing: the login was forgotten, so once more after a new one",
    async (status) => {
      const transport = await connect(server);
      const before = await logins(server);
      for (const verb of ["Create", "Command", "Receive", "Delete"]) {
        await answer(verb, { status });
        expect(await transport.run({ line: "echo once" })).toMatchObject({ code: 0, stdout: Buffer.from("once\n") });
      }
      expect((await logins(server)) - before).toBe(4);
    },
  );

  test("a host that forgets every login at once is not asked for ever", async () => {
    const forgetful = await start({ idleSeconds: 0 });
    const transport = await connect(forgetful);
    const error = await failure(transport.run({ line: "true" }));
    expect(error.kind).toBe("remote");
    expect(error.reason).toBe("the host accepted the login, but refused the next message (HTTP 400)");
    expect(await logins(forgetful)).toBe(2);
  });

  test("a busy host is asked again", async () => {
    const transport = await connect(server);
    await answer("Create", { status: 503 });
    await answer("Command", { status: 503 });
    expect((await transport.run({ line: "exit 2" })).code).toBe(2);
  });

  test.each([
    [404, /no WinRM at \/wsman/],
    [413, /MaxEnvelopeSizekb/],
    [500, /AllowUnencrypted/],
    [502, /^WinRM answered with HTTP 502$/],
  ])("HTTP %i", async (status, words) => {
    const transport = await connect(server);
    await answer("Create", { status });
    const error = await failure(transport.run({ line: "true" }));
    expect(error).toMatchObject({ kind: "remote", reason: expect.stringMatching(words) });
  });

  test.each([
    [5, "authentication", /LocalAccountTokenFilterPolicy=1/],
    [87, "remote", /a bug in the provider/],
    [995, "lostConnection", /restarted/],
    [2147942402, "remote", /full path/],
    [2147942405, "authentication", /LocalAccountTokenFilterPolicy=1/],
    [2147942667, "remote", /working directory does not exist/],
    [2150858823, "remote", /MaxEnvelopeSizekb/],
    [2150858824, "remote", /MaxEnvelopeSizekb/],
    [2150858825, "remote", /MaxEnvelopeSizekb/],
    [2150858843, "lostConnection", /no longer exists/],
    [2150858881, "remote", /a bug in the provider/],
    [2150859177, "remote", /belongs to another login/],
    [2150859180, "authentication", /AllowRemoteShellAccess/],
    [2150859229, "authentication", /winrm quickconfig/],
    [2150859235, "authentication", /winrm quickconfig/],
    [1, "remote", /^forced by the test \(WinRM fault 1\)$/],
  ])("the fault %i to a command", async (code, kind, words) => {
    const transport = await connect(server);
    await answer("Command", { code });
    const error = await failure(transport.run({ line: "true" }));
    expect(error).toMatchObject({ kind, reason: expect.stringMatching(words) });
    expect(error.reason).toContain(`(WinRM fault ${code})`);
    await server.events();
  });

  describe("a limit of the host", () => {
    const limits = [2150859173, 2150859174, 2150859175, 2150859176, 2150859179];
    const perPlugin = [2150859236, 2150859237, 2150859238, 2150859239, 2150859240, 2150859241];

    test.each([...limits, ...perPlugin])("%i: creating a shell waits, and a timeout names the limit", async (code) => {
      const transport = await connect(server);
      await answer("Create", { code });
      expect((await transport.run({ line: "exit 3" })).code).toBe(3);
      await answer("Create", { code });
      const error = await failure(transport.run({ line: "true" }, AbortSignal.timeout(100)));
      expect(error.kind).toBe("timeout");
      expect(error.reason).toMatch(
        /^timed out while waiting for a free shell: the host has reached a limit: .*WinRM fault/,
      );
    });

    test("a shell that takes no command is changed for another one, once", async () => {
      const transport = await connect(server);
      await answer("Command", { code: 2150859174 });
      expect((await transport.run({ line: "exit 3" })).code).toBe(3);
      await answer("Command", { code: 2150859174 }, 2);
      const error = await failure(transport.run({ line: "true" }));
      expect(error.reason).toMatch(/MaxConcurrentOperationsPerUser in winrm\/config\/service/);
    });

    test("two operations on a host with one shell both get it", async () => {
      const small = await start({ maxShells: 1 });
      const transport = await connect(small);
      const codes = await Promise.all([1, 2].map(async (code) => (await transport.run({ line: `exit ${code}` })).code));
      expect(codes).toEqual([1, 2]);
      expect((await verbs(small)).filter((verb) => verb === "Command")).toHaveLength(2);
      expect(await shells(small)).toBe(0);
    });
  });
});
