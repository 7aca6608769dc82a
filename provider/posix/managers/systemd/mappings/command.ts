import type { Issue } from "../../../../../model/errors";
import type { Path } from "../../../../../model/props";
import type { ManagerOptions } from "../../../../../model/service";
import { checkPath } from "../codecs";
import { IMPOSSIBLE, quoteArgument, splitWords, unescapeSpecifiers, unescapeVariables } from "../escape";
import type { Mapping } from "./mapping";

/** `command` <-> ExecStart= of systemd.service(5). Anything but a literal argv (variables, prefixes, several lines) stays raw. */
export const command: Mapping = {
  owns: [{ section: "Service", name: "ExecStart", path: ["command"] }],

  check: ({ command: argv, options }) => {
    if (argv) return checkArgv(argv, ["command"]);
    return runsSomething(options) ? [] : [{ path: ["command"], message: "is required" }];
  },

  render: ({ command: argv }) => (argv ? [{ section: "Service", name: "ExecStart", value: formatArgv(argv) }] : []),

  parse: (directives, definition) => {
    const [line, ...others] = directives.effective("Service", "ExecStart");
    const argv = line !== undefined && !others.length ? parseArgv(line) : undefined;
    if (!argv) return;
    definition.command = argv;
    directives.take("Service", "ExecStart");
  },
};

/** Whether a service without `command` has something to run. A unit may have only a program for its stop. */
function runsSomething(options: ManagerOptions | undefined): boolean {
  const { ExecStart, ExecStop } = options?.systemd?.service ?? {};
  return Boolean(ExecStart ?? ExecStop);
}

/** Quotes every argument. The program stays unquoted if possible, which is easier to read. */
export function formatArgv([program = "", ...args]: readonly string[]): string {
  const first = /^[\w/.+,:-]+$/.test(program) ? program : quoteArgument(program);
  return [first, ...args.map(quoteArgument)].join(" ");
}

/** The argv that a command line always runs. Undefined when it depends on variables, specifiers or prefixes. */
export function parseArgv(line: string): string[] | undefined {
  const words = splitWords(line)?.map(({ raw, value }) => {
    // An unquoted semicolon begins another command.
    const literal = raw === ";" ? undefined : unescapeSpecifiers(value);
    return literal === undefined ? undefined : unescapeVariables(literal);
  });
  const argv = words?.filter((word) => word !== undefined);
  return argv?.length && argv.length === words?.length && !checkArgv(argv, []).length ? argv : undefined;
}

/** The error in a program: systemd runs only plain absolute paths. */
export function checkArgv(argv: readonly string[], path: Path): Issue[] {
  if (!argv.length) return [{ path, message: "must name a program" }];
  const issues: Issue[] = [];
  argv.forEach((word, i) => {
    const message = IMPOSSIBLE.test(word)
      ? "contains a character that an argument can't contain"
      : i === 0 && checkProgram(word);
    if (message) issues.push({ path: [...path, i], message });
  });
  return issues;
}

function checkProgram(program: string): string | false {
  if (/["'\\$\x00-\x1f\x7f]/.test(program))
    return "must not contain quotes, backslashes, $ or control characters: systemd does not support them in the path of a program";
  if (program.endsWith("/")) return "must be a program, not a folder";
  return checkPath(program) ?? false;
}
