import { folderOf, syntaxOf } from "../../../../model/hostPath";
import type { Path } from "../../../../model/props";
import type { Definition } from "../../../../model/service";
import { impacts, mustStayInForeground, type Impact, type ManagerRules } from "../../../rules";
import { scmDefaults } from "../../scm/definition";
import { eventsOf, scmRules } from "../../scm/rules";
import { DEFAULT_OPTIONS, DEFAULT_ROTATION } from "./options";
import { parseParameters, renderParameters } from "./parameters";
import { validate } from "./validate";

/**
 * A definition as NSSM carries it out: every value in its one spelling (written and read back), its defaults filled in. Two
 * definitions that mean the same resolve to the same.
 */
function defaults(definition: Definition): Definition {
  const { values, exit } = renderParameters(definition);
  const { restart, stop, logs, options } = parseParameters({ path: "", values }, { path: "", values: exit }).definition;
  const { command, workingDirectory } = definition;
  const common = scmDefaults(definition);
  const { rotate, ...nssm } = options?.nssm ?? {};
  const program = command?.[0];
  const folder = workingDirectory ?? (program === undefined ? undefined : syntaxOf(program).dirname(program));
  return {
    ...definition,
    ...(folder !== undefined && { workingDirectory: folderOf(folder) }),
    ...common,
    restart: { policy: "always", delaySeconds: 0, maxAttempts: 0, ...restart },
    stop: { timeoutSeconds: 1.5, mode: "group", ...stop },
    ...(logs?.stdout !== undefined && { logs: { stderr: logs.stdout, ...logs } }),
    options: {
      ...common.options,
      nssm: {
        ...DEFAULT_OPTIONS,
        ...nssm,
        ...(definition.options?.nssm?.path !== undefined && { path: definition.options.nssm.path }),
        ...(rotate && { rotate: { ...DEFAULT_ROTATION, ...rotate } }),
      },
    },
  };
}

/** NSSM reads its parameters when it starts the program, but looks up what to do at an exit when the program exits. */
const usual = impacts("nssm", { restart: "restart", stop: "restart" }, () => "restart");
const impact = (path: Path): Impact => (path[0] === "restart" && path[1] === "policy" ? "reload" : usual(path));

/** NSSM itself writes to the Application log. */
function logHint(_: string, { logs = {} }: Definition): string {
  const files = [...new Set([logs.stdout, logs.stderr])].filter((log) => log !== undefined && log !== "discard");
  if (files.length === 0) return eventsOf("Application", "nssm");
  return `Get-Content -Tail 100 ${files.map((file) => `'${file!.replaceAll("'", "''")}'`).join(", ")}`;
}

export const rules: ManagerRules = {
  name: "nssm",
  ...scmRules,
  validate,
  defaults,
  impact,
  logHint,
  exitedWithZero: mustStayInForeground("nssm"),
};
