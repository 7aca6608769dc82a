import { formatPath, UNKNOWN, type Values } from "../../model/props";
import { lifecycle, minimal, props, recordingLog, seen, urn } from "../support/serviceLifecycle";

const diff = (inputs: Values, outputs: Values = {}, ignoreChanges: string[] = [], oldInputs: Values = {}) => {
  const log = recordingLog();
  const answer = lifecycle().diff({
    urn,
    log,
    id: "edi1/web",
    oldInputs: props({ ...minimal, ...oldInputs }),
    oldOutputs: props({ ...seen, ...outputs }),
    news: props({ ...minimal, ...inputs }),
    ignoreChanges,
  });
  const said = answer.properties.map(
    ({ path, kind, replace }) => `${kind} ${formatPath(path)}${replace ? " (replace)" : ""}`,
  );
  return { said, notes: answer.notes, log: log.lines };
};

describe("promise 2: what differs is named, property by property", () => {
  test("nothing", () => expect(diff({})).toEqual({ said: [], notes: [], log: [] }));

  test.each<[string, Values, Values, string[]]>([
    ["an argument", { command: ["/opt/web", "-x"] }, {}, ["add command[1]"]],
    ["a variable on the host that nobody wants", {}, { environment: { A: "1" } }, ["delete environment.A"]],
    ["a description", { description: "a" }, { description: "b" }, ["update description"]],
    ["another user", {}, { runAs: { user: "nobody" } }, ["update runAs.user"]],
    ["stopped", {}, { running: false, status: "stopped" }, ["update running"]],
    ["not ready", {}, { running: false, status: "notReady" }, ["update running"]],
    ["failed where none is wanted", { running: false }, { running: false, status: "failed" }, []],
    ["flapping where none is wanted", { running: false }, { running: false, status: "flapping" }, ["update running"]],
    ["disabled at boot", {}, { startMode: "manual" }, ["update startMode"]],
    [
      "masked",
      {},
      { startMode: "disabled", running: false, status: "stopped" },
      ["update startMode", "update running"],
    ],
    ["a drop-in", {}, { unmapped: [{ file: "/etc/x", line: "Nice=5" }] }, ["delete unmapped"]],
    ["a pending restart", {}, { restartPending: true }, ["update restartPending"]],
    ["a pending restart that is wanted so", { whenChanged: "defer" }, { restartPending: true }, []],
    ["triggers", { triggers: { a: "1" } }, {}, ["add triggers.a"]],
    [
      "what is not known yet",
      { command: ["/opt/web", UNKNOWN], umask: UNKNOWN, environment: UNKNOWN, restart: { delaySeconds: UNKNOWN } },
      {},
      ["add command[1]", "update umask", "update restart.delaySeconds", "add environment"],
    ],
    ["pid and restarts", {}, { pid: 8, restartCount: 3 }, []],
    ["running as it is", { running: "unmanaged" }, { running: false, status: "stopped" }, []],
    ["on hold", { hold: "restore" }, { running: false, status: "stopped", restartPending: true }, []],
  ])("%s", (_, inputs, outputs, expected) => expect(diff(inputs, outputs).said).toEqual(expected));

  test("the manager's own default is the same, given or not", () => {
    expect(diff({ restart: { policy: "never" }, stop: { timeoutSeconds: 90 }, umask: "022" }).said).toEqual([]);
    expect(diff({}, { restart: { policy: "never", delaySeconds: 0.1 }, umask: "0022" }).said).toEqual([]);
  });

  test("what the user ignores is skipped", () => {
    const host = { description: "by hand", environment: { A: "1", B: "2" } };
    expect(diff({}, host, ["description", "environment.A"]).said).toEqual(["delete environment.B"]);
    expect(diff({}, host, ["description", "environment"]).said).toEqual([]);
    expect(diff({ command: ["/opt/web", "b"] }, { command: ["/opt/web", "a"] }, ["command[1]"]).said).toEqual([]);
  });
});

describe("promise 8: how to reach a host is not part of the service", () => {
  test("another way to the same machine is no change", () => {
    const connection = { host: "edi1", address: "10.0.0.9", port: 2222, user: "deploy", become: { method: "sudo" } };
    expect(diff({ connection }).said).toEqual([]);
  });
  test("another machine replaces", () => {
    expect(diff({ connection: { host: "edi2" } }).said).toEqual(["update connection.host (replace)"]);
    expect(diff({ connection: { host: UNKNOWN } }).said).toEqual(["update connection.host (replace)"]);
  });
  test("another name replaces", () => expect(diff({ name: "www" }).said).toEqual(["update name (replace)"]));
  test("a suspended host is not compared, and a warning says why", () => {
    const { said, log } = diff({ connection: { host: "edi1", suspended: "being rebuilt" }, description: "x" });
    expect(said).toEqual([]);
    expect(log).toEqual(["edi1 is suspended, so its services were not compared: being rebuilt"]);
  });
});

describe("promise 1: preview says which services restart", () => {
  test.each<[string, Values, Values, string[]]>([
    ["restarts", { command: ["/opt/web", "-x"] }, {}, ["restarts web on edi1 (pid 7)"]],
    [
      "restarts it only if another probe fails as well",
      { ready: { tcp: 8081 } },
      { running: false, status: "notReady" },
      ["restarts web on edi1 (pid 7), if it is still not ready"],
    ],
    [
      "restarts it in any case",
      { command: ["/opt/web", "-x"] },
      { running: false, status: "notReady" },
      ["restarts web on edi1 (pid 7)"],
    ],
    ["leaves the process", { description: "x" }, {}, []],
    ["starts", {}, { running: false, status: "stopped", pid: undefined }, ["starts web on edi1"]],
    ["stops", { running: false }, {}, ["stops web on edi1 (pid 7)"]],
    ["defers", { umask: "0077", whenChanged: "defer" }, {}, []],
    [
      "reloads",
      { umask: "0077", whenChanged: "reload", reload: { signal: "SIGHUP" } },
      {},
      ["reloads web on edi1 (pid 7)"],
    ],
  ])("%s", (_, inputs, outputs, notes) => expect(diff(inputs, outputs).notes).toEqual(notes));
});

test("promise 12: a state of an older version, without a property that is new, shows no diff", () => {
  expect(
    diff({}, { unmapped: undefined, restartPending: undefined, triggers: undefined, startMode: undefined }).said,
  ).toEqual([]);
});
