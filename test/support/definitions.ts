import fc from "fast-check";
import type { Definition, Marker } from "../../model/service";
import { codePoint } from "./text";

/** The marker of a service of ours, with everything that a marker may have. */
export const marker: Marker = {
  ownerId: "o1",
  urn: "urn:pulumi:prod::edi::bots:index:Service::web",
  definition: "d",
  triggers: "t",
  outdated: "i1",
};

/** Text without characters that a unit file can't hold: NUL, lone surrogates, noncharacters. */
export const anyText = fc
  .oneof(
    fc.string({ unit: codePoint }),
    fc
      .array(fc.constantFrom(..."\"'\\%$\n\t\r ;#{}~*`é€😀aA\x07\x7f"), { maxLength: 12 })
      .map((parts) => parts.join("")),
    fc.constantFrom("", "\\", "$HOME", "${X}", "%h", "%%", "$$", "a b", "\\n", "\\x41", "{}", ";", "\\;", "'", "end\\"),
  )
  .filter((text) => !/[\0\p{Cs}\p{Noncharacter_Code_Point}]/u.test(text));

/** Text that a unit file may hold without escapes. */
export const oneLine = anyText
  .map((text) => text.replace(/[\r\n]/g, "").replace(/^[ \t]+|[ \t\\]+$/g, ""))
  .filter((text) => text !== "" && !/^[ \t]|[ \t\\]$/.test(text));

const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,6}$/);
const path = fc
  .array(
    oneLine.map((text) => text.replaceAll("/", "")).filter((text) => !/^\.*$|^[ \t]|[ \t\\]$/.test(text)),
    { minLength: 1, maxLength: 3 },
  )
  .map((parts) => `/${parts.join("/")}`);

const program = path.map((text) => text.replace(/["'\\$\x01-\x1f\x7f]|\s+$/g, "_"));
const argv = fc.tuple(program, fc.array(anyText, { maxLength: 4 })).map(([first, rest]) => [first, ...rest]);
const seconds = fc.integer({ min: 1, max: 1e10 }).map((microseconds) => microseconds / 1e6);

/** A definition that has at least one of the properties it may have. */
const some = <T extends object>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.record(model, { requiredKeys: [] }).filter((value) => Object.keys(value).length > 0) as fc.Arbitrary<Partial<T>>;

const environment = fc
  .uniqueArray(fc.tuple(name, anyText, fc.boolean()), { selector: ([key]) => key, minLength: 1, maxLength: 5 })
  .map((variables) => ({
    environment: Object.fromEntries(variables.map(([key, value]) => [key, value])),
    secretEnvironment: variables.flatMap(([key, , secret]) => (secret ? [key] : [])).sort(),
  }))
  .map(({ secretEnvironment, ...rest }) => (secretEnvironment.length ? { ...rest, secretEnvironment } : rest));

const log = fc.oneof(fc.constant("discard"), path);
const signal = fc.constantFrom("SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGRTMIN+3");

/** Any definition that systemd can express, in normalised form. */
export const arbitraryDefinition: fc.Arbitrary<Definition> = fc
  .tuple(
    fc.record({ command: argv }),
    fc.record(
      {
        displayName: oneLine,
        description: oneLine,
        workingDirectory: path,
        umask: fc.integer({ min: 0, max: 0o777 }).map((mask) => mask.toString(8).padStart(4, "0")),
        runAs: some({
          user: fc.constantFrom("bots", "root", "1000", "a%b", "DOM\\user"),
          group: fc.constantFrom("adm", "a b"),
        }),
        restart: some({
          policy: fc.constantFrom("always", "onFailure", "never"),
          delaySeconds: seconds,
          maxAttempts: fc.integer({ min: 0, max: 100 }),
        }),
        stop: some({ signal, timeoutSeconds: seconds, mode: fc.constantFrom("mixed", "process", "group") }),
        reload: fc.oneof(fc.record({ signal }), fc.record({ command: argv })),
        requires: fc
          .uniqueArray(fc.stringMatching(/^[a-z0-9:_][a-z0-9:_-]{0,8}$/), { minLength: 1, maxLength: 3 })
          .map((names) => names.sort()),
        logs: some({ stdout: log, stderr: log }),
        options: fc.constantFrom(
          { systemd: { service: { LimitNOFILE: "4096" } } },
          { systemd: { unit: { After: ["a.target", "b.target"] }, install: { WantedBy: "x.target" } } },
          { systemd: { service: { Type: "notify", Environment: "RAW_VARIABLE=%h" } } },
        ),
      },
      { requiredKeys: [] },
    ),
    fc.option(environment, { nil: {} }),
  )
  .map((parts) => Object.assign({}, ...parts) as Definition);
