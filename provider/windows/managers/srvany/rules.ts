import type { Issue } from "../../../../model/errors";
import { folderOf } from "../../../../model/hostPath";
import type { Definition } from "../../../../model/service";
import { impacts, type ManagerRules } from "../../../rules";
import { joinArgv } from "../../argv";
import { scmDefaults } from "../../scm/definition";
import { scmEvents, scmRules } from "../../scm/rules";
import { checkPath, commandIssues, issue, mustNotBeSet, scmIssues, variableIssues } from "../../scm/validate";

/** The longest command line that srvany-ng runs, in characters: it joins its parts by wsprintf, which cuts the rest off. */
const LONGEST = 1023;

function validate(definition: Definition, name?: string): Issue[] {
  const { command, restart: { policy, delaySeconds, maxAttempts } = {}, stop, options } = definition;
  const path = options?.srvany?.path;
  return [
    ...scmIssues(definition, "srvany", name),
    ...(command === undefined ? [] : [...issue(["command"], tooLong(command)), ...commandIssues(command)]),
    ...variableIssues(definition, "the key of a service"),
    ...mustNotBeSet(definition, [
      [["logs"], "srvany discards the output of the program; nssm can write it to a file"],
      [["reload"], "srvany can't tell a program to read its configuration again"],
      [["stop", "signal"], "srvany kills the program at once; nssm can ask it to stop"],
      [["stop", "timeoutSeconds"], "srvany kills the program at once; nssm can ask it to stop"],
    ]),
    ...issue(
      ["stop", "mode"],
      (stop?.mode ?? "process") === "process" ? undefined : "must be process: srvany kills only the program itself",
    ),
    ...issue(
      ["restart", "policy"],
      (policy ?? "never") === "never"
        ? undefined
        : "must be never: srvany does not start a program again, and does not notice that it has ended; nssm does both",
    ),
    ...(["delaySeconds", "maxAttempts"] as const).flatMap((part) =>
      issue(
        ["restart", part],
        { delaySeconds, maxAttempts }[part] ? "must not be set: srvany does not start a program again" : undefined,
      ),
    ),
    ...issue(["options", "srvany", "path"], path && checkPath(path)),
  ];
}

function tooLong(command: readonly string[]): string | undefined {
  return joinArgv(command).length > LONGEST
    ? `must have at most ${LONGEST} characters as a command line: srvany-ng cuts off the rest`
    : undefined;
}

function defaults(definition: Definition): Definition {
  const { workingDirectory, options } = definition;
  const common = scmDefaults(definition);
  return {
    ...definition,
    ...common,
    ...(workingDirectory !== undefined && { workingDirectory: folderOf(workingDirectory) }),
    restart: { policy: "never" },
    stop: { mode: "process" },
    options: { ...common.options, ...(options?.srvany && { srvany: options.srvany }) },
  };
}

/** srvany.exe of the Windows Server Resource Kit, and srvany-ng. */
export const rules: ManagerRules = {
  name: "srvany",
  ...scmRules,
  validate,
  defaults,
  impact: impacts("srvany", {}, () => "restart"),
  logHint: scmEvents, // it writes no log itself
  // srvany-ng stops with its program, and reports no exit code.
  exitedWithZero: () =>
    "the program ended; srvany does not tell its exit code. A program that daemonizes can't be watched by srvany: it must stay in the foreground",
};
