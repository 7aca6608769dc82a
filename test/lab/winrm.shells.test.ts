import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { WinRmServer } from "../../lab/windows/winRmServer";
import { describeWith } from "../support/requirements";
import { failure, servers, shells, verbs } from "../support/winrm/transport";

describeWith(["winrm"], "a program on a host, over WinRM", () => {
  const { start, connect } = servers();
  const folder = mkdtempSync(join(tmpdir(), "winrm-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  let server: WinRmServer;
  beforeAll(async () => void (server = await start({ receiveBytes: 1000 })));
  afterEach(async () => expect(await shells(server)).toBe(0));

  test("takes five requests, over one login", async () => {
    const fresh = await start();
    const transport = await connect(fresh);
    await transport.run({ line: "exit 0" });
    expect(await verbs(fresh)).toEqual(["Create", "Command", "Receive", "Signal", "Delete"]);
    expect((await fresh.events()).filter(({ event }) => event === "login")).toHaveLength(1);
  });

  test("input and output arrive byte for byte, however they are split", async () => {
    const text = Buffer.from("ünï €日本 😀\r\n\0".repeat(10_000));
    const transport = await connect(server);
    const { stdout, stderr, code, hasGap } = await transport.run({
      line: "cat >in; tee /dev/stderr <in; exit 3",
      workingDirectory: folder,
      stdin: text,
    });
    expect(stdout.equals(text)).toBe(true);
    expect(stderr.equals(text)).toBe(true);
    expect({ code, hasGap }).toEqual({ code: 3, hasGap: false });
  });

  test("values travel in the environment, whatever is in them", async () => {
    const value = "a \"b\" & %OS% <x> !y! 'z' ]]> \t\r\n ünï €日本 😀 ";
    const transport = await connect(server);
    const { stdout } = await transport.run({ line: 'printf %s "$PB"', environment: { PB: value, EMPTY: "" } });
    expect(stdout.toString()).toBe(value);
  });

  test.each([
    ["line", { line: "echo \0" }, "the command line has the character U+0000"],
    ["value", { line: "true", environment: { PB: "\x1B[0m" } }, "the value of PB has the character U+001B"],
    ["folder", { line: "true", workingDirectory: "/\uD800" }, "the working directory has the character U+D800"],
  ])("a %s that XML can't carry is refused, and nothing runs", async (_, command, words) => {
    const transport = await connect(server);
    const error = await failure(transport.run(command));
    expect(error.reason).toBe(`${words}, which WinRM can't carry`);
  });

  test("an exit code has 32 bits", async () => {
    const transport = await connect(server);
    // The model gives -9 to who is killed.
    expect((await transport.run({ line: "kill -9 $$" })).code).toBe(4294967287);
  });

  test("a program that prints without end is stopped", async () => {
    const transport = await connect(server);
    const error = await failure(transport.run({ line: "yes", workingDirectory: folder }));
    expect(error).toMatchObject({ kind: "remote", reason: "the program printed more than 1 MiB and was stopped" });
  });

  test("who cancels it kills it", async () => {
    const transport = await connect(server);
    const [pid, cancel] = [join(folder, "pid"), new AbortController()];
    const line = `echo $$ >${pid}; exec sleep 1000`;
    const end = failure(transport.run({ line }, cancel.signal));
    await server.until((event) => event.event === "command" && event.line === line);
    cancel.abort();
    expect(await end).toMatchObject({ kind: "cancelled", reason: "cancelled while waiting for an answer" });
    expect(await shells(server)).toBe(0);
    // The connection that waited was given up; the next one does.
    expect((await transport.run({ line: "exit 4" })).code).toBe(4);
    const found = existsSync(pid) ? readFileSync(pid, "utf8").trim() : "";
    if (found !== "") expect(() => process.kill(Number(found), 0)).toThrow("ESRCH");
  });

  test("several share a few connections, and each has its own shell", async () => {
    const fresh = await start();
    const transport = await connect(fresh);
    const codes = Array.from({ length: 9 }, (_, i) => i);
    const results = await Promise.all(codes.map((code) => transport.run({ line: `exit ${code}` })));
    expect(results.map(({ code }) => code)).toEqual(codes);
    expect((await fresh.events()).filter(({ event }) => event === "login")).toHaveLength(4);
    expect(await shells(fresh)).toBe(0);
  });

  test("one that says nothing for long is waited for", async () => {
    const transport = await connect(server);
    for (let i = 0; i < 6; i++) server.answer("Receive", { code: 2150858793 });
    await server.events();
    expect(await transport.run({ line: "echo late" })).toMatchObject({ code: 0, hasGap: false });
  });

  test.each([{ ownIds: true }, { chunked: true }])("a host with %j", async (options) => {
    const other = await start(options);
    const transport = await connect(other);
    expect((await transport.run({ line: "cat", stdin: Buffer.from("in") })).stdout.toString()).toBe("in");
    expect(await shells(other)).toBe(0);
  });

  test("a host that refuses identifiers of ours chooses them itself", async () => {
    const transport = await connect(server);
    server.answer("Create", { code: 2150858817 });
    await server.events();
    expect((await transport.run({ line: "exit 6" })).code).toBe(6);
  });
});
