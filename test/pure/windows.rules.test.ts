import { deviations } from "../../model/compare";
import { formatPath, UNKNOWN, type Path, type Values } from "../../model/props";
import type { Definition } from "../../model/service";
import { importedInputs } from "../../provider/lifecycle/service/import";
import { MANAGERS } from "../../provider/managers";
import { fullSurveyOf } from "../../provider/posix/verbs/survey";
import { accountWithoutPassword } from "../../provider/windows/scm/accounts";
import { lifecycle, minimal, props, recordingLog, seen, urn } from "../support/serviceLifecycle";
import { facts, live, UNIT } from "../support/systemdUnits";

const nssm = MANAGERS.get("nssm")!;
const program = { command: ["C:\\Bots\\web.exe"] };
const winrm = { connection: { host: "edi3", type: "winrm", passwordEnv: "EDI_PASSWORD" } };

const issues = (values: Values, ...secrets: Path[]) =>
  lifecycle()
    .check({ urn, log: recordingLog(), news: props({ ...minimal, ...program, ...values }, ...secrets) })
    .failures.map(({ path, message }) => `${formatPath(path)}: ${message}`);

describe("which managers a service may get, before its host is known", () => {
  test.each<[string, Values, string[]]>([
    ["a program of Windows", { requires: ["Bots Job Queue"], name: "Bots Webserver" }, []],
    ["WinRM", { ...winrm, startMode: "delayed" }, []],
    [
      "WinRM, and a program of Linux",
      { ...winrm, command: ["/opt/web"] },
      ["command[0]: must be an absolute path with a drive or a share in front, such as C:\\Bots"],
    ],
    [
      "WinRM, and a manager of Linux",
      { ...winrm, manager: "systemd", command: ["/opt/web"] },
      ['manager: is not a service manager of Windows, which connection.type "winrm" is for'],
    ],
    ["a program of Windows, and a umask", { umask: "0022" }, ["umask: must not be set: Windows has no umask"]],
    [
      "a name that Windows does not take",
      { name: "a\\b" },
      ["name: must not contain / or \\: Windows accepts neither in the name of a service"],
    ],
    ["options tell it too", { command: undefined, options: { nssm: {} } }, ["command: is required"]],
    [
      "nothing but SSH, which mostly leads to Linux",
      { command: ["web"], name: "Bots Webserver" },
      [
        'name: may contain only letters, digits and : _ . @ -, not "Bots Webserver"',
        "command[0]: must be an absolute path",
      ],
    ],
    ["nothing at all", { command: undefined, existing: true, name: "Bots Webserver" }, []],
    ["a program that is not known yet", { command: UNKNOWN, name: "Bots Webserver" }, []],
    ["nothing but WinRM", { ...winrm, command: undefined, existing: true, name: "Bots Webserver" }, []],
    [
      "a start mode that Linux does not have",
      { command: ["/opt/web"], startMode: "delayed" },
      ["startMode: must be automatic or manual: only Windows has delayed"],
    ],
    [
      "a mask, which is none of ours",
      { command: ["/opt/web"], startMode: "disabled", running: false },
      [
        "startMode: must be automatic or manual: only Windows has disabled; a masked unit of systemd is read as disabled",
      ],
    ],
    [
      "sudo, which Windows does not have",
      { connection: { host: "edi3", become: { method: "sudo" } } },
      [
        'connection.become: is for Linux, because Windows has no sudo: log in as an administrator, and set method to "none"',
      ],
    ],
    [
      "an upload over WinRM",
      { ...winrm, options: { nssm: { upload: "./nssm.exe" } } },
      ["options.nssm.upload: needs SSH: over WinRM, put the file on the host yourself, or set options.nssm.path"],
    ],
    [
      "an upload of what is there",
      { options: { nssm: { upload: "./nssm.exe", path: "C:\\nssm.exe" } } },
      ["options.nssm.upload: must not be set beside path, which is on the host already"],
    ],
    ["a disabled service on Windows", { startMode: "disabled", running: false }, []],
    ["one that is on hold", { startMode: "disabled", hold: "being rebuilt" }, []],
  ])("%s", (_, values, expected) => expect(issues(values)).toEqual(expected));

  test("promise 9: a secret variable that every user of the host could read is refused", () => {
    const secret = [{ environment: { TOKEN: "x" } }, ["environment", "TOKEN"]] as const;
    expect(issues(...secret)).toEqual([
      "environment.TOKEN: must not be secret: every user of a Windows host can read the parameters of NSSM",
    ]);
    expect(issues({}, ["command", 0])).toEqual([
      "command[0]: is a secret, but every user of the host could read it there",
    ]);
    const runAs = { user: "EDI\\bots", password: "x" };
    expect(issues({ ...winrm, runAs }, ["runAs", "password"])).toEqual([]);
    expect(issues({ ...winrm, runAs }, ["runAs"])).toEqual([
      "runAs: is a secret, but every user of the host could read it there: make only runAs.password a secret",
    ]);
  });
});

test("a Linux host says that it has no manager of Windows", () => {
  const survey = fullSurveyOf({ name: "web", facts, answers: new Map() }, new Map());
  expect(survey.unavailable("nssm")).toBe("it is a service manager of Windows, and the host runs Linux");
  expect(survey.obstacles(["nssm", "systemd"])).toEqual([]);
  expect(survey.isSamePlace("nssm", "systemd")).toBe(false);
  expect(survey.isSamePlace("lsb", "startStopDaemon")).toBe(true);
});

describe("the defaults of NSSM", () => {
  const same = (one: Definition, other: Definition) =>
    deviations(nssm.defaults(one), nssm.defaults(other)).map(({ path }) => formatPath(path));

  test("are what it does when they are unset", () => {
    expect(
      same(program, {
        ...program,
        workingDirectory: "C:\\Bots\\",
        runAs: { user: "NT AUTHORITY\\SYSTEM" },
        restart: { policy: "always", delaySeconds: 0, maxAttempts: 0 },
        stop: { timeoutSeconds: 1.5, mode: "group" },
        options: {
          nssm: {
            noConsole: false,
            throttleSeconds: 1.5,
            stopMethods: ["console", "window", "threads"],
            stopWindowSeconds: 1.5,
            stopThreadsSeconds: 1.5,
            priority: "normal",
          },
        },
      }),
    ).toEqual([]);
  });

  test.each<[string, Definition, Definition, string[]]>([
    ["names ignore the case and the order", { requires: ["Queue", "db"] }, { requires: ["DB", "queue"] }, []],
    ["a log for both streams", { logs: { stdout: "C:\\a" } }, { logs: { stdout: "C:\\a", stderr: "C:\\a" } }, []],
    [
      "rotation at each start is not none",
      {},
      { options: { nssm: { rotate: {} } } },
      ["options.nssm.rotate.bytes", "options.nssm.rotate.seconds", "options.nssm.rotate.online"],
    ],
    [
      "no method of stopping is not all",
      {},
      { options: { nssm: { stopMethods: [] } } },
      ["options.nssm.stopMethods[0]", "options.nssm.stopMethods[1]", "options.nssm.stopMethods[2]"],
    ],
    ["CPUs in any order", { options: { nssm: { affinity: [1, 0] } } }, { options: { nssm: { affinity: [0, 1] } } }, []],
    ["accounts", { runAs: { user: "LocalService" } }, { runAs: { user: "nt authority\\local service" } }, []],
  ])("%s", (_, one, other, expected) =>
    expect(same({ ...program, ...one }, { ...program, ...other })).toEqual(expected),
  );

  test("are filled in once", () => {
    const definition = nssm.defaults({ ...program, options: { nssm: { rotate: { bytes: 1 } } } });
    expect(nssm.defaults(definition)).toEqual(definition);
  });
});

test.each<[Path, string]>([
  [["command", 1], "restart"],
  [["restart", "policy"], "reload"],
  [["restart", "delaySeconds"], "restart"],
  [["stop", "timeoutSeconds"], "restart"],
  [["options", "nssm", "rotate", "bytes"], "restart"],
  [["options", "lsb"], "none"],
  [["requires", 0], "reload"],
  [["displayName"], "reload"],
  [["startMode"], "enable"],
])("a change of %j asks for %s", (path, impact) => expect(nssm.impact(path)).toBe(impact));

test.each([
  ["LocalSystem", "LocalSystem"],
  [".\\localsystem", "LocalSystem"],
  ["SYSTEM", "LocalSystem"],
  ["NT Authority\\Network Service", "NT AUTHORITY\\NetworkService"],
  ["nt service\\Web", "NT SERVICE\\Web"],
  ["Administrator", undefined],
  ["CORP\\SYSTEM", undefined],
  ["NT SERVICE\\", undefined],
])("the account %s is %s", (given, canonical) => expect(accountWithoutPassword(given)).toBe(canonical));

test.each<[Definition, string]>([
  [{}, "Get-WinEvent -MaxEvents 100 -FilterHashtable @{ LogName = 'Application'; ProviderName = 'nssm' }"],
  [
    { logs: { stdout: "discard" } },
    "Get-WinEvent -MaxEvents 100 -FilterHashtable @{ LogName = 'Application'; ProviderName = 'nssm' }",
  ],
  [{ logs: { stdout: "C:\\it's.log", stderr: "C:\\e.log" } }, "Get-Content -Tail 100 'C:\\it''s.log', 'C:\\e.log'"],
])("the log of %j is shown by %s", (definition, command) => expect(nssm.logHint("web", definition)).toBe(command));

describe("a disabled service", () => {
  const diff = (manager: string, outputs: Values) =>
    lifecycle()
      .diff({
        ...{ urn, log: recordingLog(), id: "edi1/web", ignoreChanges: [] },
        oldInputs: props(minimal),
        oldOutputs: props({ ...seen, ...(manager === "nssm" && program), ...outputs, manager }),
        news: props({ ...minimal, ...(manager === "nssm" && program), running: false }),
      })
      .properties.map(({ path }) => formatPath(path));

  test("is one of the start modes of Windows, and a mask on Linux", () => {
    const disabled = { startMode: "disabled", running: false, status: "stopped" };
    expect(diff("nssm", disabled)).toEqual(["startMode"]);
    expect(diff("nssm", { ...disabled, startMode: "automatic" })).toEqual([]);
    expect(diff("systemd", disabled)).toEqual(["startMode"]);
  });

  test("is imported as it is, and a mask as manual", () => {
    const found = live({ unit: UNIT }, {});
    const imported = (changes: object) => importedInputs("edi1", "web", { ...found, ...changes }).values.startMode;
    expect(imported({ startMode: "disabled", masked: false })).toBe("disabled");
    expect(imported({ startMode: "delayed", masked: false })).toBe("delayed");
    expect(imported({ startMode: "disabled", masked: true })).toBe("manual");
  });
});
