import type { Definition, UnmappedLine } from "../../../../model/service";
import { joinArguments, splitArguments } from "../../argv";
import { renderRegFile } from "../../registry/regFile";
import { numberIn, sameName, textIn, valueIn, type RegistryKey, type RegistryValue } from "../../registry/values";

/**
 * What NSSM is told of a service: the values of its key `Parameters`, and of `Parameters\AppExit`. Texts are written as REG_SZ,
 * which NSSM takes as they are; it replaces `%NAME%` in the REG_EXPAND_SZ that it writes itself. See nssm.cc/usage, and
 * get_parameters in its registry.cpp.
 */
export interface Parameters {
  values: ReadonlyMap<string, RegistryValue>;
  exit: ReadonlyMap<string, RegistryValue>;
}

/** What stands in the log properties for no log. */
const DISCARD = "discard";
/** The device that takes everything. */
const NUL = "NUL";

/** Actions on exit code 0, and on any other one (the default value), by restart policy. */
const EXITS = {
  always: { zero: undefined, others: "Restart" },
  onFailure: { zero: "Exit", others: "Restart" },
  never: { zero: undefined, others: "Exit" },
} as const;

export function renderParameters(definition: Definition): Parameters {
  const { command = [], workingDirectory, environment = {}, restart = {}, stop = {}, logs = {} } = definition;
  const [program = "", ...args] = command;
  const stderr = logs.stderr ?? logs.stdout;
  const { zero, others } = EXITS[restart.policy ?? "always"];
  return {
    values: present({
      Application: text(program),
      AppParameters: args.length === 0 ? undefined : text(joinArguments(args)),
      AppDirectory: workingDirectory === undefined ? undefined : text(workingDirectory),
      AppEnvironmentExtra: variables(environment),
      AppRestartDelay: milliseconds(restart.delaySeconds),
      AppStopMethodConsole: milliseconds(stop.timeoutSeconds),
      AppKillProcessTree: stop.mode === "process" ? { type: "dword", data: 0 } : undefined,
      AppStdout: logs.stdout === undefined ? undefined : text(logFile(logs.stdout)),
      AppStderr: stderr === undefined ? undefined : text(logFile(stderr)),
    }),
    exit: present({ 0: zero === undefined ? undefined : text(zero), "": text(others) }),
  };
}

/** A definition as it is read back. What no property covers is in `unmapped`, as it would stand in an exported file. */
export function parseParameters(
  parameters: RegistryKey,
  exit: RegistryKey | undefined,
): { definition: Definition; unmapped: UnmappedLine[] } {
  const known = new Set<string>();
  const taken = <T>(name: string, value: T | undefined): T | undefined => {
    if (value !== undefined) known.add(name.toLowerCase());
    return value;
  };
  // What NSSM would replace is not the text that a property could hold.
  const plain = (name: string) => {
    const value = valueIn(parameters, name);
    const isPlain = value?.type === "sz" || (value?.type === "expandSz" && !REPLACED.test(value.data));
    return taken(name, isPlain ? textIn(parameters, name) : undefined);
  };
  const seconds = (name: string) => {
    const value = taken(name, numberIn(parameters, name));
    return value === undefined ? undefined : value / 1000;
  };
  const program = plain("Application");
  const args = plain("AppParameters");
  const workingDirectory = plain("AppDirectory") || undefined;
  const environment = taken("AppEnvironmentExtra", variablesIn(valueIn(parameters, "AppEnvironmentExtra")));
  const [stdout, stderr] = [plain("AppStdout"), plain("AppStderr")].map((path) => path && logOf(path));
  const policy = policyIn(exit);
  const restart = defined({ policy, delaySeconds: seconds("AppRestartDelay") });
  const tree = numberIn(parameters, "AppKillProcessTree");
  if (tree === 0 || tree === 1) known.add("appkillprocesstree");
  const stop = defined({
    timeoutSeconds: seconds("AppStopMethodConsole"),
    mode: tree === 0 ? ("process" as const) : undefined,
  });
  const logs = defined({ stdout, stderr: stderr === stdout ? undefined : stderr });
  const definition = defined({
    command: program === undefined ? undefined : [program, ...splitArguments(args ?? "")],
    workingDirectory,
    environment,
    restart: unlessEmpty(restart),
    stop: unlessEmpty(stop),
    logs: unlessEmpty(logs),
  });
  const unmapped = [
    ...lines(parameters, (name) => known.has(name.toLowerCase())),
    ...(exit === undefined ? [] : lines(exit, (name) => policy !== undefined && ["", "0"].includes(name))),
  ];
  return { definition, unmapped };
}

/** What NSSM replaces, where the variable is there: always in variables, elsewhere in REG_EXPAND_SZ. */
export const REPLACED = /%[^%]+%/;

function variables(environment: Record<string, string>): RegistryValue | undefined {
  const data = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  return data.length === 0 ? undefined : { type: "multiSz", data };
}

/** The variables, unless one of them is not what its text says. */
function variablesIn(value: RegistryValue | undefined): Record<string, string> | undefined {
  if (value?.type !== "multiSz") return undefined;
  const pairs = value.data.map((one) => /^([^=]+)=([\s\S]+)$/.exec(one));
  const isPlain = pairs.every((pair) => pair !== null && !REPLACED.test(pair[2]!));
  return isPlain ? Object.fromEntries(pairs.map((pair) => [pair![1]!, pair![2]!])) : undefined;
}

/** The policy that the actions make; undefined when there are others, or none. */
function policyIn(exit: RegistryKey | undefined): keyof typeof EXITS | undefined {
  const all = [...(exit?.values.keys() ?? [])];
  if (all.length === 0 || all.some((name) => !["", "0"].includes(name))) return undefined;
  const [zero, others] = [textIn(exit, "0"), textIn(exit, "")];
  const isAction = (have: string | undefined, want: string | undefined) =>
    have === want || (have !== undefined && want !== undefined && sameName(have, want));
  const policies = Object.entries(EXITS) as [keyof typeof EXITS, (typeof EXITS)[keyof typeof EXITS]][];
  return policies.find(([, want]) => isAction(zero, want.zero) && isAction(others, want.others))?.[0];
}

function lines(key: RegistryKey, isKnown: (name: string) => boolean): UnmappedLine[] {
  const rest = [...key.values].filter(([name]) => !isKnown(name));
  return rest.map(([name, value]) => {
    const [, , , line = ""] = renderRegFile([{ path: key.path, values: [[name, value]] }]).split("\r\n");
    return { file: key.path, line };
  });
}

const text = (data: string): RegistryValue => ({ type: "sz", data });

const milliseconds = (seconds: number | undefined): RegistryValue | undefined =>
  seconds === undefined ? undefined : { type: "dword", data: Math.round(seconds * 1000) };

const logFile = (log: string): string => (log === DISCARD ? NUL : log);
const logOf = (path: string): string => (sameName(path, NUL) ? DISCARD : path);

function present(values: Record<string, RegistryValue | undefined>): Map<string, RegistryValue> {
  return new Map(Object.entries(values).filter((entry): entry is [string, RegistryValue] => entry[1] !== undefined));
}

type Defined<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

function defined<T extends object>(values: T): Defined<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>;
}

function unlessEmpty<T extends object>(values: T): T | undefined {
  return Object.keys(values).length === 0 ? undefined : values;
}
