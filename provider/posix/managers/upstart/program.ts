import type { Definition, Observation } from "../../../../model/service";
import { readJob, type ProgramReading } from "../../importing";
import type { Stanza } from "./jobFile";
import { parseJob, type Source } from "./parse";

/** Stanzas with which a job is more than one process in the foreground. */
const PROGRAM = /^(script|pre-|post-|expect$|chroot$|instance$|task$)/;
/** With these characters, upstart passes the command line to a shell (init(5)). */
const SHELL_CHARACTERS = /[~`!$^&*()|\\{}[\];"'<>?#]/;

/** Whether the job is a program rather than data. Data are plain stanzas and one `exec` of literal words. */
export function isProgram(sources: readonly Source[]): boolean {
  const stanzas = sources.flatMap(({ file }) => file.stanzas);
  const isPart = ({ name, args, text = "" }: Stanza) =>
    PROGRAM.test(name) ||
    (name === "exec" && SHELL_CHARACTERS.test(text)) ||
    (name === "env" && (args.join(" ").includes("$") || args.length !== 1 || !args[0]!.includes("=")));
  return stanzas.some(isPart) || !stanzas.some(({ name }) => name === "exec");
}

export interface ProgramContext {
  isPrivate: boolean;
  /** The path at which the host finds a program that is given without a directory. */
  programs: ReadonlyMap<string, string>;
}

/** The observations of a job that is a program: its plain stanzas, and the certain parts of its script. */
export function readProgram(name: string, sources: readonly Source[], context: ProgramContext): ProgramReading {
  const placed = sources.flatMap(({ path, file }) => file.stanzas.map((stanza) => ({ ...stanza, path })));
  const isMain = ({ name: one }: Stanza) => one === "exec" || one === "script";
  const main = placed.findLast(isMain) ?? placed.find(({ name: one }) => one.startsWith("pre-start"));
  const plain = sources.map(({ path, file }) => {
    const stanzas = file.stanzas.filter((stanza) => !isMain(stanza) && !/^(pre|post)-/.test(stanza.name));
    return { path, file: { ...file, stanzas } };
  });
  const { definition } = parseJob(name, plain, { ours: false });
  const { environment = {}, workingDirectory, umask, runAs, logs, ...rest } = definition;
  const path = main?.path ?? sources[0]!.path;
  const reading = readJob({
    ...{ path, isPrivate: context.isPrivate, programs: context.programs },
    ...(main && { script: scriptOf(main) }),
    ...{ variables: new Map(Object.entries(environment)), workingDirectory, umask, log: logs?.stdout },
    ...{ user: runAs?.user, group: runAs?.group },
  });
  return { ...reading, observed: [...flatten(rest, path, context.isPrivate), ...reading.observed] };
}

function scriptOf({ name, text = "", number }: Stanza): { text: string; line: number } {
  return name.endsWith("exec") ? { text: `exec ${text}`, line: number } : { text, line: number + 1 };
}

/** Nested properties by path, such as `stop.signal`. */
function flatten(definition: Definition, file: string, isPrivate: boolean): Observation[] {
  const leaves = (value: object, prefix: string): Observation[] =>
    Object.entries(value).flatMap(([key, one]: [string, unknown]) =>
      typeof one === "object" && one !== null && !Array.isArray(one)
        ? leaves(one, `${prefix}${key}.`)
        : [{ property: prefix + key, value: one, file, ...(isPrivate && { secret: true }) }],
    );
  return leaves(definition, "");
}
