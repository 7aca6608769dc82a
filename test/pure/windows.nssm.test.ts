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
    AppAffinity: sz("0-1"),
    AppDirectory: expandSz("%BOTS%\\x"),
    AppEnvironmentExtra: { type: "multiSz", data: ["PATH=C:\\x;%PATH%"] },
    Own: dword(1),
  });
  const exit = key({ "": sz("Restart"), 3: sz("Ignore") }, "\\AppExit");
  const { definition, unmapped } = parseParameters(parameters, exit);
  expect(definition).toEqual({ command: ["C:\\x.exe"] });
  expect(unmapped.map(({ file, line }) => [file, line.slice(0, 22)])).toEqual([
    [PATH, '"AppAffinity"="0-1"'],
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
const definitions = fc
  .record({
    command: fc.tuple(path, fc.array(word)).map(([program, args]) => [program, ...args]),
    workingDirectory: maybe(path),
    environment: maybe(fc.dictionary(fc.constantFrom("A", "B", "C d"), word, { minKeys: 1 })),
    restart: fc.record({
      policy: fc.constantFrom("always" as const, "onFailure" as const, "never" as const),
      delaySeconds: maybe(fc.integer({ min: 0, max: 5000 }).map((ms) => ms / 1000)),
    }),
    stop: maybe(fc.constantFrom({ timeoutSeconds: 3 }, { mode: "process" as const, timeoutSeconds: 1 })),
    logs: maybe(
      fc.constantFrom("same", "other").chain((kind) => (kind === "same" ? fc.record({ stdout: log }) : logs)),
    ),
  })
  .map((drawn) => JSON.parse(JSON.stringify(drawn)) as Definition);
const logs = fc.record({ stdout: log, stderr: log }).filter(({ stdout, stderr }) => stdout !== stderr);

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
  [{}, "command: must name the program"],
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
  [{ stop: { signal: "SIGTERM" } }, "stop.signal: must not be set: NSSM stops a program by Ctrl-C"],
  [{ restart: { maxAttempts: 3 } }, "restart.maxAttempts: must be 0: NSSM restarts without a limit"],
  [
    { environment: { A: "x" }, secretEnvironment: ["A"] },
    "environment.A: must not be secret: every user of a Windows host can read the parameters of NSSM",
  ],
])("%j is refused", (definition, message) => {
  const whole = Object.keys(definition).length === 0 ? definition : { command: ["C:\\x.exe"], ...definition };
  expect(validate(whole).map((issue) => `${formatPath(issue.path)}: ${issue.message}`)).toEqual([message]);
});
