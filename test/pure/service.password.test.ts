import { definitionHash } from "../../model/hash";
import { formatPath, type Values } from "../../model/props";
import type { Definition, Live } from "../../model/service";
import { refusal } from "../../provider/lifecycle/service/plan/ownership";
import { markerOf } from "../../provider/lifecycle/service/state/marker";
import { withPassword } from "../../provider/lifecycle/service/state/password";
import { KEY, triggersOf } from "../../provider/lifecycle/service/state/triggers";
import { MANAGERS } from "../../provider/managers";
import { lifecycle, minimal, props, recordingLog, seen, urn } from "../support/serviceLifecycle";

const runAs = { user: "EDI\\bots", password: "S3cret" };
const program = { command: ["C:\\Bots\\web.exe"], workingDirectory: "C:\\Bots" };
const nssm = MANAGERS.get("nssm")!;
const triggers = (key: string | undefined) => ({ values: undefined, key });
const marker = (password: string, key: string | undefined) =>
  markerOf({
    ...{ ownerId: "o1", urn, triggers: triggers(key), outdated: undefined },
    definition: { ...program, runAs: { ...runAs, password } },
  });

test("promise 9: check marks the password as secret, and Linux takes none", () => {
  const check = (values: Values) => {
    const news = props({ ...minimal, ...values });
    const { failures } = lifecycle().check({ urn, log: recordingLog(), news });
    return { failures: failures.map(({ path, message }) => `${formatPath(path)}: ${message}`), news };
  };
  const connection = { host: "edi3", type: "winrm", user: "Administrator", passwordEnv: "EDI_PASSWORD" };
  const { failures, news } = check({ ...program, runAs, connection });
  expect([failures, news.secrets.covers(["runAs", "password"])]).toEqual([[], true]);
  expect(check({ ...program, runAs, connection: { host: "edi3", type: "ssh" } }).failures).toEqual([
    "runAs.password: can't be set over SSH without standing on a command line: use WinRM, or an account without a password",
  ]);
  expect(check({ runAs: { user: "bots", password: "S3cret" } }).failures).toEqual([
    "runAs.password: must not be set: only Windows needs the password of an account",
  ]);
});

test("the marker has a hash with a key that only the state has, and no hash that a password can be guessed from", () => {
  expect(marker("one", "key")).toEqual(marker("one", "key"));
  expect(marker("one", "key").password).not.toBe(marker("other", "key").password);
  expect(marker("one", "key").password).not.toBe(marker("one", "other key").password);
  expect(marker("one", "key").definition).toBe(marker("other", "key").definition);
  expect(marker("one", undefined).password).toBeUndefined();
  expect(definitionHash({ runAs })).toBe(definitionHash({ runAs: { user: runAs.user } }));
  expect(triggersOf(props({ runAs }), undefined).key).toMatch(/^[0-9a-f]{64}$/);
  expect(triggersOf(props({ runAs }), { [KEY]: "kept" }).key).toBe("kept");
});

test("a password on a host is known only if the marker has its hash", () => {
  const live = (password?: string): Pick<Live, "definition" | "marker"> => ({
    definition: { ...program, runAs: { user: runAs.user } },
    ...(password !== undefined && { marker: marker(password, "key") }),
  });
  const known: Definition[] = [{ runAs: { ...runAs, password: "new" } }, { runAs }];
  expect(withPassword(live("S3cret"), "key", known).runAs).toEqual(runAs);
  expect(withPassword(live("new"), "key", known).runAs?.password).toBe("new");
  expect(withPassword(live("S3cret"), "lost key", known).runAs?.password).toBeUndefined();
  expect(withPassword(live(), "key", known).runAs?.password).toBeUndefined();
});

test("another password is a difference, and restarts nothing; the same is none", () => {
  const diff = (password: string) => {
    const inputs = { ...minimal, ...program, runAs: { ...runAs, password } };
    const before = { ...minimal, ...program, runAs };
    return lifecycle().diff({
      ...{ urn, log: recordingLog(), id: "edi1/web", ignoreChanges: [] },
      ...{ oldInputs: props(before), oldOutputs: props({ ...seen, ...program, runAs, manager: "nssm" }) },
      news: props(inputs),
    });
  };
  expect(diff("S3cret")).toEqual({ properties: [], notes: [] });
  const { properties, notes } = diff("rotated");
  expect([properties.map(({ path }) => formatPath(path)), notes]).toEqual([["runAs.password"], []]);
});

test("promise 9: the error for a service of others has no password", () => {
  const live = {
    ...{ installed: true, definition: program, files: [], unmapped: [], overrides: [], warnings: [], masked: false },
    ...{ startMode: "manual", state: { status: "running", restartCount: 0, inTransit: false } },
  } satisfies Live as Live;
  const text = refusal(
    { host: "edi1", name: "web", urn, manager: nssm, wanted: { ...program, runAs } },
    { manager: nssm, live },
    { kind: "foreign" },
  );
  expect(text).toContain('runAs.user: "localsystem" on the host, "edi\\\\bots" wanted');
  expect(text).not.toContain("S3cret");
});
