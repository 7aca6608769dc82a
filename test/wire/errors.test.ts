import { type Values } from "../../model/props";
import { props } from "./support/client";
import { LogEngine } from "./support/engine";
import { WireError } from "./support/wireError";
import { SECRET, URN, Wire } from "./support/wire";

const wire = new Wire();

describe("errors", () => {
  const failing = (method: string, how: string) =>
    props({ name: "web", password: SECRET, fail: { [method]: how } }, ["password"]);

  test.each([
    ["unreachable", "UNAVAILABLE"],
    ["authentication", "UNAUTHENTICATED"],
    ["hostKey", "FAILED_PRECONDITION"],
    ["remote", "FAILED_PRECONDITION"],
    ["timeout", "DEADLINE_EXCEEDED"],
    ["cancelled", "CANCELLED"],
    ["lostConnection", "UNKNOWN"],
  ])("a host error %s is %s", async (kind, code) => {
    const message = `memory: went wrong: ${kind}`;
    await expect(wire.client.create(URN, failing("create", kind))).rejects.toMatchObject({ code, message });
  });

  test("of the synchronous methods as well", async () => {
    const made = await wire.client.create(URN, props({ name: "web" }));
    const unavailable = { code: "UNAVAILABLE", message: "memory: went wrong: unreachable" };
    await expect(wire.client.check(URN, failing("check", "unreachable"))).rejects.toMatchObject(unavailable);
    await expect(wire.client.diff(made, failing("diff", "unreachable"))).rejects.toMatchObject(unavailable);
    const plan = wire.client.create(URN, failing("planned", "unreachable"), { preview: true });
    await expect(plan).rejects.toMatchObject(unavailable);
    await expect(wire.client.update(made, failing("diff", "property"), { preview: true })).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      message: 'labels[0]["x y"]: is wrong',
    });
  });

  test("a bug is called one, and its stack goes to the debug log", async () => {
    const stderr = jest.spyOn(process.stderr, "write").mockReturnValue(true);
    await expect(wire.client.create(URN, failing("create", "bug"))).rejects.toMatchObject({
      code: "UNKNOWN",
      message: "TypeError: undefined is not a thing (this is a bug in the provider)",
    });
    expect(stderr).toHaveBeenCalledWith(expect.stringContaining("memory.ts"));
    await expect(wire.client.create(URN, failing("create", "unsendable"))).rejects.toMatchObject({
      code: "UNKNOWN",
      message: "TypeError: size: a bigint can't be sent to the engine (this is a bug in the provider)",
    });
    stderr.mockRestore();
    const stack = expect.stringContaining("memory.ts") as string;
    expect(wire.engine.lines).toContainEqual({ urn: URN, severity: "debug", message: stack, ephemeral: false });
  });

  test("a half-done create, read and update bring along what is there, secrets wrapped", async () => {
    const inputs = failing("create", "partial");
    const failed = await wire.client.create(URN, inputs).catch((error: unknown) => error);
    expect(failed).toMatchObject({
      code: "UNKNOWN",
      message: "half done",
      initFailed: {
        id: "memory/web",
        reasons: ["half done"],
        outputs: { values: { name: "web", password: SECRET, serial: 1 } },
      },
    });
    const initFailed = { initFailed: { id: "memory/web", outputs: { values: { name: "web" } } } };
    const made = { urn: URN, id: "memory/web", inputs: failing("read", "partial"), outputs: props({ name: "web" }) };
    await expect(wire.client.read(URN, made.id, made)).rejects.toMatchObject(initFailed);
    await expect(wire.client.update(made, failing("update", "partial"))).rejects.toMatchObject(initFailed);
  });

  // More than 64 KiB of HTTP/2 headers are silently not sent: the engine would wait for ever.
  test("a half-done answer that is large comes through without its inputs, a huge one without the largest outputs", async () => {
    const labels = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`label${i}`, "é".repeat(50)]));
    const huge = props({ name: "web", labels: labels(2_000), fail: { create: "partial" } });
    const large = props({ ...huge.values, labels: labels(200) });
    const one = (await wire.client.create(URN, large).catch((error: unknown) => error)) as WireError;
    expect(one.initFailed?.outputs.values).toEqual({ name: "web", serial: 1, labels: large.values.labels });
    expect(one.initFailed?.raw.hasInputs()).toBe(false);
    const two = (await wire.client.create(URN, huge).catch((error: unknown) => error)) as WireError;
    expect(two.initFailed?.outputs.values).toEqual({ name: "web", serial: 2 });
    expect(two.initFailed?.id).toBe("memory/web");
  });

  test("a long text keeps its beginning and its end", async () => {
    const text = `what${"—".repeat(50_000)}log`;
    const failed = wire.client.create(URN, props({ name: "web", fail: { create: text } }));
    await expect(failed).rejects.toMatchObject({
      message: expect.stringMatching(/^memory: went wrong: what—+.*bytes left out.*—+log$/s) as string,
    });
  });
});

describe("stopping", () => {
  const slow = (fields: Values = {}) => props({ name: "web", seconds: 30, password: SECRET, ...fields }, ["password"]);

  test("time that runs out", async () => {
    await expect(wire.client.create(URN, slow(), { timeout: 0.05 })).rejects.toMatchObject({
      message: "TimeoutError: the operation did not finish within 0.05 seconds (customTimeouts)",
      initFailed: { id: "memory/web" },
    });
    const plain = wire.client.create(URN, slow({ fail: { stopped: "plain" } }), { timeout: 0.05 });
    await expect(plain).rejects.toMatchObject({ code: "DEADLINE_EXCEEDED" });
  });

  test("cancel stops what is under way, is answered at once, and closes when all has ended, once", async () => {
    const creating = wire.client.create(URN, slow()).catch((error: unknown) => error);
    const other = wire.client.create(URN, slow({ fail: { stopped: "plain" } })).catch((error: unknown) => error);
    await new Promise((resolve) => wire.engine.onLine(resolve));
    await Promise.all([wire.client.cancel(), wire.client.cancel()]);
    expect(await creating).toMatchObject({ message: "AbortError: cancelled", initFailed: { id: "memory/web" } });
    expect(await other).toMatchObject({ code: "CANCELLED" });
    await wire.client.cancel();
    expect(wire.provider.closed).toBe(1);
  });

  test("cancel at the end of a good run closes; nothing begins after it until an engine configures again", async () => {
    await wire.client.cancel();
    expect(wire.provider.closed).toBe(1);
    await expect(wire.client.create(URN, props({ name: "web" }))).rejects.toMatchObject({ code: "CANCELLED" });
    await wire.client.configure(props({}));
    await wire.client.create(URN, props({ name: "web" }));
    await wire.client.cancel();
    expect(wire.provider.closed).toBe(2);
  });
});

describe("the engine's log", () => {
  test("goes to the engine that attached last", async () => {
    const second = await LogEngine.start();
    await wire.client.attach(second.address);
    await wire.client.create(URN, props({ name: "web" }));
    expect(second.lines.map(({ message }) => message)).toEqual(["creating", "created", "and checked"]);
    expect(wire.engine.lines).toEqual([]);
    second.stop();
  });

  test("an engine that is gone does not hold up the work", async () => {
    wire.engine.stop();
    expect(await wire.client.create(URN, props({ name: "web" }))).toMatchObject({ id: "memory/web" });
  });
});
