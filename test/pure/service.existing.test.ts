import type { Props, Values } from "../../model/props";
import { UNKNOWN } from "../../model/props";
import type { Live } from "../../model/service";
import { importedInputs, importNotes } from "../../provider/lifecycle/service/import";
import { existingProperties, serviceSchema } from "../../schema/service";
import { lifecycle, props, recordingLog, urn } from "../support/serviceLifecycle";

const base = { connection: { host: "edi1" }, name: "postgresql", existing: true };
const call = () => ({ urn, log: recordingLog() });

function issues(values: Values): Record<string, string> {
  const { failures } = lifecycle().check({ ...call(), news: props(values) });
  return Object.fromEntries(failures.map(({ path, message }) => [path.join("."), message]));
}

/** What Read gives for {@link base}, up and well. */
const seen: Values = {
  name: "postgresql",
  existing: true,
  startMode: "automatic",
  running: true,
  manager: "systemd",
  status: "running",
  pid: 7,
  unmapped: [],
  restartPending: false,
};

function diff(wanted: Values, outputs: Values = seen, before: Values = wanted) {
  const request = { id: "edi1/postgresql", oldInputs: props(before), oldOutputs: props(outputs), ignoreChanges: [] };
  const { properties, notes } = lifecycle().diff({ ...call(), ...request, news: props(wanted) });
  return { paths: properties.map(({ path }) => path.join(".")), notes };
}

describe("existing: true, checked before any host is asked", () => {
  test("nothing more than a name is needed", () => expect(issues(base)).toEqual({}));

  const values: Values = {
    displayName: "x",
    description: "x",
    command: ["/x"],
    workingDirectory: "/",
    umask: "0022",
    environment: { A: "b" },
    runAs: { user: "x" },
    restart: {},
    stop: {},
    reload: { signal: "SIGHUP" },
    requires: ["a"],
    logs: {},
    options: {},
    adopt: true,
    onFailedUpdate: "keep",
  };
  test.each(Object.keys(serviceSchema.shape).filter((key) => !(existingProperties as readonly string[]).includes(key)))(
    "%s is refused beside it, at its own property",
    (property) => {
      expect(issues({ ...base, [property]: values[property] })).toEqual({
        [property]: expect.stringContaining("can't be set together with existing: true") as string,
      });
    },
  );

  test("properties of its management are accepted together with existing", () => {
    const managed = {
      manager: "lsb",
      startMode: "manual",
      running: false,
      hold: "x",
      ready: { tcp: 1 },
      settleSeconds: 1,
    };
    expect(issues({ ...base, ...managed, triggers: { a: 1 }, whenChanged: "reload" })).toEqual({});
  });

  test("existing: false is a definition like any other", () => {
    expect(issues({ ...base, existing: false })).toEqual({ command: "is required" });
    expect(issues({ ...base, existing: UNKNOWN })).toEqual({});
  });
});

describe("the difference of an existing service", () => {
  test("none, when it runs and starts at boot", () => expect(diff(base)).toEqual({ paths: [], notes: [] }));

  test("stopped, switched off", () => {
    const down = { ...seen, status: "stopped", running: false, startMode: "manual" };
    expect(diff(base, down)).toEqual({ paths: ["startMode", "running"], notes: ["starts postgresql on edi1"] });
    expect(diff({ ...base, running: false, startMode: "manual" }, down).paths).toEqual([]);
  });

  test("a changed trigger restarts it; deferred it is no difference a second time", () => {
    const before = { ...base, triggers: { a: "1" } };
    const after = { ...base, triggers: { a: "2" } };
    const known = { ...seen, triggers: { a: "1" } };
    expect(diff(after, known, before)).toEqual({
      paths: ["triggers.a"],
      notes: ["restarts postgresql on edi1 (pid 7)"],
    });
    const deferred = { ...after, whenChanged: "defer" };
    expect(diff(deferred, known, before)).toEqual({ paths: ["triggers.a"], notes: [] });
    expect(diff(deferred, { ...known, restartPending: true }, deferred).paths).toEqual([]);
    expect(diff(after, { ...known, restartPending: true }, deferred).notes).toEqual([
      "restarts postgresql on edi1 (pid 7)",
    ]);
  });

  test("given a definition: replaced and restarted, as the preview announces", () => {
    const { existing: _, ...rest } = base;
    const { paths, notes } = diff({ ...rest, command: ["/opt/p"] });
    expect(paths).toEqual(expect.arrayContaining(["existing", "command"]));
    expect(notes).toEqual([
      "replaces the definition of postgresql on edi1 and keeps a copy there",
      "restarts postgresql on edi1 (pid 7)",
    ]);
  });

  test("given back: no restart", () => {
    const ours = { ...seen, existing: undefined, command: ["/opt/p"], ownerId: "o" };
    expect(diff(base, ours)).toEqual({
      paths: ["existing"],
      notes: ["leaves the definition of postgresql on edi1 as it is, and no longer manages it"],
    });
  });

  test("nothing tells whether it runs: a difference, and nothing will be done", () => {
    const doubtful = { ...seen, status: "unknown", running: false };
    const said = ["can't change postgresql on edi1: it is unknown whether it runs"];
    expect(diff(base, doubtful)).toEqual({ paths: ["running"], notes: said });
    expect(diff({ ...base, running: false }, doubtful)).toEqual({ paths: ["running"], notes: said });
    expect(diff({ ...base, running: "unmanaged" }, doubtful)).toEqual({ paths: [], notes: [] });
  });
});

describe("the import of a definition that is a program", () => {
  const live = (over: Partial<Live> = {}): Live => ({
    installed: true,
    definition: {},
    startMode: "automatic",
    masked: false,
    state: { status: "running", pid: 7, restartCount: 0, inTransit: false },
    files: [{ path: "/etc/init.d/web", owner: "root:root", mode: "0755" }],
    unmapped: [],
    observed: [
      { property: "command", value: ["/opt/web", "-d"], file: "/etc/init.d/web", line: 12 },
      { property: "umask", unknown: "depends on a condition", file: "/etc/init.d/web", line: 9 },
      { property: "environment.TOKEN", value: "sesame", file: "/etc/default/web", line: 2, secret: true },
    ],
    overrides: [],
    warnings: [],
    ...over,
  });
  const values = (over?: Partial<Live>): Props["values"] => importedInputs("edi1", "web", live(over)).values;

  test("gives existing: true and no definition", () => {
    expect(values()).toEqual({ connection: { host: "edi1" }, name: "web", existing: true });
    const state = (status: Live["state"]["status"]) => ({ state: { status, restartCount: 0, inTransit: false } });
    expect(values({ startMode: "manual", ...state("stopped") })).toMatchObject({ startMode: "manual", running: false });
    expect(values(state("unknown"))).toMatchObject({ running: "unmanaged" });
  });

  test("says what was read, where, and how to go on, and shows no secret", () => {
    expect(importNotes("web", live())).toEqual([
      `/etc/init.d/web is a program, and its settings can't be read reliably without running it: web is imported with existing: true, and /etc/init.d/web is never changed.
What could be read:
  command: ["/opt/web","-d"] (/etc/init.d/web:12)
  umask: not known, depends on a condition (/etc/init.d/web:9)
  environment.TOKEN: [secret] (/etc/default/web:2)
To define web in the program instead, remove existing and set command and the other properties: the next up replaces /etc/init.d/web, keeps a copy on the host and restarts web.`,
    ]);
  });
});
