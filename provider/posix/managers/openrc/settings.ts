import { getAt, setAt, type Path } from "../../../../model/props";
import type { Definition } from "../../../../model/service";
import { normaliseSignal } from "../common/signals";

/** Converts the value of a property to that of a variable and back. Undefined for a value that the variable can't express. */
interface Setting {
  variable: string;
  path: Path;
  format: (value: unknown) => string;
  parse: (text: string) => unknown;
}

const text = { format: String, parse: (value: string) => value || undefined };
const absolute = { format: String, parse: (value: string) => (value.startsWith("/") ? value : undefined) };
const count = {
  format: String,
  parse: (value: string) => (/^\d{1,9}$/.test(value) ? Number(value) : undefined),
};
const account = { format: String, parse: (value: string) => (/^[^:\s]+$/.test(value) ? value : undefined) };
const mask = {
  format: (value: unknown) => String(value).padStart(4, "0"),
  parse: (value: string) => (/^0*[0-7]{1,3}$/.test(value) ? value.replace(/^0+/, "").padStart(4, "0") : undefined),
};
const signal = {
  format: (value: unknown) => normaliseSignal(String(value)) ?? String(value),
  parse: normaliseSignal,
};
const log = {
  format: (value: unknown) => (value === "discard" ? "/dev/null" : String(value)),
  parse: (value: string) => (value === "/dev/null" ? "discard" : absolute.parse(value)),
};
const words = (of: Readonly<Record<string, string>>) => ({
  format: (value: unknown) => of[String(value)] ?? String(value),
  parse: (value: string) => Object.keys(of).find((key) => of[key] === value),
});

/**
 * The properties that are one variable each. The names are those of openrc-run(8), supervise-daemon(8) and OpenRC's
 * start-stop-daemon(8), except `command_group`, `stop_timeout`, `stop_mode` and those for `reload`, which are our own.
 */
const SETTINGS: readonly Setting[] = [
  { variable: "name", path: ["displayName"], ...text },
  { variable: "description", path: ["description"], ...text },
  { variable: "supervisor", path: ["restart", "policy"], ...words({ always: "supervise-daemon", never: "" }) },
  { variable: "respawn_delay", path: ["restart", "delaySeconds"], ...count },
  { variable: "command_user", path: ["runAs", "user"], ...account },
  { variable: "command_group", path: ["runAs", "group"], ...account },
  { variable: "directory", path: ["workingDirectory"], ...absolute },
  { variable: "umask", path: ["umask"], ...mask },
  { variable: "stopsig", path: ["stop", "signal"], ...signal },
  { variable: "stop_timeout", path: ["stop", "timeoutSeconds"], ...count },
  {
    variable: "stop_mode",
    path: ["stop", "mode"],
    ...words({ process: "process", mixed: "mixed", group: "group" }),
  },
  { variable: "reload_signal", path: ["reload", "signal"], ...signal },
  { variable: "output_log", path: ["logs", "stdout"], ...log },
  { variable: "error_log", path: ["logs", "stderr"], ...log },
  { variable: "boot_runlevel", path: ["options", "openrc", "runlevel"], ...account },
];

/** The variables of a definition and their values. */
export function renderSettings(definition: Definition): [string, string][] {
  return SETTINGS.flatMap(({ variable, path, format }): [string, string][] => {
    const value = getAt(definition, path);
    return value === undefined ? [] : [[variable, format(value)]];
  });
}

/** Moves the values of variables into the definition. Variables that can't be read remain. */
export function parseSettings(variables: Map<string, string>, definition: Definition): void {
  for (const { variable, path, parse } of SETTINGS) {
    const raw = variables.get(variable);
    const value = raw === undefined ? undefined : parse(raw);
    if (value === undefined) continue;
    setAt(definition, path, value);
    variables.delete(variable);
  }
}
