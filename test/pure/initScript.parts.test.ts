import type { Definition } from "../../model/service";
import { parseBoot } from "../../provider/posix/managers/initScript/boot";
import { checkName } from "../../provider/posix/managers/initScript/name";
import { parseState } from "../../provider/posix/managers/initScript/state";
import { facts, MANAGERS, written } from "../support/initScripts";
import { marker } from "../support/definitions";

const { lsb, startStopDaemon } = MANAGERS;

describe("an error reports what a script can't do, at the property", () => {
  const sleeper: Definition = { command: ["/bin/sleep", "1"] };
  const issues = (manager: typeof lsb, definition: Definition) =>
    manager.validate({ ...sleeper, ...definition }).map(({ path, message }) => `${path.join(".")}: ${message}`);

  test.each<[Definition, RegExp]>([
    [{ command: ["sleep"] }, /^command.0: must be an absolute path/],
    [{ reload: { command: ["kill"] } }, /^reload.command.0: must be an absolute path/],
    [{ logs: { stdout: "log" } }, /^logs.stdout: must be an absolute path or "discard"/],
    [{ environment: { "A-B": "1" } }, /^environment.A-B: must be named/],
    [{ environment: { UID: "1" }, secretEnvironment: ["UID"] }, /^environment.UID: can't be secret/],
    [{ stop: { timeoutSeconds: 0.001 } }, /^stop.timeoutSeconds: .*two decimals/],
    [{ restart: { delaySeconds: 0.001 } }, /^restart.delaySeconds: .*two decimals/],
    [{ stop: { signal: "SIGNOPE" } }, /^stop.signal: must be a signal name such as SIGTERM, not "SIGNOPE"/],
    [{ requires: ["a:b"] }, /^requires.0: may contain only letters/],
    [{ options: { systemd: { service: { Nice: "1" } } } }, /^options.systemd: is for systemd, but the manager is lsb/],
  ])("%j", (definition, expected) => {
    const found = issues(lsb, definition);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(expected);
  });

  test("start-stop-daemon asks one process only, in whole seconds, by the signals it knows", () => {
    expect(issues(startStopDaemon, { stop: { mode: "group", timeoutSeconds: 1.5, signal: "SIGWINCH" } })).toEqual([
      expect.stringMatching(/^stop.signal/),
      expect.stringMatching(/^stop.timeoutSeconds: must be whole seconds/),
      expect.stringMatching(/^stop.mode: startStopDaemon can signal only/),
    ]);
    expect(issues(lsb, { stop: { mode: "group", timeoutSeconds: 1.5, signal: "SIGWINCH" } })).toEqual([]);
  });

  test("unset properties never are", () => {
    expect(issues(lsb, {})).toEqual([]);
    expect(issues(startStopDaemon, {})).toEqual([]);
  });
});

test.each<[string, RegExp | undefined]>([
  ["bots-webserver", undefined],
  ["a.b_c+d-e", undefined],
  ["9lives", undefined],
  ["", /empty/],
  ["a b", /letters/],
  ["a@b", /letters/],
  ["-a", /begin/],
  [".a", /begin/],
  ["README", /init system itself/],
  ["functions", /init system itself/],
  ["rcS", /init system itself/],
  ["web.sh", /\.sh/],
  ["web.dpkg-old", /dpkg-old/],
  ["web~", /letters/],
])("the name %j", (name, expected) => {
  if (expected) expect(checkName(name)).toMatch(expected);
  else expect(checkName(name)).toBeUndefined();
});

describe("where a manager can be used", () => {
  test("lsb wherever scripts are run, startStopDaemon with the one of dpkg only", () => {
    for (const init of ["sysvinit", "systemd", "openrc", "upstart"] as const) {
      expect(lsb.unavailable({ ...facts, init })).toBeUndefined();
      expect(startStopDaemon.unavailable({ ...facts, init })).toBeUndefined();
    }
    expect(lsb.unavailable({ ...facts, init: "unknown", initText: "nothing known" })).toContain("nothing known");
    expect(startStopDaemon.unavailable({ ...facts, startStopDaemon: "other" })).toContain("not the one of dpkg");
    expect(startStopDaemon.unavailable({ ...facts, startStopDaemon: "none" })).toContain("no start-stop-daemon");
  });
});

describe("start at boot, as the links say", () => {
  const links = (...names: string[]) => names.map((name) => `/etc/${name}web`);
  test.each<[string, string[], string, number]>([
    ["all of them", links("rc0.d/K01", "rc2.d/S01", "rc3.d/S02", "rc6.d/K01"), "automatic", 0],
    ["none", links("rc2.d/K01", "rc3.d/K01"), "manual", 0],
    ["no links at all", [], "manual", 0],
    ["some", links("rc2.d/S01", "rc3.d/K01"), "manual", 1],
    ["more than wanted", links("rc2.d/S01", "rc3.d/S01", "rc5.d/S01"), "manual", 1],
    ["Red Hat", ["/etc/rc.d/rc2.d/S90web", "/etc/rc.d/rc3.d/S90web"], "automatic", 0],
  ])("%s", (_, all, startMode, odd) => {
    const boot = parseBoot(all, [2, 3], false);
    expect(boot.startMode).toBe(startMode);
    expect(boot.odd).toHaveLength(odd);
  });

  test("OpenRC has run levels of its own", () => {
    expect(parseBoot(["/etc/runlevels/default/web"], [2, 3], true).startMode).toBe("automatic");
    expect(parseBoot(links("rc2.d/S01", "rc3.d/S01"), [2, 3], true).startMode).toBe("manual");
  });
});

describe("the state of a process", () => {
  const stat = (pid: number, born: number, state = "S") => `${pid} (a) b) ${state} ${"0 ".repeat(18)}${born} 0 0`;
  const record = (values: Record<string, string | number>) =>
    Object.entries({ boot: "b1", ...values })
      .map(([key, value]) => `${key}=${value}`)
      .join("\n");
  const look = (values: Record<string, string | number> | undefined, extra: object = {}) =>
    parseState({
      ...{ record: values && record(values), pid: undefined, supervisor: undefined },
      ...{ boot: "b1", installed: true, recovered: false, ...extra },
    });
  const running = { state: "running", pid: 7, pidBorn: 500, supervisor: 6, supervisorBorn: 400 };

  test.each<[string, Parameters<typeof look>, object]>([
    [
      "running",
      [{ ...running, restarts: 2 }, { pid: stat(7, 500) }],
      { status: "running", pid: 7, incarnation: "7@500@b1", startedUptime: 5, restartCount: 2, inTransit: false },
    ],
    ["another process of that pid", [running, { pid: stat(7, 501) }], { status: "failed" }],
    [
      "a zombie",
      [running, { pid: stat(7, 500, "Z") }],
      { status: "failed", reason: "the program exited, and its exit code is unknown" },
    ],
    ["another boot", [{ ...running, boot: "b0" }, { pid: stat(7, 500) }], { status: "stopped" }],
    ["never started", [undefined], { status: "stopped" }],
    ["stopped", [{ state: "stopped" }], { status: "stopped" }],
    [
      "waits for its restart",
      [{ ...running, state: "waiting", code: 3 }, { supervisor: stat(6, 400) }],
      { status: "flapping", reason: "waits for its restart after exit code 3" },
    ],
    [
      "between two",
      [{ ...running, state: "starting" }, { supervisor: stat(6, 400) }],
      { status: "stopped", inTransit: true },
    ],
    ["gave up", [{ state: "gaveUp", code: 137 }], { status: "failed", reason: "SIGKILL, gave up restarting it" }],
    [
      "supervisor killed",
      [{ ...running, state: "waiting", code: 1 }],
      { status: "failed", reason: "exit code 1, and its supervisor was killed" },
    ],
    ["ended well", [{ state: "ended", code: 0 }], { status: "stopped" }],
    [
      "not found",
      [{ state: "gaveUp", code: 127 }],
      { reason: "exit code 127: program not found, gave up restarting it" },
    ],
    ["start cut off", [{ state: "starting" }], { status: "failed", reason: "its start was cut off" }],
    ["nothing there", [undefined, { installed: false }], { status: "notInstalled" }],
    [
      "script deleted",
      [running, { installed: false, pid: stat(7, 500) }],
      { status: "running", reason: "its script was deleted" },
    ],
    ["record lost", [undefined, { recovered: true, pid: stat(7, 500) }], { status: "running", pid: 7 }],
  ])("%s", (_, args, expected) => {
    expect(look(...args)).toMatchObject(expected);
  });
});

test("a pid file's process is ours without a record only when it runs our command", () => {
  const definition: Definition = { command: ["/opt/a.py", "-c", "x y"] };
  const pid = `7 (a) S ${"0 ".repeat(18)}500 0`;
  const status = (command: string) => written("lsb", definition, { pid, command }).state.status;
  expect(status("/opt/a.py\0-c\0x y\0")).toBe("running");
  expect(status("/usr/bin/python3\0/opt/a.py\0-c\0x y\0")).toBe("running");
  expect(status("/opt/a.py\0-c\0x\0y\0")).toBe("stopped");
  expect(status("/usr/bin/vim\0/opt/a.py\0")).toBe("stopped");
});

test("what a change asks for", () => {
  const all: [(string | number)[], string][] = [
    [["command", 1], "restart"],
    [["environment", "A"], "restart"],
    [["restart", "policy"], "restart"],
    [["restart"], "restart"],
    [["restart", "delaySeconds"], "reload"],
    [["stop", "mode"], "reload"],
    [["description"], "reload"],
    [["requires", 0], "enable"],
    [["options", "lsb", "runlevels", 0], "enable"],
    [["options", "lsb", "pidFile"], "restart"],
    [["options", "systemd"], "none"],
    [["ready"], "none"],
  ];
  for (const [path, expected] of all) expect([path, lsb.impact(path)]).toEqual([path, expected]);
});

test("a masked service counts as disabled", () => {
  expect(written("lsb", { command: ["/bin/a"] }, { masked: "yes" })).toMatchObject({
    masked: true,
    startMode: "disabled",
    marker,
  });
});
