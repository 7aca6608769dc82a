import { ConstructRequest, ParameterizeRequest } from "@pulumi/pulumi/proto/provider_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { UNKNOWN } from "../../model/props";
import { props, urnOf } from "./support/client";
import { SECRET, URN, Wire } from "./support/wire";

const wire = new Wire();

describe("the provider itself", () => {
  test("handshake, schema, version", async () => {
    expect(await wire.client.handshake(wire.engine.address)).toMatchObject({
      acceptSecrets: true,
      acceptOutputs: true,
    });
    expect(JSON.parse(await wire.client.getSchema())).toMatchObject({ name: "bots" });
    await expect(wire.client.getSchema(1)).rejects.toMatchObject({ code: "UNIMPLEMENTED" });
    expect(await wire.client.version()).toBe("0.0.1");
  });

  test("configuration: text is read by its type, the engine's own keys are left out", async () => {
    const { inputs, failures } = await wire.client.checkConfig({
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
    expect((await wire.client.checkConfig({ connection: "{broken" })).inputs.values).toEqual({ connection: "{broken" });
  });

  test("configuration: secrets stay secret", async () => {
    await wire.client.configure(props({ connection: `{"password":"${SECRET}"}`, version: "1" }, ["connection"]));
    expect(wire.provider.config?.values).toEqual({ connection: { password: SECRET } });
    expect(wire.provider.config?.secrets.covers(["connection", "password"])).toBe(true);
  });

  test("a change of the configuration replaces nothing", async () => {
    expect(await wire.client.diffConfig({ zone: "a", version: "1" }, { zone: "a", version: "2" })).toMatchObject({
      changes: false,
    });
    expect(
      await wire.client.diffConfig({ zone: "a", retries: "3" }, { connection: {}, retries: 3, zone: "b" }),
    ).toEqual({
      changes: true,
      replaces: [],
      diffs: ["zone", "connection"],
      deleteBeforeReplace: true,
      detailed: { connection: { kind: "ADD", inputDiff: false }, zone: { kind: "UPDATE", inputDiff: false } },
    });
  });

  test("what is not there is said to be not there", async () => {
    const unimplemented = { code: "UNIMPLEMENTED" };
    await expect(wire.client.raw("parameterize", new ParameterizeRequest())).rejects.toMatchObject(unimplemented);
    const component = new ConstructRequest().setType("bots:index:BotsServer");
    await expect(wire.client.raw("construct", component)).rejects.toMatchObject({
      ...unimplemented,
      message: expect.stringContaining("bots:index:BotsServer") as string,
    });
    await expect(wire.client.check(urnOf("bots:index:Nothing", "x"), props({}))).rejects.toMatchObject({
      ...unimplemented,
      message: "provider bots 0.0.1 has no resource bots:index:Nothing; it has bots:index:Thing",
    });
    await expect(wire.client.invoke("bots:index:nothing", props({}))).rejects.toMatchObject(unimplemented);
  });
});

describe("check", () => {
  test("failures stand at the property", async () => {
    const { failures } = await wire.client.check(URN, props({ name: 1, labels: { "a=b": "x" } }));
    expect(failures).toEqual([
      { property: "name", reason: "must be a string" },
      { property: "", reason: 'labels["a=b"]: = is not allowed in a name' },
    ]);
  });

  test("unknown values and secrets come through", async () => {
    const { inputs, failures } = await wire.client.check(URN, props({ name: UNKNOWN, password: SECRET }));
    expect(failures).toEqual([]);
    expect(inputs.values).toEqual({ name: UNKNOWN, password: SECRET });
    expect([...inputs.secrets]).toEqual([["password"]]);
  });

  test("an asset is a failure of its property, and so is a PropertyError", async () => {
    const asset = { "4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17", text: "x" };
    const { failures } = await wire.client.check(URN, Struct.fromJavaScript({ name: "a", labels: { b: asset } }));
    expect(failures).toEqual([{ property: "", reason: expect.stringMatching(/^labels\.b: assets/) as string }]);
    const thrown = await wire.client.check(URN, props({ name: "a", fail: { check: "property" } }));
    expect(thrown.failures).toEqual([{ property: "", reason: 'labels[0]["x y"]: is wrong' }]);
  });
});

describe("a life", () => {
  const inputs = props({ name: "web", size: 1, password: SECRET }, ["password"]);

  test("preview, create, read, diff, update, delete", async () => {
    const planned = await wire.client.create(URN, inputs, { preview: true });
    expect(planned).toMatchObject({ id: "", outputs: { values: { name: "web", size: 1, serial: UNKNOWN } } });
    expect(await wire.client.read(URN, "memory/web")).toBeUndefined();

    const made = await wire.client.create(URN, inputs);
    expect(made).toMatchObject({ id: "memory/web", outputs: { values: { size: 1, serial: 1 } } });
    expect([...made.outputs.secrets]).toEqual([["password"]]);
    expect(wire.logged()).toEqual([
      ["info", "creating", true],
      ["info", "created", false],
      ["info", "and checked", false],
    ]);

    const same = await wire.client.diff(made, inputs);
    expect(same).toEqual({ changes: false, replaces: [], diffs: [], deleteBeforeReplace: true, detailed: {} });

    wire.provider.tamper("memory/web", { size: 2 });
    const seen = await wire.client.read(URN, made.id, made);
    expect(seen?.outputs.values.size).toBe(2);
    expect(await wire.client.diff(seen!, inputs)).toMatchObject({
      changes: true,
      detailed: { size: { kind: "UPDATE" } },
    });

    const updated = await wire.client.update(seen!, inputs);
    expect(updated.outputs.values).toMatchObject({ size: 1, serial: 2 });
    await wire.client.delete(updated);
    expect(await wire.client.read(URN, made.id, updated)).toBeUndefined();
  });

  test("import: the id alone is known", async () => {
    await wire.client.create(URN, inputs);
    const seen = await wire.client.read(URN, "memory/web");
    expect(seen).toMatchObject({ inputs: { values: { name: "web", password: SECRET } } });
    expect([...seen!.inputs.secrets]).toEqual([["password"]]);
  });

  test("diff: kinds, replacements, ignored properties, and where the old value is found", async () => {
    const made = await wire.client.create(URN, props({ name: "web", size: 1, seconds: 0 }));
    const news = props({ name: "other", password: SECRET, labels: { a: "b" }, seconds: 0.01 });
    expect(await wire.client.diff(made, news, ["labels"])).toEqual({
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
    const made = await wire.client.create(URN, inputs);
    wire.engine.lines.length = 0;
    const news = props({ name: "web", size: 5 });
    await wire.client.diff(made, news);
    const planned = await wire.client.update(made, news, { preview: true });
    expect(planned.outputs.values).toEqual({ name: "web", size: 5, serial: UNKNOWN });
    expect(wire.engine.lines).toEqual([
      { urn: URN, severity: "info", message: "restarts the thing", ephemeral: false },
      { urn: URN, severity: "info", message: "twice", ephemeral: false },
    ]);
    expect((await wire.client.read(URN, made.id, made))?.outputs.values.size).toBe(1);
  });
});

describe("functions", () => {
  test("result with its secrets, failures, errors", async () => {
    await wire.client.create(URN, props({ name: "web", password: SECRET }));
    const { result } = await wire.client.invoke("bots:index:getThing", props({ id: "memory/web" }));
    expect(result?.values).toMatchObject({ name: "web", password: SECRET });
    expect(result?.secrets.covers(["password"])).toBe(true);
    const wrong = await wire.client.invoke("bots:index:getThing", props({}));
    expect(wrong).toEqual({ failures: [{ property: "id", reason: "must be a string" }] });
    const thrown = await wire.client.invoke("bots:index:getThing", props({ id: "x", fail: { invoke: "property" } }));
    expect(thrown.failures).toHaveLength(1);
    const failing = wire.client.invoke("bots:index:getThing", props({ id: "x", fail: { invoke: "authentication" } }));
    await expect(failing).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  });
});
