import type { Issue } from "../../../../model/errors";
import { folderOf } from "../../../../model/hostPath";
import type { Definition } from "../../../../model/service";
import { exitedWithZero, impacts, type ManagerRules } from "../../../rules";
import { joinArguments } from "../../argv";
import { scmDefaults } from "../../scm/definition";
import {
  checkPath,
  commandIssues,
  issue,
  mustNotBeSet,
  scmIssues,
  validateName,
  validateStartMode,
  variableIssues,
} from "../../scm/validate";

/** The longest value that srvany-ng reads, in characters (MAX_DATA_LENGTH in its srvany-ng.c, in bytes, less the NUL). */
const MOST_PARAMETERS = 4095;

function validate(definition: Definition, name?: string): Issue[] {
  const { command, restart: { policy, delaySeconds, maxAttempts } = {}, stop, options } = definition;
  const path = options?.srvany?.path;
  return [
    ...scmIssues(definition, "srvany", name),
    ...(command === undefined ? [] : [...issue(["command"], tooMany(command)), ...commandIssues(command)]),
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

function tooMany([, ...args]: readonly string[]): string | undefined {
  return joinArguments(args).length > MOST_PARAMETERS
    ? `must have at most ${MOST_PARAMETERS} characters of arguments, which is what srvany-ng reads`
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

/** srvany writes no log. */
const logHint = () =>
  "Get-WinEvent -MaxEvents 100 -FilterHashtable @{ LogName = 'System'; ProviderName = 'Service Control Manager' }";

/** srvany.exe of the Windows Server Resource Kit, and srvany-ng. */
export const rules: ManagerRules = {
  name: "srvany",
  platform: "windows",
  startModes: ["automatic", "delayed", "manual", "disabled"],
  validateStartMode,
  validateName,
  validate,
  defaults,
  impact: impacts("srvany", {}, () => "restart"),
  logHint,
  exitedWithZero: () => exitedWithZero("can't be watched by srvany: it must stay in the foreground"),
};
