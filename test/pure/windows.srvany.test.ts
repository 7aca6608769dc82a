import fc from "fast-check";
import { deviations } from "../../model/compare";
import { formatPath } from "../../model/props";
import type { Definition } from "../../model/service";
import { liveOf } from "../../provider/windows/managers/live";
import { nssm } from "../../provider/windows/managers/nssm";
import { srvany } from "../../provider/windows/managers/srvany";
import type { RegistryValue } from "../../provider/windows/registry/values";
import { serviceRecord, sz, writtenRecord } from "../support/windows";

const SRVANY = "C:\\Windows\\System32\\srvany.exe";
const processes = [
  { pid: 100, parent: 1, name: "srvany.exe", created: 50 },
  { pid: 101, parent: 100, name: "conhost.exe", created: 51 },
  { pid: 102, parent: 100, name: "python.exe", created: 52 },
];
const live = (parameters: Record<string, RegistryValue>, running = processes) =>
  liveOf(srvany, serviceRecord({ scm: { imagePath: SRVANY }, keys: { parameters }, processes: running }));

const word = fc.string({ unit: fc.constantFrom(..."ab \t\"\\&^!'é日%"), minLength: 1 });
const definitions = fc
  .record({
    command: fc
      .tuple(fc.constantFrom("C:\\Bots\\c.exe", "C:\\Program Files\\b c\\d.exe"), fc.array(word))
      .map(([program, args]) => [program, ...args]),
    workingDirectory: fc.option(fc.constant("C:\\Program Files\\Bots"), { nil: undefined }),
    environment: fc.option(fc.dictionary(fc.constantFrom("A", "B"), word, { minKeys: 1 }), { nil: undefined }),
    options: fc.option(fc.constant({ srvany: { path: "C:\\my tools\\srvany-ng.exe" } }), { nil: undefined }),
  })
  .map((drawn) => JSON.parse(JSON.stringify(drawn)) as Definition);

test("what is rendered, written and read back is the same definition", () => {
  fc.assert(
    fc.property(definitions, (definition) => {
      expect(srvany.validate(definition, "web")).toEqual([]);
      const given = definition.options?.srvany?.path;
      const record = writtenRecord(srvany, definition, given ?? SRVANY);
      const marked = new Map(record.keys).set("pulumi-bots", {
        path: "",
        values: new Map([["program", sz(given === undefined ? "found" : "given")]]),
      });
      const { definition: read, unmapped } = liveOf(srvany, { ...record, keys: marked });
      expect(deviations(srvany.defaults(read), srvany.defaults(definition))).toEqual([]);
      expect(unmapped).toEqual([]);
    }),
  );
});

test("a service made as the documentation of Bots says: program and arguments in one value", () => {
  const line = "C:\\Python27\\python.exe C:\\Python27\\Scripts\\bots-webserver.py";
  const found = live({ Application: sz(line) });
  const command = ["C:\\Python27\\python.exe", "C:\\Python27\\Scripts\\bots-webserver.py"];
  expect(found).toMatchObject({
    definition: { command },
    unmapped: [],
    warnings: [],
    state: { status: "running", pid: 102 },
  });
  const split = live({ Application: sz(command[0]!), AppParameters: sz(command[1]!) });
  expect(deviations(srvany.defaults(split.definition), srvany.defaults(found.definition))).toEqual([]);
});

test("under NSSM the same command line is split: NSSM takes the program alone", () => {
  const { command } = live({ Application: sz('"C:\\Program Files\\p.exe" "a b" -c') }).definition;
  const parameters = nssm.render({ command: command! }, "C:\\nssm.exe").keys.get("Parameters");
  expect(Object.fromEntries(parameters!)).toEqual({
    Application: sz("C:\\Program Files\\p.exe"),
    AppParameters: sz('"a b" -c'),
  });
});

test("programs without quotes and with blanks are named with their cure, the wrapper's and its own", () => {
  const { warnings, definition } = live({ Application: sz("C:\\Program Files\\Python\\python.exe C:\\b.py") });
  expect(definition.command).toEqual(["C:\\Program Files\\Python\\python.exe", "C:\\b.py"]);
  expect(warnings).toEqual([
    "the program in its parameter Application is not quoted (C:\\Program Files\\Python\\python.exe C:\\b.py): Windows runs C:\\Program.exe instead, if somebody puts a program there (CWE-428). Put the program between quotes",
  ]);
});

test("promise 2: srvany alone is no running program, and what no property covers is unmapped", () => {
  const { state, unmapped } = live(
    { Application: sz("C:\\x.exe"), AppEnvironment: { type: "multiSz", data: ["A=1"] } },
    processes.slice(0, 2),
  );
  expect(state).toEqual({
    ...{ status: "failed", reason: "srvany runs, but the program has ended" },
    ...{ restartCount: 0, inTransit: false },
  });
  expect(unmapped.map(({ line }) => line.split("=")[0])).toEqual(['"AppEnvironment"']);
});

test.each<[Definition, string[]]>([
  [{ restart: { policy: "never" }, stop: { mode: "process" } }, []],
  [
    { restart: { policy: "always", delaySeconds: 5 } },
    [
      "restart.policy: must be never: srvany does not start a program again, and does not notice that it has ended; nssm does both",
      "restart.delaySeconds: must not be set: srvany does not start a program again",
    ],
  ],
  [
    { stop: { signal: "SIGTERM", timeoutSeconds: 5, mode: "group" } },
    [
      "stop.signal: must not be set: srvany kills the program at once; nssm can ask it to stop",
      "stop.timeoutSeconds: must not be set: srvany kills the program at once; nssm can ask it to stop",
      "stop.mode: must be process: srvany kills only the program itself",
    ],
  ],
  [
    { logs: { stdout: "C:\\x.log" } },
    ["logs: must not be set: srvany discards the output of the program; nssm can write it to a file"],
  ],
  [
    { command: ["C:\\x.exe", "a".repeat(1013)] },
    ["command: must have at most 1023 characters as a command line: srvany-ng cuts off the rest"],
  ],
  [{ options: { nssm: {} } }, ["options.nssm: is for nssm, but the manager is srvany"]],
])("%j is refused", (definition, expected) => {
  const issues = srvany.validate({ command: ["C:\\x.exe"], ...definition }, "web");
  expect(issues.map(({ path, message }) => `${formatPath(path)}: ${message}`)).toEqual(expected);
});
