import type { Definition, UnmappedLine } from "../../../../model/service";
import { joinArguments, splitArguments } from "../../argv";
import { KeyReader, REPLACED } from "../../registry/reader";
import { dword, milliseconds, sz } from "../../registry/render";
import { sameName, textIn, type RegistryKey, type RegistryValue } from "../../registry/values";
import { parseOptions, renderOptions } from "./options";

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
  const [program, ...args] = command;
  const stderr = logs.stderr ?? logs.stdout;
  const { zero, others } = EXITS[restart.policy ?? "always"];
  return {
    values: present({
      Application: sz(program),
      AppParameters: args.length === 0 ? undefined : sz(joinArguments(args)),
      AppDirectory: sz(workingDirectory),
      AppEnvironmentExtra: variables(environment),
      AppRestartDelay: milliseconds(restart.delaySeconds),
      AppStopMethodConsole: milliseconds(stop.timeoutSeconds),
      AppKillProcessTree: stop.mode === undefined ? undefined : dword(stop.mode !== "process"),
      AppStdout: logs.stdout === undefined ? undefined : sz(logFile(logs.stdout)),
      AppStderr: stderr === undefined ? undefined : sz(logFile(stderr)),
      ...renderOptions(definition.options?.nssm ?? {}),
    }),
    exit: present({ 0: sz(zero), "": sz(others) }),
  };
}

/** The definition as read from the registry. Values that no property covers are in `unmapped`, as in an exported file. */
export function parseParameters(
  key: RegistryKey,
  exit: RegistryKey | undefined,
): { definition: Definition; unmapped: UnmappedLine[] } {
  const parameters = new KeyReader(key);
  const actions = new KeyReader(exit ?? { path: "", values: new Map() });
  const program = parameters.text("Application");
  const args = parameters.text("AppParameters");
  const tree = parameters.flag("AppKillProcessTree");
  const definition = defined({
    command: program === undefined ? undefined : [program, ...splitArguments(args ?? "")],
    workingDirectory: parameters.text("AppDirectory") || undefined,
    environment: parameters.read("AppEnvironmentExtra", variablesIn),
    restart: unlessEmpty(
      defined({ policy: parsePolicy(exit, actions), delaySeconds: parameters.seconds("AppRestartDelay") }),
    ),
    stop: unlessEmpty(
      defined({
        timeoutSeconds: parameters.seconds("AppStopMethodConsole"),
        mode: tree === undefined ? undefined : tree ? ("group" as const) : ("process" as const),
      }),
    ),
    logs: parseLogs(parameters),
    options: nested(unlessEmpty(parseOptions(parameters))),
  });
  return { definition, unmapped: [...parameters.unmapped, ...actions.unmapped] };
}

/** A stream without a file is not recorded anywhere, so standard error alone is not like standard output. */
function parseLogs(parameters: KeyReader): Definition["logs"] {
  const [stdout, stderr] = ["AppStdout", "AppStderr"].map((name) => {
    const path = parameters.text(name);
    return path === undefined || path === "" ? undefined : sameName(path, NUL) ? DISCARD : path;
  });
  if (stdout === undefined) return stderr === undefined ? undefined : { stderr };
  return stderr === stdout ? { stdout } : { stdout, stderr: stderr ?? DISCARD };
}

const nested = <T>(nssm: T | undefined) => (nssm === undefined ? undefined : { nssm });

function variables(environment: Record<string, string>): RegistryValue | undefined {
  const data = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  return data.length === 0 ? undefined : { type: "multiSz", data };
}

/** The variables, unless NSSM would change one of them: it replaces `%NAME%` in all of them. */
function variablesIn(value: RegistryValue): Record<string, string> | undefined {
  if (value.type !== "multiSz") return undefined;
  const pairs = value.data.map((one) => /^([^=]+)=([\s\S]+)$/.exec(one));
  const isPlain = pairs.every((pair) => pair !== null && !REPLACED.test(pair[2]!));
  return isPlain ? Object.fromEntries(pairs.map((pair) => [pair![1]!, pair![2]!])) : undefined;
}

/** The policy that the actions make; undefined when there are others, or none. */
function parsePolicy(exit: RegistryKey | undefined, actions: KeyReader): keyof typeof EXITS | undefined {
  const all = [...(exit?.values.keys() ?? [])];
  if (all.length === 0 || all.some((name) => !["", "0"].includes(name))) return undefined;
  const [zero, others] = [textIn(exit, "0"), textIn(exit, "")];
  const isAction = (have: string | undefined, want: string | undefined) =>
    have === want || (have !== undefined && want !== undefined && sameName(have, want));
  const policies = Object.entries(EXITS) as [keyof typeof EXITS, (typeof EXITS)[keyof typeof EXITS]][];
  const policy = policies.find(([, want]) => isAction(zero, want.zero) && isAction(others, want.others))?.[0];
  for (const name of policy === undefined ? [] : all) actions.text(name);
  return policy;
}

const logFile = (log: string): string => (log === DISCARD ? NUL : log);

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
