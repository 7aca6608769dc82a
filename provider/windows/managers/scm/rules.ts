import type { Issue } from "../../../../model/errors";
import type { Definition } from "../../../../model/service";
import { exitedWithZero, impacts, type ManagerRules } from "../../../rules";
import { REPLACED } from "../../registry/reader";
import { scmDefaults } from "../../scm/definition";
import { scmEvents, scmRules } from "../../scm/rules";
import { commandIssues, issue, mustNotBeSet, scmIssues, variableIssues } from "../../scm/validate";
import { USUAL_DELAY, withRestart } from "./restart";

/** The most restarts that are told to Windows one by one. */
const MOST_ATTEMPTS = 15;

function validate(definition: Definition, name?: string): Issue[] {
  const { command, restart, options } = definition;
  return [
    ...scmIssues(definition, "scm", name),
    ...(command === undefined ? [] : commandIssues(command)),
    ...(command ?? []).flatMap((argument, i) => issue(["command", i], checkExpanded(argument))),
    ...variableIssues(definition, "the key of a service"),
    ...mustNotBeSet(definition, [
      [["workingDirectory"], "Windows starts every service in its System32; a wrapper such as nssm can change that"],
      [["logs"], "a Windows service has no output; a wrapper such as nssm can give it one"],
      [["stop"], "Windows asks the program to stop, and never kills it; a wrapper such as nssm can"],
      [["reload"], "the provider can't tell a Windows service to read its configuration again"],
    ]),
    ...(restart === undefined ? [] : restartIssues(restart)),
    ...issue(
      ["options", "windows", "failureActions"],
      restart !== undefined && options?.windows?.failureActions !== undefined
        ? "can't be set together with restart, which sets the failure actions under scm"
        : undefined,
    ),
  ];
}

/** An image path is REG_EXPAND_SZ. */
function checkExpanded(argument: string): string | undefined {
  return REPLACED.test(argument) ? "must not contain %NAME%: Windows replaces it by a variable of the host" : undefined;
}

function restartIssues({ policy, delaySeconds, maxAttempts = 0 }: NonNullable<Definition["restart"]>): Issue[] {
  const always = "must be onFailure or never: Windows does not restart a service that stopped without an error";
  const missing = "must be onFailure for the others to have an effect";
  const idle = policy !== "onFailure" && (delaySeconds !== undefined || maxAttempts > 0);
  return [
    ...issue(["restart", "policy"], policy === "always" ? always : idle ? missing : undefined),
    ...issue(
      ["restart", "maxAttempts"],
      maxAttempts > MOST_ATTEMPTS ? `must be at most ${MOST_ATTEMPTS} under scm, or 0 for no limit` : undefined,
    ),
  ];
}

function defaults(definition: Definition): Definition {
  const { restart, ...rest } = withRestart(definition);
  const isOn = restart?.policy === "onFailure";
  return {
    ...rest,
    ...scmDefaults(rest),
    restart: isOn ? { delaySeconds: USUAL_DELAY, maxAttempts: 0, ...restart } : { policy: "never" },
  };
}

/** No wrapper: the program is a Windows service itself, such as one that an installer has made. */
export const rules: ManagerRules = {
  name: "scm",
  ...scmRules,
  validate,
  defaults,
  impact: impacts("scm", {}, () => "none"),
  // Its own log, if it writes one, is not known.
  logHint: scmEvents,
  exitedWithZero: () => exitedWithZero("is no Windows service: use a wrapper such as nssm"),
};
