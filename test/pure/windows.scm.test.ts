import fc from "fast-check";
import { deviations } from "../../model/compare";
import { formatPath } from "../../model/props";
import type { Definition } from "../../model/service";
import { liveOf } from "../../provider/windows/managers/live";
import { scm } from "../../provider/windows/managers/scm";
import { optionsOf } from "../../provider/windows/managers/scm/restart";
import { optionValues, serviceRecord, sz, writtenRecord } from "../support/windows";

const program = { command: ["C:\\Program Files\\Bots\\svc.exe", "-k", "two words"] };
const issues = (definition: Definition) =>
  scm.validate({ ...program, ...definition }, "web").map(({ path, message }) => `${formatPath(path)}: ${message}`);
const same = (one: Definition, other: Definition) =>
  deviations(scm.defaults({ ...program, ...one }), scm.defaults({ ...program, ...other }));

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const word = fc.string({ unit: fc.constantFrom(..."ab \t\"\\&^!'é日%"), minLength: 1 });
const seconds = fc.integer({ min: 0, max: 90_000 }).map((ms) => ms / 1000);
const action = fc.record({ type: fc.constantFrom("restart", "reboot", "run", "none" as const), delaySeconds: seconds });
const definitions = fc
  .record({
    command: fc.array(word, { maxLength: 4 }).map((args) => ["C:\\Program Files\\b c\\d.exe", ...args]),
    displayName: maybe(fc.constant("Bots Web")),
    description: maybe(word),
    environment: maybe(
      fc.dictionary(fc.constantFrom("A", "B", "C d"), fc.oneof(word, fc.constant("")), { minKeys: 1 }),
    ),
    requires: maybe(fc.subarray(["queue", "db"], { minLength: 1 })),
    runAs: maybe(fc.constantFrom({ user: "LocalSystem" }, { user: "NT AUTHORITY\\LocalService" })),
    restart: maybe(
      fc.record({
        policy: fc.constant("onFailure" as const),
        delaySeconds: maybe(seconds),
        maxAttempts: maybe(fc.integer({ min: 0, max: 15 })),
      }),
    ),
    options: maybe(
      fc.record({
        windows: fc.record({
          failureActions: maybe(
            fc.record({
              actions: fc.array(action, { minLength: 1, maxLength: 4 }),
              resetSeconds: maybe(fc.nat(9)),
              command: maybe(fc.constant("C:\\x.exe -v")),
              onNonCrashFailures: maybe(fc.boolean()),
            }),
          ),
          serviceSid: maybe(fc.constantFrom("none", "unrestricted", "restricted" as const)),
          group: maybe(fc.constantFrom("TDI", "NetworkGroup")),
        }),
      }),
    ),
  })
  .map((drawn) => JSON.parse(JSON.stringify(drawn)) as Definition);

test("what is rendered, written and read back is the same definition, or is refused at check", () => {
  let drawn = 0;
  fc.assert(
    fc.property(definitions, (definition) => {
      fc.pre(scm.validate(definition, "web").length === 0);
      drawn++;
      const live = liveOf(scm, writtenRecord(scm, definition, ""));
      expect(deviations(scm.defaults(live.definition), scm.defaults(definition))).toEqual([]);
      expect(live.unmapped).toEqual([]);
    }),
  );
  expect(drawn).toBeGreaterThan(50);
});

test("restart is what failure actions are for", () => {
  expect(optionsOf({ restart: { policy: "onFailure", delaySeconds: 5, maxAttempts: 2 } })).toEqual({
    failureActions: {
      actions: [
        { type: "restart", delaySeconds: 5 },
        { type: "restart", delaySeconds: 5 },
        { type: "none", delaySeconds: 0 },
      ],
      resetSeconds: 15,
      onNonCrashFailures: true,
    },
  });
  const live = liveOf(scm, writtenRecord(scm, { ...program, restart: { policy: "onFailure" } }, ""));
  expect(live.definition).toMatchObject({ restart: { policy: "onFailure", delaySeconds: 60, maxAttempts: 0 } });
});

test("failure actions made in services.msc are no restart, because a stop with an error does not count", () => {
  const failureActions = { actions: [{ type: "restart" as const, delaySeconds: 60 }], resetSeconds: 86400 };
  const record = serviceRecord({ scm: { imagePath: "C:\\svc.exe" }, keys: { "": optionValues({ failureActions }) } });
  expect(liveOf(scm, record).definition).toMatchObject({ options: { windows: { failureActions } } });
});

test("unset is what Windows does", () => {
  expect(
    same({}, { restart: { policy: "never" }, runAs: { user: "SYSTEM" }, options: { windows: { serviceSid: "none" } } }),
  ).toEqual([]);
  const actions = [{ type: "restart" as const }];
  const windows = (failureActions: object) => ({ options: { windows: { failureActions } } }) as Definition;
  expect(same(windows({ actions }), windows({ actions: [...actions, ...actions], onNonCrashFailures: false }))).toEqual(
    [],
  );
  expect(same({ requires: ["Queue"] }, { requires: ["queue"] })).toEqual([]);
});

test("keys of the program itself are none of the definition", () => {
  const record = serviceRecord({ scm: { imagePath: "C:\\svc.exe" }, keys: { parameters: { port: sz("80") } } });
  expect(liveOf(scm, record)).toMatchObject({ unmapped: [], definition: { command: ["C:\\svc.exe"] } });
});

test.each<[Definition, string[]]>([
  [{}, []],
  [
    { workingDirectory: "C:\\Bots" },
    [
      "workingDirectory: must not be set: Windows starts every service in its System32; a wrapper such as nssm can change that",
    ],
  ],
  [
    { logs: { stdout: "C:\\Bots\\log" } },
    ["logs: must not be set: a Windows service has no output; a wrapper such as nssm can give it one"],
  ],
  [
    { stop: { timeoutSeconds: 5 } },
    ["stop: must not be set: Windows asks the program to stop, and never kills it; a wrapper such as nssm can"],
  ],
  [
    { reload: { signal: "SIGHUP" } },
    ["reload: must not be set: the provider can't tell a Windows service to read its configuration again"],
  ],
  [
    { restart: { policy: "always" } },
    ["restart.policy: must be onFailure or never: Windows does not restart a service that stopped without an error"],
  ],
  [{ restart: { delaySeconds: 5 } }, ["restart.policy: must be onFailure for the others to have an effect"]],
  [
    { restart: { policy: "onFailure", maxAttempts: 16 } },
    ["restart.maxAttempts: must be at most 15 under scm, or 0 for no limit"],
  ],
  [
    { restart: { policy: "never" }, options: { windows: { failureActions: { actions: [{ type: "restart" }] } } } },
    ["options.windows.failureActions: can't be set together with restart, which sets the failure actions under scm"],
  ],
  [
    { options: { windows: { failureActions: { actions: [{ type: "run" }] } } } },
    ["options.windows.failureActions.command: is required for the action run"],
  ],
  [
    { options: { windows: { failureActions: { actions: [{ type: "restart" }], command: "x" } } } },
    ["options.windows.failureActions.command: has no effect: no action is run"],
  ],
  [{ options: { nssm: {} } }, ["options.nssm: is for nssm, but the manager is scm"]],
  [
    { environment: { A: "x" }, secretEnvironment: ["A"] },
    ["environment.A: must not be secret: every user of a Windows host can read the key of a service"],
  ],
  [
    { command: ["C:\\x.exe", "%PATH%"] },
    ["command[1]: must not contain %NAME%: Windows replaces it by a variable of the host"],
  ],
])("%j is refused", (definition, expected) => expect(issues(definition)).toEqual(expected));

test("a delayed start and a load order group exclude each other", () => {
  const definition = { ...program, options: { windows: { group: "TDI" } } };
  expect(scm.validateStartMode?.("automatic", definition)).toEqual([]);
  expect(scm.validateStartMode?.("delayed", definition)).toEqual([
    {
      path: ["options", "windows", "group"],
      message: "must not be set: Windows refuses a delayed start in a load order group",
    },
  ]);
});
