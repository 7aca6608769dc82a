import { formatPath, getAt, UNKNOWN, withoutUnknowns, type Path, type Values } from "../../model/props";
import { Connections } from "../../provider/lifecycle/connections";
import { GetService } from "../../provider/lifecycle/getService";
import { checkProviderConfig } from "../../provider/lifecycle/providerConfig";
import { MANAGERS } from "../../provider/managers";
import { diffConfig } from "../../provider/wire/config";
import { providerSchema } from "../../schema/provider";
import { serverSchema } from "../../schema/server";
import { serverIssues } from "../../schema/serverIssues";
import { policyProperties, serviceSchema } from "../../schema/service";
import { pathsOf, valueAt } from "../support/schemaPaths";
import { lifecycle, minimal, props, recordingLog, seen, urn } from "../support/serviceLifecycle";

const noHosts = {
  get: () => {
    throw new Error("this must not touch a host");
  },
};
const contextOf = (config = {}) => ({ connections: new Connections(config, noHosts), managers: MANAGERS });
/** A list with something unknown in it is unknown. */
const upToList = (path: Path): Path => (path.includes(0) ? path.slice(0, path.indexOf(0)) : path);

const named = (paths: Path[]) => paths.map((path) => [formatPath(path), path] as const);

describe("a property that is wholly unknown in a preview, whatever it is", () => {
  const all = pathsOf(serviceSchema);

  test("the walk finds the nested ones too", () => {
    expect(all.map(formatPath)).toEqual(
      expect.arrayContaining(["connection", "connection.jump.hostKey", "command[0]", "options.systemd.service.KEY"]),
    );
  });

  test.each(named(all))("%s: check, diff and planned answer, and take nothing unknown for a value", (_, path) => {
    const values = valueAt(UNKNOWN, minimal, path);
    const log = recordingLog();
    expect(lifecycle().check({ urn, log, news: props(values) }).failures).toEqual([]);
    const request = { urn, log, id: "edi1/web", oldInputs: props(minimal), oldOutputs: props(seen), ignoreChanges: [] };
    const difference = lifecycle().diff({ ...request, news: props(values) });
    const touched = difference.properties.map((property) => formatPath(property.path));
    const isPolicy = (policyProperties as readonly unknown[]).includes(path[0]);
    const replaces = ["name", "connection", "connection.host"].includes(formatPath(path));
    if (isPolicy && !replaces) expect(touched).toEqual([]);
    else expect(touched).toContain(formatPath(path[0] === "command" ? path : upToList(path)));
    if (!isPolicy && !path.includes("failureActions")) expect(touched).toHaveLength(1);
    expect(difference.properties.some(({ replace }) => replace === true)).toBe(replaces);
    const planned = lifecycle().planned(props(values), { outputs: props(seen), difference });
    if (!isPolicy) expect(getAt(planned.values, path)).toBe(UNKNOWN);
    for (const line of [...log.lines, ...difference.notes]) expect(line).not.toContain("Symbol");
    expect(() => lifecycle().planned(props(values))).not.toThrow();
  });

  const defining = all.filter(([property, owner]) =>
    property === "options"
      ? owner === "windows"
      : ["command", "runAs", "restart", "environment"].includes(String(property)),
  );
  test.each(named(defining))("%s: the same under each manager of Windows", (_, path) => {
    for (const manager of ["nssm", "srvany", "scm"]) {
      const windows = { ...minimal, command: ["C:\\web.exe"], connection: { host: "edi1", type: "winrm" }, manager };
      const values = valueAt(UNKNOWN, windows, path);
      const log = recordingLog();
      const failed = lifecycle({ connection: { passwordEnv: "P", user: "u" } }).check({
        urn,
        log,
        news: props(values),
      });
      const about = failed.failures.filter(({ path: [property] }) => property === path[0]);
      expect(about.filter(({ path: at }) => formatPath(at) === formatPath(path))).toEqual([]);
      const outputs = { ...seen, command: ["C:\\web.exe"], manager };
      const request = { urn, log, id: "edi1/web", oldInputs: props(windows), ignoreChanges: [] };
      if (about.length > 0) continue; // the manager has no such property
      const { properties } = lifecycle().diff({ ...request, oldOutputs: props(outputs), news: props(values) });
      const touched = properties.map((property) => formatPath(property.path));
      expect(touched).toContain(formatPath(path[0] === "command" ? path : upToList(path)));
    }
  });

  test("an account that is not known yet may have a password", () => {
    const connection = { host: "edi1", type: "winrm", user: "a", passwordEnv: "P" };
    const values = { ...minimal, command: ["C:\\web.exe"], connection };
    for (const runAs of [{ user: UNKNOWN, password: "x" }, { user: "EDI\\bots", password: UNKNOWN }, UNKNOWN])
      expect(lifecycle().check({ urn, log: recordingLog(), news: props({ ...values, runAs }) }).failures).toEqual([]);
  });

  test.each(named(pathsOf(serviceSchema.shape.connection)))("connection.%s: getService checks the rest", (_, path) => {
    const args = valueAt(UNKNOWN, { connection: minimal.connection, name: "web" }, ["connection", ...path]);
    expect(new GetService(contextOf()).check(props(args))).toEqual([]);
  });

  test("a wholly unknown connection: getService lets it pass, and refuses to ask a host that is not known", async () => {
    const getService = new GetService(contextOf());
    const args = props({ connection: UNKNOWN, name: "web" });
    expect(getService.check(args)).toEqual([]);
    const call = { urn, log: recordingLog(), signal: new AbortController().signal, deadline: Date.now() + 300_000 };
    await expect(getService.invoke({ ...call, args })).rejects.toThrow("connection.host: is not known yet");
  });

  test("other errors are still reported", () => {
    const check = (connection: Values) =>
      lifecycle()
        .check({ urn, log: recordingLog(), news: props({ ...minimal, connection }) })
        .failures.map(({ path, message }) => `${formatPath(path)}: ${message}`);
    expect(check({ host: UNKNOWN, type: "local", port: 22 })).toEqual([expect.stringMatching(/^connection\.port: /)]);
    expect(check({ host: "edi1", password: UNKNOWN, hostKey: "x" })).toEqual([
      expect.stringMatching(/^connection\.hostKey: /),
    ]);
    expect(check({ password: UNKNOWN })).toEqual([expect.stringMatching(/^connection\.host: is required/)]);
  });
});

describe("what an unknown property decides is reported as unknown", () => {
  const notes = (inputs: Values, outputs: Values = {}) =>
    lifecycle().diff({
      urn,
      log: recordingLog(),
      id: "edi1/web",
      oldInputs: props(minimal),
      oldOutputs: props({ ...seen, ...outputs }),
      news: props({ ...minimal, ...inputs }),
      ignoreChanges: [],
    }).notes;

  test.each<[string, Values, Values, string[]]>([
    ["running", { running: UNKNOWN }, {}, []],
    [
      "running, of a stopped one",
      { running: UNKNOWN },
      { status: "stopped", running: false },
      ["starts web on edi1, unless running (not known yet) says otherwise"],
    ],
    [
      "hold, beside a change",
      { hold: UNKNOWN, command: ["/opt/other"] },
      {},
      ["restarts web on edi1 (pid 7), unless hold (not known yet) says otherwise"],
    ],
    ["manager", { manager: UNKNOWN }, {}, ["may move web on edi1 from systemd to another manager"]],
  ])("%s", (_, inputs, outputs, expected) => expect(notes(inputs, outputs)).toEqual(expected));
});

describe("a provider configuration with something unknown in it", () => {
  const config = { connection: { host: "edi1", user: "a" }, hosts: { KEY: { user: "b" } } };

  test.each(named(pathsOf(providerSchema)))("%s: is checked, compared, and services on it are too", (_, path) => {
    const values = valueAt(UNKNOWN, config, path);
    expect(checkProviderConfig({ urn, log: recordingLog(), news: props(values) }).failures).toEqual([]);
    expect(diffConfig(config, values).properties.map(({ path: changed }) => changed)).toEqual([path.slice(0, 1)]);
    const log = recordingLog();
    const { connection: __, ...service } = minimal;
    expect(lifecycle(values).check({ urn, log, news: props(service) }).failures).toEqual([]);
    const request = { urn, log, id: "edi1/web", oldInputs: props(service), oldOutputs: props(seen), ignoreChanges: [] };
    const { properties } = lifecycle(values).diff({ ...request, news: props(service) });
    const decides = ["connection", "connection.host"].includes(formatPath(path));
    expect(properties.map(({ replace }) => replace)).toEqual(decides ? [true] : []);
  });

  test("no host is contacted by a way that is not known yet", () => {
    const { connections } = contextOf({ hosts: { edi1: { port: UNKNOWN } } });
    expect(() => connections.host("edi1", undefined)).toThrow(
      "connection: is not known yet, so edi1 can't be contacted",
    );
  });
});

describe("a server with something unknown in it", () => {
  const server = {
    bots: { existing: true, bin: "/opt/bots/bin", flavour: "4.x" },
    environment: { path: "/srv/bots", name: "edi" },
  };
  test.each(named(pathsOf(serverSchema)))("%s: nothing is said to be wrong with it", (_, path) => {
    const values = valueAt(UNKNOWN, server, path);
    const issues = serverIssues(values).filter(({ message }) => message !== "is required");
    expect(issues).toEqual([]);
  });
});

test("what is left of a value without what is unknown is itself known", () => {
  expect(withoutUnknowns({ a: UNKNOWN, b: { c: UNKNOWN, d: 1 } })).toEqual({ b: { d: 1 } });
});
