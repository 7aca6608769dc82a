import { ConstructRequest, ParameterizeRequest } from "@pulumi/pulumi/proto/provider_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { UNKNOWN, type Values } from "../../model/props";
import { EngineLog } from "../../provider/wire/log";
import { listen } from "../../provider/wire/server";
import { props, urnOf, WireClient } from "./support/client";
import { LogEngine } from "./support/engine";
import { MemoryProvider } from "./support/memory";
import { WireError } from "./support/wireError";

const URN = urnOf("parent:Type$bots:index:Thing", "web");
const SECRET = "hunter2-never-in-clear";

let provider: MemoryProvider;
let engine: LogEngine;
let client: WireClient;
let stop: () => void;

beforeEach(async () => {
  provider = new MemoryProvider();
  engine = await LogEngine.start();
  const server = await listen(provider, new EngineLog());
  client = new WireClient(server.port);
  stop = () => (client.close(), server.close(), engine.stop());
  await client.handshake(engine.address);
  await client.configure(props({}));
});

// Whatever a test did: no answer holds the secret outside of a wrapper.
afterEach(() => {
  stop();
  expect(client.answers.length).toBeGreaterThan(0);
  for (const answer of client.answers) expect(inClear(answer)).not.toContain(SECRET);
  expect(JSON.stringify(engine.lines)).not.toContain(SECRET);
});

/** The property bags of an answer as text, with the contents of secrets blacked out; of an error its text as well. */
function inClear(answer: unknown): string {
  const message = answer instanceof WireError ? answer.initFailed?.raw : answer;
  const structs = ["getProperties", "getInputs", "getReturn"].map((getter) => {
    const get = (message as Record<string, unknown> | undefined)?.[getter];
    return typeof get === "function" ? (get as () => Struct | undefined).call(message)?.toJavaScript() : undefined;
  });
  return JSON.stringify([blackOut(structs), answer instanceof WireError ? answer.message : ""]);
}

function blackOut(tree: unknown): unknown {
  if (Array.isArray(tree)) return tree.map(blackOut);
  if (tree === null || typeof tree !== "object") return tree;
  if ((tree as Values)["4dabf18193072939515e22adb298388d"]) return "[secret]";
  return Object.fromEntries(Object.entries(tree).map(([key, value]) => [key, blackOut(value)]));
}

const logged = () => engine.lines.map(({ severity, message, ephemeral }) => [severity, message, ephemeral]);

describe("the provider itself", () => {
  test("handshake, schema, version", async () => {
    expect(await client.handshake(engine.address)).toMatchObject({ acceptSecrets: true, acceptOutputs: true });
    expect(JSON.parse(await client.getSchema())).toMatchObject({ name: "bots" });
    await expect(client.getSchema(1)).rejects.toMatchObject({ code: "UNIMPLEMENTED" });
    expect(await client.version()).toBe("0.0.1");
  });

  test("configuration: text is read by its type, the engine's own keys are left out", async () => {
    const { inputs, failures } = await client.checkConfig({
      version: "1.0.0",
      pluginDownloadURL: "x",
      __internal: {},
      connection: '{"type":"ssh","port":22}',
      retries: "3",
      zone: "7",
      bogus: "x",
    });
    expect(inputs.values).toEqual({ connection: { type: "ssh", port: 22 }, retries: 3, zone: "7", bogus: "x" });
    // Not as a property: the engine would print its value, and all of the configuration may be secret.
    expect(failures).toEqual([{ property: "", reason: "bogus: is not known" }]);
    expect((await client.checkConfig({ connection: "{broken" })).inputs.values).toEqual({ connection: "{broken" });
  });

  test("configuration: secrets stay secret", async () => {
    await client.configure(props({ connection: `{"password":"${SECRET}"}`, version: "1" }, ["connection"]));
    expect(provider.config?.values).toEqual({ connection: { password: SECRET } });
    expect(provider.config?.secrets.covers(["connection", "password"])).toBe(true);
  });

  test("a change of the configuration replaces nothing", async () => {
    expect(await client.diffConfig({ zone: "a", version: "1" }, { zone: "a", version: "2" })).toMatchObject({
      changes: false,
    });
    expect(await client.diffConfig({ zone: "a", retries: "3" }, { connection: {}, retries: 3, zone: "b" })).toEqual({
      changes: true,
      replaces: [],
      diffs: ["zone", "connection"],
      deleteBeforeReplace: true,
      detailed: { connection: { kind: "ADD", inputDiff: false }, zone: { kind: "UPDATE", inputDiff: false } },
    });
  });

  test("what is not there is said to be not there", async () => {
    const unimplemented = { code: "UNIMPLEMENTED" };
    await expect(client.raw("parameterize", new ParameterizeRequest())).rejects.toMatchObject(unimplemented);
    const component = new ConstructRequest().setType("bots:index:BotsServer");
    await expect(client.raw("construct", component)).rejects.toMatchObject({
      ...unimplemented,
      message: expect.stringContaining("bots:index:BotsServer") as string,
    });
    await expect(client.check(urnOf("bots:index:Nothing", "x"), props({}))).rejects.toMatchObject({
      ...unimplemented,
      message: "provider bots 0.0.1 has no resource bots:index:Nothing; it has bots:index:Thing",
    });
    await expect(client.invoke("bots:index:nothing", props({}))).rejects.toMatchObject(unimplemented);
  });
});

describe("check", () => {
  test("failures stand at the property", async () => {
    const { failures } = await client.check(URN, props({ name: 1, labels: { "a=b": "x" } }));
    expect(failures).toEqual([
      { property: "name", reason: "must be a string" },
      { property: "", reason: 'labels["a=b"]: = is not allowed in a name' },
    ]);
  });

  test("unknown values and secrets come through", async () => {
    const { inputs, failures } = await client.check(URN, props({ name: UNKNOWN, password: SECRET }));
    expect(failures).toEqual([]);
    expect(inputs.values).toEqual({ name: UNKNOWN, password: SECRET });
    expect([...inputs.secrets]).toEqual([["password"]]);
  });

  test("an asset is a failure of its property, and so is a PropertyError", async () => {
    const asset = { "4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17", text: "x" };
    const { failures } = await client.check(URN, Struct.fromJavaScript({ name: "a", labels: { b: asset } }));
    expect(failures).toEqual([{ property: "", reason: expect.stringMatching(/^labels\.b: assets/) as string }]);
    const thrown = await client.check(URN, props({ name: "a", fail: { check: "property" } }));
    expect(thrown.failures).toEqual([{ property: "", reason: 'labels[0]["x y"]: is wrong' }]);
  });
});

describe("a life", () => {
  const inputs = props({ name: "web", size: 1, password: SECRET }, ["password"]);

  test("preview, create, read, diff, update, delete", async () => {
    const planned = await client.create(URN, inputs, { preview: true });
    expect(planned).toMatchObject({ id: "", outputs: { values: { name: "web", size: 1, serial: UNKNOWN } } });
    expect(await client.read(URN, "memory/web")).toBeUndefined();

    const made = await client.create(URN, inputs);
    expect(made).toMatchObject({ id: "memory/web", outputs: { values: { size: 1, serial: 1 } } });
    expect([...made.outputs.secrets]).toEqual([["password"]]);
    expect(logged()).toEqual([
      ["info", "creating", true],
      ["info", "created", false],
      ["info", "and checked", false],
    ]);

    const same = await client.diff(made, inputs);
    expect(same).toEqual({ changes: false, replaces: [], diffs: [], deleteBeforeReplace: true, detailed: {} });

    provider.tamper("memory/web", { size: 2 });
    const seen = await client.read(URN, made.id, made);
    expect(seen?.outputs.values.size).toBe(2);
    expect(await client.diff(seen!, inputs)).toMatchObject({ changes: true, detailed: { size: { kind: "UPDATE" } } });

    const updated = await client.update(seen!, inputs);
    expect(updated.outputs.values).toMatchObject({ size: 1, serial: 2 });
    await client.delete(updated);
    expect(await client.read(URN, made.id, updated)).toBeUndefined();
  });

  test("import: the id alone is known", async () => {
    await client.create(URN, inputs);
    const seen = await client.read(URN, "memory/web");
    expect(seen).toMatchObject({ inputs: { values: { name: "web", password: SECRET } } });
    expect([...seen!.inputs.secrets]).toEqual([["password"]]);
  });

  test("diff: kinds, replacements, ignored properties, and where the old value is found", async () => {
    const made = await client.create(URN, props({ name: "web", size: 1, seconds: 0 }));
    const news = props({ name: "other", password: SECRET, labels: { a: "b" }, seconds: 0.01 });
    expect(await client.diff(made, news, ["labels"])).toEqual({
      changes: true,
      replaces: ["name"],
      diffs: ["name", "size", "password", "seconds"],
      deleteBeforeReplace: true,
      detailed: {
        name: { kind: "UPDATE_REPLACE", inputDiff: false },
        size: { kind: "DELETE", inputDiff: false },
        password: { kind: "ADD", inputDiff: false },
        seconds: { kind: "UPDATE", inputDiff: true },
      },
    });
  });

  test("preview of an update: from the plan, with the notes of the difference, once", async () => {
    const made = await client.create(URN, inputs);
    engine.lines.length = 0;
    const news = props({ name: "web", size: 5 });
    await client.diff(made, news);
    const planned = await client.update(made, news, { preview: true });
    expect(planned.outputs.values).toEqual({ name: "web", size: 5, serial: UNKNOWN });
    expect(engine.lines).toEqual([
      { urn: URN, severity: "info", message: "restarts the thing", ephemeral: false },
      { urn: URN, severity: "info", message: "twice", ephemeral: false },
    ]);
    expect((await client.read(URN, made.id, made))?.outputs.values.size).toBe(1);
  });
});

describe("functions", () => {
  test("result with its secrets, failures, errors", async () => {
    await client.create(URN, props({ name: "web", password: SECRET }));
    const { result } = await client.invoke("bots:index:getThing", props({ id: "memory/web" }));
    expect(result?.values).toMatchObject({ name: "web", password: SECRET });
    expect(result?.secrets.covers(["password"])).toBe(true);
    const wrong = await client.invoke("bots:index:getThing", props({}));
    expect(wrong).toEqual({ failures: [{ property: "id", reason: "must be a string" }] });
    const thrown = await client.invoke("bots:index:getThing", props({ id: "x", fail: { invoke: "property" } }));
    expect(thrown.failures).toHaveLength(1);
    const failing = client.invoke("bots:index:getThing", props({ id: "x", fail: { invoke: "authentication" } }));
    await expect(failing).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  });
});

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
    await expect(client.create(URN, failing("create", kind))).rejects.toMatchObject({ code, message });
  });

  test("of the synchronous methods as well", async () => {
    const made = await client.create(URN, props({ name: "web" }));
    const unavailable = { code: "UNAVAILABLE", message: "memory: went wrong: unreachable" };
    await expect(client.check(URN, failing("check", "unreachable"))).rejects.toMatchObject(unavailable);
    await expect(client.diff(made, failing("diff", "unreachable"))).rejects.toMatchObject(unavailable);
    const plan = client.create(URN, failing("planned", "unreachable"), { preview: true });
    await expect(plan).rejects.toMatchObject(unavailable);
    await expect(client.update(made, failing("diff", "property"), { preview: true })).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      message: 'labels[0]["x y"]: is wrong',
    });
  });

  test("a bug is called one, and its stack goes to the debug log", async () => {
    const stderr = jest.spyOn(process.stderr, "write").mockReturnValue(true);
    await expect(client.create(URN, failing("create", "bug"))).rejects.toMatchObject({
      code: "UNKNOWN",
      message: "TypeError: undefined is not a thing (this is a bug in the provider)",
    });
    expect(stderr).toHaveBeenCalledWith(expect.stringContaining("memory.ts"));
    await expect(client.create(URN, failing("create", "unsendable"))).rejects.toMatchObject({
      code: "UNKNOWN",
      message: "TypeError: size: a bigint can't be sent to the engine (this is a bug in the provider)",
    });
    stderr.mockRestore();
    const stack = expect.stringContaining("memory.ts") as string;
    expect(engine.lines).toContainEqual({ urn: URN, severity: "debug", message: stack, ephemeral: false });
  });

  test("a half-done create, read and update bring along what is there, secrets wrapped", async () => {
    const inputs = failing("create", "partial");
    const failed = await client.create(URN, inputs).catch((error: unknown) => error);
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
    await expect(client.read(URN, made.id, made)).rejects.toMatchObject(initFailed);
    await expect(client.update(made, failing("update", "partial"))).rejects.toMatchObject(initFailed);
  });

  // More than 64 KiB of HTTP/2 headers are silently not sent: the engine would wait for ever.
  test("a half-done answer that is large comes through without its inputs, a huge one without the largest outputs", async () => {
    const labels = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`label${i}`, "é".repeat(50)]));
    const huge = props({ name: "web", labels: labels(2_000), fail: { create: "partial" } });
    const large = props({ ...huge.values, labels: labels(200) });
    const one = (await client.create(URN, large).catch((error: unknown) => error)) as WireError;
    expect(one.initFailed?.outputs.values).toEqual({ name: "web", serial: 1, labels: large.values.labels });
    expect(one.initFailed?.raw.hasInputs()).toBe(false);
    const two = (await client.create(URN, huge).catch((error: unknown) => error)) as WireError;
    expect(two.initFailed?.outputs.values).toEqual({ name: "web", serial: 2 });
    expect(two.initFailed?.id).toBe("memory/web");
  });

  test("a long text keeps its beginning and its end", async () => {
    const text = `what${"—".repeat(50_000)}log`;
    const failed = client.create(URN, props({ name: "web", fail: { create: text } }));
    await expect(failed).rejects.toMatchObject({
      message: expect.stringMatching(/^memory: went wrong: what—+.*bytes left out.*—+log$/s) as string,
    });
  });
});

describe("stopping", () => {
  const slow = (fields: Values = {}) => props({ name: "web", seconds: 30, password: SECRET, ...fields }, ["password"]);

  test("time that runs out", async () => {
    await expect(client.create(URN, slow(), { timeout: 0.05 })).rejects.toMatchObject({
      message: "TimeoutError: the operation did not finish within 0.05 seconds (customTimeouts)",
      initFailed: { id: "memory/web" },
    });
    const plain = client.create(URN, slow({ fail: { stopped: "plain" } }), { timeout: 0.05 });
    await expect(plain).rejects.toMatchObject({ code: "DEADLINE_EXCEEDED" });
  });

  test("cancel stops what is under way, is answered at once, and closes when all has ended, once", async () => {
    const creating = client.create(URN, slow()).catch((error: unknown) => error);
    const other = client.create(URN, slow({ fail: { stopped: "plain" } })).catch((error: unknown) => error);
    await new Promise((resolve) => engine.onLine(resolve));
    await Promise.all([client.cancel(), client.cancel()]);
    expect(await creating).toMatchObject({ message: "AbortError: cancelled", initFailed: { id: "memory/web" } });
    expect(await other).toMatchObject({ code: "CANCELLED" });
    await client.cancel();
    expect(provider.closed).toBe(1);
  });

  test("cancel at the end of a good run closes; nothing begins after it until an engine configures again", async () => {
    await client.cancel();
    expect(provider.closed).toBe(1);
    await expect(client.create(URN, props({ name: "web" }))).rejects.toMatchObject({ code: "CANCELLED" });
    await client.configure(props({}));
    await client.create(URN, props({ name: "web" }));
    await client.cancel();
    expect(provider.closed).toBe(2);
  });
});

describe("the engine's log", () => {
  test("goes to the engine that attached last", async () => {
    const second = await LogEngine.start();
    await client.attach(second.address);
    await client.create(URN, props({ name: "web" }));
    expect(second.lines.map(({ message }) => message)).toEqual(["creating", "created", "and checked"]);
    expect(engine.lines).toEqual([]);
    second.stop();
  });

  test("an engine that is gone does not hold up the work", async () => {
    engine.stop();
    expect(await client.create(URN, props({ name: "web" }))).toMatchObject({ id: "memory/web" });
  });
});
