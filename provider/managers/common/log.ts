import { shQuote } from "../../../model/quote";
import type { Step } from "../../../model/step";

const MOST_BYTES = 20_000;

export interface LogSources {
  files: readonly string[];
  /** Whose eyes read a file of which others than root can change the path: it may be a link to what only root may read. */
  user: string | undefined;
  /** How many lines of each. */
  lines: number;
  /** Each file is named above its lines; else only where there are several. */
  titled?: boolean;
  /** Commands that print more, in front of the files' lines and behind them. */
  before?: string;
  after?: string;
}

/** Emits `log`: the last lines of the files that a service logs to, and of whatever else tells of it. */
export function logStep({ files, user, lines, titled = files.length > 1, before = "", after = "" }: LogSources): Step {
  const tails = files.map((file) => {
    const title = titled ? `echo ${shQuote(`${file}:`)}; ` : "";
    const tail = `pb_read ${shQuote(file)} ${shQuote(user ?? "root")} tail -n ${lines}`;
    return `[ ! -s ${shQuote(file)} ] || { ${title}${tail} || echo ${shQuote(`(${file} is not shown: the service's user can't read it)`)}; }`;
  });
  const script = `
log=$({
  :
  ${[before, ...tails, after].join("\n  ")}
} 2>/dev/null </dev/null | tail -c ${MOST_BYTES})
# Of a line that was cut the rest could be the rest of a secret, which nobody would know any more.
[ \${#log} -lt ${MOST_BYTES - 100} ] || log=\${log#*'
'}
emit log "$log"`;
  return { name: "log", script };
}
