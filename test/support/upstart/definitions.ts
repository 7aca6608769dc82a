import fc from "fast-check";
import type { Definition } from "../../../model/service";
import { anyText } from "../definitions";

const oneLine = anyText.map((text) => text.replace(/[\x00-\x1f\x7f]/g, "")).filter((text) => text !== "");
const variable = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_]{0,6}X$/);
const path = oneLine.map((text) => `/${text}`);
const signal = fc.constantFrom("SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGUSR1");
const log = fc.oneof(fc.constant("discard"), path);
const name = fc.stringMatching(/^[a-z0-9_][a-z0-9_.+:@-]{0,8}$/).filter((text) => !/\.(conf|override)$/.test(text));
const required = name.filter((text) => !["and", "or"].includes(text));

/** What upstart's file format makes hard: the end of a script, blanks at the start of lines, newlines of all kinds. */
export const hardText = fc.oneof(
  anyText,
  fc
    .array(fc.constantFrom("end script", "\n", "  ", "\t", "'", '"', "$1", "#", "\\", "\\\n", "script\n", "\r\n"), {
      maxLength: 8,
    })
    .map((parts) => parts.join("")),
);

const environment = fc
  .uniqueArray(fc.tuple(variable, hardText, fc.boolean()), { selector: ([key]) => key, minLength: 1, maxLength: 5 })
  .map((variables): Definition => {
    const secret = variables.flatMap(([key, , isSecret]) => (isSecret ? [key] : [])).sort();
    const values = Object.fromEntries(variables.map(([key, value]) => [key, value]));
    return { environment: values, ...(secret.length ? { secretEnvironment: secret } : {}) };
  });

/** Any definition of a service that an upstart job can express. */
export const upstartDefinition: fc.Arbitrary<Definition> = fc
  .tuple(
    fc.record({
      command: fc.tuple(path, fc.array(hardText, { maxLength: 4 })).map(([first, rest]) => [first, ...rest]),
    }),
    fc.record(
      {
        displayName: oneLine,
        description: oneLine,
        workingDirectory: path,
        umask: fc.integer({ min: 0, max: 0o777 }).map((mask) => mask.toString(8).padStart(4, "0")),
        runAs: fc.constantFrom(
          { user: "bots" },
          { group: "adm" },
          { user: "web_1$", group: "a.b" },
          { user: "DOM\\Svc", group: "svc@corp.example.com" },
        ),
        restart: fc.record(
          {
            policy: fc.constantFrom("always" as const, "onFailure" as const, "never" as const),
            delaySeconds: fc.integer({ min: 0, max: 1000 }),
            maxAttempts: fc.integer({ min: 0, max: 100 }).filter((n) => n !== 1),
          },
          { requiredKeys: [] },
        ),
        stop: fc.record(
          {
            signal,
            timeoutSeconds: fc.integer({ min: 0, max: 1000 }),
            mode: fc.constantFrom("mixed" as const, "process" as const, "group" as const),
          },
          { requiredKeys: [] },
        ),
        reload: fc.record({ signal }),
        requires: fc.uniqueArray(required, { minLength: 1, maxLength: 3 }).map((names) => names.sort()),
        logs: fc.record({ stdout: log, stderr: log }, { requiredKeys: [] }),
        options: fc.record({
          upstart: fc.record(
            {
              author: oneLine,
              startOn: fc.constantFrom(
                "started a",
                "(started a or started b) and c X=1 Y!=$Z",
                "runlevel [35]",
                "(a) and started b",
              ),
              stopOn: fc.constantFrom("runlevel [06]", "stopping a", "runlevel [!2345]"),
            },
            { requiredKeys: [] },
          ),
        }),
      },
      { requiredKeys: [] },
    ),
    fc.option(environment, { nil: {} }),
  )
  .map((parts) => Object.assign({}, ...parts) as Definition);
