import { spawnSync } from "node:child_process";
import { watch } from "node:fs";
import { tmpdir } from "node:os";
import { MANAGERS } from "../../provider/managers";
import { presets, warnings, type BotsEnvironment, type Daemon, type DaemonPreset } from "../../bots";
import { knownNow } from "../../components/inputs";
import { validate } from "../../schema/validate";
import { serviceSchema } from "../../schema/service";

const classic: BotsEnvironment = { flavour: "classic", bin: "/opt/bots/bin", path: "/srv/bots" };
const four: BotsEnvironment = { ...classic, flavour: "4.x" };
/** As `pip install` into a Python for all users has it. */
const windows: BotsEnvironment = { flavour: "4.x", bin: "C:\\Python312\\Scripts", path: "C:\\Bots" };
const all = (environment: BotsEnvironment) =>
  Object.fromEntries(Object.entries(presets).map(([daemon, preset]) => [daemon, preset(environment)]));

describe("presets", () => {
  test("classic", () => expect(all(classic)).toMatchSnapshot());
  test("4.x, with other ports, https and a name", () => {
    expect(
      all({ ...four, name: "prod", web: { port: 9443, tls: true }, queue: { port: 28182 } }) as object,
    ).toMatchSnapshot();
  });

  test("4.x on Windows", () => expect(all(windows)).toMatchSnapshot());

  test.each(Object.entries(presets))("%s is a definition that a service takes", (_, preset) => {
    for (const environment of [classic, windows]) {
      const values = knownNow(preset(environment)) as DaemonPreset;
      expect(validate(serviceSchema, { ...values })).toEqual([]);
    }
  });
});

const ofLinux = [...MANAGERS].filter(([, { platform }]) => platform === "posix");
describe.each(ofLinux)("%s", (_, manager) => {
  test.each(Object.entries(presets))("takes the preset %s, and carries out how it restarts and stops", (_, preset) => {
    const { ready: _ready, ...definition } = preset(four);
    expect(manager.validate(definition)).toEqual([]);
    const { restart, stop } = definition;
    expect(manager.defaults(definition)).toMatchObject({ restart, stop });
  });
});

describe.each(["classic", "4.x"] as const)("nssm, with %s", (flavour) => {
  const manager = MANAGERS.get("nssm")!;
  test.each(Object.entries(presets))("takes the preset %s, and carries out how it restarts and stops", (_, preset) => {
    const { ready: _ready, ...definition } = preset({ ...windows, flavour });
    expect(manager.validate(definition)).toEqual([]);
    const { restart, stop } = definition;
    expect(manager.defaults(definition)).toMatchObject({ restart, stop });
  });
});

describe("the command line", () => {
  const line = (more: Partial<BotsEnvironment>) => presets.webserver({ ...classic, ...more }).command;
  test.each([
    ["as in Bots 3.3", {}, ["/opt/bots/bin/bots-webserver", "-c/srv/bots/config"]],
    [
      "with a slash at the end, which would bring the package's usersys",
      { config: "/etc/bots/config/" },
      "-c/etc/bots/config",
    ],
    ["with slashes at the end of folders", { path: "/srv/bots//", bin: "/opt/bots/bin/" }, "-c/srv/bots/config"],
    ["with a blank in the path", { path: "/srv/my bots" }, "-c/srv/my bots/config"],
    ["of Bots up to 3.2", { bin: "/usr/bin", suffix: ".py" }, ["/usr/bin/bots-webserver.py", "-c/srv/bots/config"]],
    ["without -c", { config: false as const }, ["/opt/bots/bin/bots-webserver"]],
  ])("%s", (_, more, wanted) => {
    if (Array.isArray(wanted)) expect(line(more)).toEqual(wanted);
    else expect(line(more)[1]).toBe(wanted);
  });

  test("another command line may stand for the usual one", () => {
    const { command } = presets.dirMonitor(classic, ["/usr/bin/python3", "/x/dirmonitor.py"]);
    expect(command).toEqual(["/usr/bin/python3", "/x/dirmonitor.py"]);
  });
});

test("each folder stands in PATH once", () => {
  expect(presets.webserver({ ...classic, bin: "/usr/bin/" }).environment.PATH).toBe("/usr/bin:/usr/local/bin:/bin");
});

describe("on Windows", () => {
  test("a program is an .exe, and what a monitor watches can't be told", () => {
    const { command, environment, workingDirectory, ready } = presets.dirMonitor(windows);
    expect(command).toEqual(["C:\\Python312\\Scripts\\bots-dirmonitor.exe", "-cC:\\Bots\\config"]);
    expect(environment.PATH).toBe("C:\\Python312\\Scripts;C:\\Windows\\System32;C:\\Windows");
    expect([workingDirectory, ready]).toEqual(["C:\\Bots", undefined]);
  });

  test("Bots compares paths by their text, so they get backslashes and none at the end", () => {
    const { command, environment, workingDirectory } = presets.webserver({
      ...windows,
      ...{ bin: "C:/Python312/Scripts/", path: "D:/bots/", config: "D:/bots//config\\" },
    });
    expect(command).toEqual(["C:\\Python312\\Scripts\\bots-webserver.exe", "-cD:\\bots\\config"]);
    expect(environment.PATH).toMatch(/^C:\\Python312\\Scripts;/);
    expect(workingDirectory).toBe("D:\\bots");
    expect(presets.webserver({ ...windows, path: "D:\\" }).workingDirectory).toBe("D:\\");
  });

  test("a .py of Bots up to 3.2 is run by Python, as the Bots documentation shows it", () => {
    const old: BotsEnvironment = {
      flavour: "classic",
      bin: "C:\\Python27\\Scripts",
      suffix: ".py",
      path: "C:\\Bots",
      config: false,
    };
    expect(presets.webserver(old).command).toEqual([
      "C:\\Python27\\python.exe",
      "C:\\Python27\\Scripts\\bots-webserver.py",
    ]);
  });

  test("the classic job queue, which ignores Ctrl-C, gets little time for it", () => {
    const seconds = (flavour: "classic" | "4.x") => presets.jobQueue({ ...windows, flavour }).stop.timeoutSeconds;
    expect([seconds("classic"), seconds("4.x")]).toEqual([1, 30]);
  });
});

describe("a warning reports what a flavour can't do", () => {
  const on = (...daemons: Daemon[]) => new Set(daemons);
  test.each<[string, BotsEnvironment, ReadonlySet<Daemon>, RegExp[]]>([
    ["web alone", classic, on("webserver"), []],
    ["4.x, all", four, on("webserver", "jobQueue", "dirMonitor"), []],
    ["classic's queue", classic, on("jobQueue"), [/accepts jobs but never runs them\. /]],
    [
      "classic's queue and monitor: once",
      classic,
      on("jobQueue", "dirMonitor"),
      [/never runs them; so a file that bots-dirmonitor detects/],
    ],
    ["a monitor without a queue", four, on("dirMonitor"), [/but daemons\.jobQueue is off/]],
    ["classic without -c", { ...classic, config: false }, on("webserver"), [/inside its own Python package/]],
    ["4.x without -c", { ...four, config: false, name: "prod" }, on(), [/~\/\.bots\/env\/prod\/config/]],
    ["4.x on Windows, web alone", windows, on("webserver"), []],
    [
      "4.x on Windows, all",
      windows,
      on("webserver", "jobQueue", "dirMonitor"),
      [/does not notice new files on Windows/, /name C:\\Python312\\Scripts\\bots-engine in authorized_tasks/],
    ],
    [
      "classic's queue on Windows, where 4.x is no way out",
      { ...windows, flavour: "classic" },
      on("jobQueue"),
      [/never runs them\. Run bots-engine from the Task Scheduler$/],
    ],
    ["a share", { ...windows, path: "\\\\nas\\bots" }, on("webserver"), [/network share/]],
    ["4.x on Windows without -c", { ...windows, config: false }, on("webserver"), [/config\\systemprofile$/]],
    ["4.x with a blank", { ...four, bin: "/opt/my bots/bin" }, on("jobQueue"), [/contains a space/]],
  ])("%s", (_, environment, daemons, wanted) => {
    const said = warnings(environment, daemons);
    expect(said).toHaveLength(wanted.length);
    wanted.forEach((pattern, i) => expect(said[i]).toMatch(pattern));
  });
});

describe("the probe of the directory monitor", () => {
  const probe = (...pids: number[]) => {
    const { ready } = presets.dirMonitor(classic);
    const [program, ...args] = ready && "command" in ready ? ready.command : [];
    return spawnSync(program!, args, { encoding: "utf8", env: { ...process.env, SERVICE_PIDS: pids.join(" ") } });
  };
  const idle = { status: 1, stdout: expect.stringMatching(/^it watches no directory/) as string };

  test("no process", () => expect(probe()).toMatchObject(idle));

  test("one that watches, and one that does not", () => {
    const watcher = watch(tmpdir()); // this process now has what a monitor has
    try {
      expect(probe(1, process.pid)).toMatchObject({ status: 0 });
    } finally {
      watcher.close();
    }
    expect(probe(process.ppid)).toMatchObject(idle);
  });
});
