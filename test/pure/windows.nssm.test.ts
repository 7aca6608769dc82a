import fc from "fast-check";
import { formatPath } from "../../model/props";
import type { Definition } from "../../model/service";
import { parseParameters, renderParameters } from "../../provider/windows/managers/nssm/parameters";
import { validate } from "../../provider/windows/managers/nssm/validate";
import type { RegistryKey, RegistryValue } from "../../provider/windows/registry/values";

const PATH = "HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\web\\Parameters";
const key = (values: Record<string, RegistryValue> | ReadonlyMap<string, RegistryValue>, below = ""): RegistryKey => ({
  path: PATH + below,
  values: new Map(values instanceof Map ? values : Object.entries(values as Record<string, RegistryValue>)),
});
const sz = (data: string): RegistryValue => ({ type: "sz", data });
const expandSz = (data: string): RegistryValue => ({ type: "expandSz", data });
const dword = (data: number): RegistryValue => ({ type: "dword", data });

const full: Definition = {
  command: ["C:\\Program Files\\Bots\\bots-webserver.exe", "-cC:\\Bots\\config", 'a "b" c\\'],
  workingDirectory: "C:\\Bots",
  environment: { BOTSENV: "default", TEXT: "ünï 日本 50%" },
  restart: { policy: "onFailure", delaySeconds: 2.5 },
  stop: { timeoutSeconds: 30, mode: "process" },
  logs: { stdout: "C:\\Bots\\web.log", stderr: "discard" },
};

test("a definition becomes what NSSM reads", () => {
  const { values, exit } = renderParameters(full);
  expect(Object.fromEntries(values)).toEqual({
    Application: sz("C:\\Program Files\\Bots\\bots-webserver.exe"),
    AppParameters: sz('-cC:\\Bots\\config "a \\"b\\" c\\\\"'),
    AppDirectory: sz("C:\\Bots"),
    AppEnvironmentExtra: { type: "multiSz", data: ["BOTSENV=default", "TEXT=ünï 日本 50%"] },
    AppRestartDelay: dword(2500),
    AppStopMethodConsole: dword(30_000),
    AppKillProcessTree: dword(0),
    AppStdout: sz("C:\\Bots\\web.log"),
    AppStderr: sz("NUL"),
  });
  expect(Object.fromEntries(exit)).toEqual({ "": sz("Restart"), 0: sz("Exit") });
});

test("what NSSM's own commands write is read: REG_EXPAND_SZ, and an exit action of its own", () => {
  const parameters = key({
    Application: expandSz("C:\\Python\\python.exe"),
    AppParameters: expandSz('"C:\\a b\\x.py" -v'),
    AppDirectory: expandSz("C:\\Python"),
  });
  expect(parseParameters(parameters, key({ "": sz("restart") }, "\\AppExit"))).toEqual({
    definition: {
      command: ["C:\\Python\\python.exe", "C:\\a b\\x.py", "-v"],
      workingDirectory: "C:\\Python",
      restart: { policy: "always" },
    },
    unmapped: [],
  });
});

test("promise 2: what no property covers is unmapped, with its key and as a file of reg.exe has it", () => {
  const parameters = key({
    Application: sz("C:\\x.exe"),
    AppThrottle: sz("1500"),
    AppStopMethodSkip: dword(8),
    AppPriority: dword(1),
    AppAffinity: sz("0-64"),
    AppRotateBytes: dword(100),
    AppDirectory: expandSz("%BOTS%\\x"),
    AppEnvironmentExtra: { type: "multiSz", data: ["PATH=C:\\x;%PATH%"] },
    Own: dword(1),
  });
  const exit = key({ "": sz("Restart"), 3: sz("Ignore") }, "\\AppExit");
  const { definition, unmapped } = parseParameters(parameters, exit);
  expect(definition).toEqual({ command: ["C:\\x.exe"] });
  expect(unmapped.map(({ file, line }) => [file, line.slice(0, 22)])).toEqual([
    [PATH, '"AppThrottle"="1500"'],
    [PATH, '"AppStopMethodSkip"=dw'],
    [PATH, '"AppPriority"=dword:00'],
    [PATH, '"AppAffinity"="0-64"'],
    // No file is rotated without AppRotateFiles.
    [PATH, '"AppRotateBytes"=dword'],
    [PATH, '"AppDirectory"=hex(2):'],
    [PATH, '"AppEnvironmentExtra"='],
    [PATH, '"Own"=dword:00000001'],
    // What a service does with exit code 3 is no policy.
    [`${PATH}\\AppExit`, '"3"="Ignore"'],
    [`${PATH}\\AppExit`, '@="Restart"'],
  ]);
});

const word = fc.string({ unit: fc.constantFrom(..."ab \t\"\\&^!'é日\n%"), minLength: 1 });
const path = fc.constantFrom("C:\\Bots", "C:\\Program Files\\b\\c.exe", "\\\\server\\share\\d");
const log = fc.constantFrom("C:\\a.log", "C:\\b.log", "discard");
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const options = fc
  .record(
    {
      noConsole: fc.boolean(),
      throttleSeconds: fc.integer({ min: 0, max: 9000 }).map((ms) => ms / 1000),
      stopMethods: fc.subarray(["console", "window", "threads"] as const).map((methods) => [...methods]),
      stopWindowSeconds: fc.integer({ min: 0, max: 9 }),
      priority: fc.constantFrom("realtime", "high", "aboveNormal", "normal", "belowNormal", "idle" as const),
      affinity: fc.subarray([0, 1, 2, 31, 63], { minLength: 1 }),
      rotate: fc.record(
        { bytes: fc.integer({ min: 1, max: 2 ** 40 }), seconds: fc.integer({ min: 0, max: 9 }), online: fc.boolean() },
        { requiredKeys: [] },
      ),
    },
    { requiredKeys: [] },
  )
  .filter((drawn) => Object.keys(drawn).length > 0)
  .map((nssm) => ({ nssm }));
const definitions = fc
  .record({
    command: fc.tuple(path, fc.array(word)).map(([program, args]) => [program, ...args]),
    workingDirectory: maybe(path),
    environment: maybe(fc.dictionary(fc.constantFrom("A", "B", "C d"), word, { minKeys: 1 })),
    restart: fc.record({
      policy: fc.constantFrom("always" as const, "onFailure" as const, "never" as const),
      delaySeconds: maybe(fc.integer({ min: 0, max: 5000 }).map((ms) => ms / 1000)),
    }),
    stop: maybe(
      fc.constantFrom(
        { timeoutSeconds: 3 },
        { mode: "process" as const, timeoutSeconds: 1 },
        { mode: "group" as const },
      ),
    ),
    logs: maybe(
      fc.constantFrom("same", "other").chain((kind) => (kind === "same" ? fc.record({ stdout: log }) : logs)),
    ),
    options: maybe(options),
  })
  .map((drawn) => JSON.parse(JSON.stringify(drawn)) as Definition);
const logs = fc.record({ stdout: log, stderr: log }).filter(({ stdout, stderr }) => stdout !== stderr);

test("options mean what NSSM's own values mean", () => {
  const nssm = (values: Record<string, RegistryValue>) =>
    parseParameters(key(values), undefined).definition.options?.nssm;
  expect(
    nssm({
      AppThrottle: dword(6000),
      AppStopMethodSkip: dword(5),
      AppPriority: dword(0x4000),
      AppAffinity: sz("4,0-2"),
      AppRotateFiles: dword(1),
      AppRotateBytes: dword(1),
      AppRotateBytesHigh: dword(1),
      AppRotateOnline: dword(0),
    }),
  ).toEqual({
    throttleSeconds: 6,
    stopMethods: ["window"],
    priority: "belowNormal",
    affinity: [0, 1, 2, 4],
    rotate: { bytes: 2 ** 32 + 1, online: false },
  });
  expect(nssm({ AppAffinity: sz(""), AppRotateFiles: dword(0), AppRotateSeconds: dword(0) })).toBeUndefined();
});

test("a stream that NSSM redirects nowhere is lost, whatever the other one does", () => {
  const logsOf = (values: Record<string, RegistryValue>) => parseParameters(key(values), undefined).definition.logs;
  expect(logsOf({ AppStdout: sz("C:\\a.log") })).toEqual({ stdout: "C:\\a.log", stderr: "discard" });
  expect(logsOf({ AppStdout: sz("C:\\a.log"), AppStderr: sz("c:\\A.log") })).toMatchObject({ stderr: "c:\\A.log" });
  expect(logsOf({ AppStderr: sz("C:\\a.log") })).toEqual({ stderr: "C:\\a.log" });
  expect(logsOf({ AppStdout: sz("nul"), AppStderr: sz("NUL") })).toEqual({ stdout: "discard" });
});

test("what is rendered, written and read back is the same definition, or is refused at check", () => {
  fc.assert(
    fc.property(definitions, (definition) => {
      fc.pre(validate(definition).length === 0);
      const { values, exit } = renderParameters(definition);
      const read = parseParameters(key(values), key(exit, "\\AppExit"));
      expect(read).toEqual({ definition, unmapped: [] });
    }),
  );
});

test.each<[Definition, string]>([
  [
    { command: ["/opt/bots"] },
    "command[0]: must be an absolute path with a drive or a share in front, such as C:\\Bots",
  ],
  [
    { command: ["\\Bots\\x.exe"] },
    "command[0]: must be an absolute path with a drive or a share in front, such as C:\\Bots",
  ],
  [{ command: ['C:\\a"b.exe'] }, 'command[0]: must not contain any of " < > | ? * or a control character'],
  [
    { command: ["C:\\x.exe", "a\0b"] },
    "command[1]: must not contain control characters other than tab and line breaks",
  ],
  [
    { command: ["C:\\x.exe", "a".repeat(16_383)] },
    "command: must have at most 16382 characters of arguments, which is what NSSM reads",
  ],
  [{}, "command: is required"],
  [
    { command: ["C:\\x.CMD", "a & b"] },
    'command[1]: must not contain any of " % & | < > ^ ( ) !, because cmd.exe, which runs a batch file, would change them',
  ],
  [{ displayName: "x".repeat(257) }, "displayName: must be at most 256 characters, which is what Windows accepts"],
  [
    { runAs: { user: "bots", password: "x" } },
    "runAs.user: must be a built-in account such as LocalService, NT SERVICE\\NAME, .\\bots for an account of the host, DOMAIN\\NAME or NAME@DOMAIN",
  ],
  [{ runAs: { user: "CORP\\bots" } }, "runAs.password: is required: Windows logs CORP\\bots on with it"],
  [{ runAs: { user: "CORP\\bots$", password: "x" } }, "runAs.password: must not be set: CORP\\bots$ has no password"],
  [{ runAs: { user: "LocalService", password: "x" } }, "runAs.password: must not be set: LocalService has no password"],
  [{ runAs: { password: "x" } }, "runAs.user: is required: LocalSystem, the default, has no password"],
  [
    { runAs: { user: "NT SERVICE\\queue" } },
    "runAs.user: must be NT SERVICE\\Web: a service can't use the account of another one",
  ],
  [{ runAs: { group: "bots" } }, "runAs.group: must not be set: a Windows service has no group"],
  [{ requires: ["a", "WEB"] }, "requires[1]: is the service itself"],
  [{ requires: ["a/b"] }, "requires[0]: must not contain / or \\: Windows accepts neither in the name of a service"],
  [
    { reload: { signal: "SIGHUP" } },
    "reload: must not be set: NSSM can't tell a program to read its configuration again",
  ],
  [
    { stop: { mode: "mixed" } },
    "stop.mode: must be group or process: Ctrl-C reaches every process of the console, not only the main one",
  ],
  [{ stop: { timeoutSeconds: 5_000_000 } }, "stop.timeoutSeconds: must be at most 4294967 seconds"],
  [
    { environment: { Path: "a", PATH: "b" } },
    "environment.PATH: is the same variable as Path: Windows ignores the case",
  ],
  [
    { stop: { timeoutSeconds: 5 }, options: { nssm: { stopMethods: ["window"] } } },
    "stop.timeoutSeconds: has no effect: options.nssm.stopMethods does not name console",
  ],
  [
    { options: { nssm: { path: "/opt/nssm.exe" } } },
    "options.nssm.path: must be an absolute path with a drive or a share in front, such as C:\\Bots",
  ],
  [
    { options: { nssm: { rotate: { online: true } } } },
    "options.nssm.rotate.online: needs bytes, the size at which a file is renamed",
  ],
  [{ options: { lsb: {} } }, "options.lsb: is for lsb, but the manager is nssm"],
  [{ environment: { A: "" } }, "environment.A: must not be empty: NSSM would lose the variable after it"],
  [
    { environment: { A: "%PATH%;x" } },
    "environment.A: must not contain %NAME%: NSSM replaces it by a variable of the host",
  ],
  [{ environment: { "A=B": "x" } }, 'environment["A=B"]: must be named without ='],
  [
    { logs: { stdout: "web.log" } },
    "logs.stdout: must be an absolute path with a drive or a share in front, such as C:\\Bots",
  ],
  [{ umask: "0022" }, "umask: must not be set: Windows has no umask"],
  [
    { stop: { signal: "SIGTERM" } },
    "stop.signal: must not be set: Windows has no signals, and NSSM stops a program by Ctrl-C",
  ],
  [{ restart: { maxAttempts: 3 } }, "restart.maxAttempts: must be 0: NSSM restarts without a limit"],
  [
    { environment: { A: "x" }, secretEnvironment: ["A"] },
    "environment.A: must not be secret: every user of a Windows host can read the parameters of NSSM",
  ],
])("%j is refused", (definition, message) => {
  const whole = Object.keys(definition).length === 0 ? definition : { command: ["C:\\x.exe"], ...definition };
  expect(validate(whole, "Web").map((issue) => `${formatPath(issue.path)}: ${issue.message}`)).toEqual([message]);
});
