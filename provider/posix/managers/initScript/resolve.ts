import type { Definition } from "../../../../model/service";
import { withDefaults } from "./header";
import type { ScriptManagerName } from "./name";

/** What a script does where nothing is said. */
const DEFAULTS = {
  workingDirectory: "/",
  umask: "0022",
  restart: { policy: "never", delaySeconds: 5, maxAttempts: 0 },
  stop: { signal: "SIGTERM", timeoutSeconds: 30, mode: "mixed" },
} as const;

/** A definition as our scripts carry it out: every value in its one spelling, the defaults filled in. */
export function resolve(manager: ScriptManagerName, definition: Definition): Definition {
  const { requires, secretEnvironment, options, logs, runAs } = definition;
  const own = options?.[manager];
  const account = runAs?.user !== undefined || runAs?.group !== undefined;
  return {
    ...definition,
    workingDirectory: definition.workingDirectory ?? DEFAULTS.workingDirectory,
    umask: (definition.umask ?? DEFAULTS.umask).padStart(4, "0"),
    restart: { ...DEFAULTS.restart, ...defined(definition.restart) },
    stop: { ...DEFAULTS.stop, ...defined(definition.stop) },
    runAs: account ? runAs : { user: "root" },
    ...(requires && { requires: [...new Set(requires)].sort() }),
    ...(secretEnvironment && { secretEnvironment: [...secretEnvironment].sort() }),
    ...(logs && { logs: withStderr(logs) }),
    options: { ...options, [manager]: { ...own, ...withDefaults(own) } },
  };
}

/** Standard error goes where standard output goes, unless it is said. */
function withStderr({ stdout, stderr }: NonNullable<Definition["logs"]>): NonNullable<Definition["logs"]> {
  const both = stderr ?? stdout;
  return { ...(stdout !== undefined && { stdout }), ...(both !== undefined && { stderr: both }) };
}

function defined<T extends object>(value: T | undefined): Partial<T> {
  return Object.fromEntries(Object.entries(value ?? {}).filter(([, inner]) => inner !== undefined)) as Partial<T>;
}
