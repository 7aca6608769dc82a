import { getAt } from "../../../../model/props";
import type { Definition, InitScriptOptions } from "../../../../model/service";
import { parseAssignments } from "../common/assignments";
import { splitEnvironment } from "../common/environment";

/** The variables of a script and their properties. An empty variable is an unset property. */
const TEXTS = {
  DISPLAY_NAME: ["displayName"],
  DESCRIPTION: ["description"],
  WORKING_DIRECTORY: ["workingDirectory"],
  UMASK: ["umask"],
  RUN_AS_USER: ["runAs", "user"],
  RUN_AS_GROUP: ["runAs", "group"],
  RESTART: ["restart", "policy"],
  RESTART_DELAY: ["restart", "delaySeconds"],
  RESTART_ATTEMPTS: ["restart", "maxAttempts"],
  STOP_SIGNAL: ["stop", "signal"],
  STOP_TIMEOUT: ["stop", "timeoutSeconds"],
  STOP_MODE: ["stop", "mode"],
  RELOAD_SIGNAL: ["reload", "signal"],
  STDOUT: ["logs", "stdout"],
  STDERR: ["logs", "stderr"],
} as const;
const NUMBERS: readonly string[] = ["RESTART_DELAY", "RESTART_ATTEMPTS", "STOP_TIMEOUT"];
/** The values that a script supports. With any other value it would do something that nobody has asked for. */
const WORDS: Readonly<Record<string, RegExp>> = {
  RESTART: /^(always|onFailure|never)$/,
  STOP_MODE: /^(mixed|process|group)$/,
  STOP_SIGNAL: /^SIG[A-Z0-9+]+$/,
  RELOAD_SIGNAL: /^SIG[A-Z0-9+]+$/,
  UMASK: /^0[0-7]{3}$/,
};

const VARIABLE = "VARIABLE_";

/** A definition as the variables at the top of a script. All are set, because an unset one could come from the caller. */
export function settingsOf(
  name: string,
  definition: Definition,
  own: InitScriptOptions | undefined,
  secrets: string,
): Record<string, string> {
  const { plain, secret } = splitEnvironment(definition);
  const texts = Object.entries(TEXTS).map(([variable, path]) => {
    const value = getAt(definition, path) as string | number | undefined;
    return [variable, value === undefined ? "" : String(value)];
  });
  return {
    NAME: name,
    ...listSettings("COMMAND", definition.command ?? []),
    ...(Object.fromEntries(texts) as Record<string, string>),
    ...listSettings("RELOAD", definition.reload?.command ?? []),
    PID_FILE: own?.pidFile ?? "",
    SECRETS: Object.keys(secret).length > 0 ? secrets : "",
    VARIABLES: Object.keys(plain).join(" "),
    ...Object.fromEntries(Object.entries(plain).map(([key, value]) => [VARIABLE + key, value])),
  };
}

const listSettings = (list: string, items: readonly string[]): Record<string, string> => ({
  [list]: String(items.length),
  ...Object.fromEntries(items.map((item, i) => [`${list}_${i}`, item])),
});

export interface ParsedSettings {
  definition: Definition;
  pidFile?: string;
  usesSecrets: boolean;
  /** Lines that are not settings. */
  odd: string[];
}

/** Reads the settings of a script. `text` is the whole block. */
export function parseSettings(text: string, name: string, secrets: string): ParsedSettings {
  const { variables, odd } = parseAssignments(text);
  const left = new Map(Object.entries(variables));
  const take = (variable: string): string => {
    const value = left.get(variable) ?? "";
    left.delete(variable);
    return value;
  };
  const takeList = (list: string): string[] => {
    const count = left.get(list) ?? "";
    if (!/^\d{1,4}$/.test(count)) return [];
    left.delete(list);
    return Array.from({ length: Number(count) }, (_, i) => take(`${list}_${i}`));
  };

  const definition: Definition = {};
  const command = takeList("COMMAND");
  if (command.length > 0) definition.command = command;
  for (const [variable, [property, part]] of Object.entries(TEXTS)) {
    const text = left.get(variable) ?? "";
    if (text !== "" && !(WORDS[variable] ?? /^/).test(text)) continue;
    if (text !== "" && NUMBERS.includes(variable) && !/^\d+(\.\d+)?$/.test(text)) continue;
    left.delete(variable);
    if (text === "") continue;
    const value = NUMBERS.includes(variable) ? Number(text) : text;
    const target = definition as Record<string, unknown>;
    target[property] = part === undefined ? value : { ...(target[property] as object | undefined), [part]: value };
  }
  const reload = takeList("RELOAD");
  if (reload.length > 0) definition.reload = { ...definition.reload, command: reload };
  const environment = take("VARIABLES").split(" ").filter(Boolean);
  if (environment.length > 0) {
    definition.environment = Object.fromEntries(environment.map((key) => [key, take(VARIABLE + key)]));
  }
  const pidFile = take("PID_FILE");
  const usesSecrets = left.get("SECRETS") === secrets;
  if (usesSecrets || left.get("SECRETS") === "") left.delete("SECRETS");
  if (left.get("NAME") === name) left.delete("NAME");
  return {
    definition,
    ...(pidFile !== "" && { pidFile }),
    usesSecrets,
    odd: [...odd.map(({ line }) => line), ...[...left].map(([variable, value]) => `${variable}=${value}`)],
  };
}
