import type { Issue } from "../../../../model/errors";
import { getAt, UNKNOWN, type Path } from "../../../../model/props";
import type { Definition } from "../../../../model/service";
import { isAccount } from "../../../../schema/text";
import type { ManagerRules } from "../../../rules";
import { formatAssignments } from "../common/assignments";
import { splitEnvironment } from "../common/environment";
import { impacts, mustStayInForeground, optionsOfOthers } from "../common/rules";
import { normaliseSignal } from "../common/signals";
import { DEFAULT_RESPAWN_MAX, DEFAULT_STOP_SECONDS } from "./machinery";
import { DEFAULT_RUNLEVEL, validateName } from "./name";
import { parseScript, renderScript } from "./script";

/** Variables that a shell keeps for itself, so that none can be handed on by it; and those of our own script. */
const SHELLS_OWN =
  /^(_|OPTIND|PPID|UID|EUID|LINENO|RANDOM|SRANDOM|SECONDS|EPOCH\w+|SHELLOPTS|GROUPS|DIRSTACK|FUNCNAME|HISTCMD|BASH\w*|PULUMI_BOTS_\w*)$/;

/** Everything in a definition that OpenRC can't do, each at its path. Values that are not known yet are let pass. */
function validate(definition: Definition): Issue[] {
  const issues: Issue[] = [...optionsOfOthers(definition, "openrc")];
  const check = (path: Path, test: (value: never) => string | undefined | false) => {
    const value = getAt(definition, path);
    const message = value === undefined || value === UNKNOWN ? undefined : test(value as never);
    if (message) issues.push({ path, message });
  };

  if (definition.command === undefined) issues.push({ path: ["command"], message: "is required" });
  check(["command"], (argv: unknown[]) => argv.length === 0 && "must name a program");
  check(
    ["command", 0],
    (program: string) => checkPath(program) ?? (program.endsWith("/") && "must be a program, not a folder"),
  );
  check(["reload", "command", 0], (program: string) => checkPath(program));
  check(["displayName"], checkText);
  check(["description"], checkText);
  check(["workingDirectory"], checkPath);
  check(["umask"], (value: string) => !/^0?[0-7]{3}$/.test(value) && 'must be an octal number such as "0027"');
  check(["runAs", "user"], checkAccount);
  check(["runAs", "group"], checkAccount);
  check(
    ["restart", "policy"],
    (policy: string) =>
      policy === "onFailure" && "OpenRC starts a program again however it ended, or not at all: always or never",
  );
  check(["restart", "delaySeconds"], (seconds: number) => !isWhole(seconds, 0) && "OpenRC takes whole seconds only");
  check(["restart", "maxAttempts"], (attempts: number) => {
    if (attempts === 1) return "OpenRC makes at least one more attempt: 2 or more, or 0 for no limit";
    return !isWhole(attempts, 0, 100_000) && "must be a whole number from 0 (no limit) to 100000";
  });
  check(["stop", "signal"], checkSignal);
  check(
    ["stop", "timeoutSeconds"],
    (seconds: number) => !isWhole(seconds, 1) && "OpenRC takes whole seconds only, from 1",
  );
  check(["reload", "signal"], checkSignal);
  check(["logs", "stdout"], checkLog);
  check(["logs", "stderr"], checkLog);
  for (const name of Object.keys(definition.environment ?? {})) {
    if (!/^[A-Za-z_]\w*$/.test(name)) {
      issues.push({
        path: ["environment", name],
        message: "must be named with letters, digits and _, not beginning with a digit",
      });
    } else if (SHELLS_OWN.test(name)) {
      issues.push({
        path: ["environment", name],
        message: "can't be set for a program of OpenRC: a shell starts it, and keeps this variable for itself",
      });
    }
  }
  const { requires = [], options } = definition;
  requires.forEach((_, i) => check(["requires", i], validateName));
  for (const kind of ["need", "use", "after"] as const) {
    options?.openrc?.[kind]?.forEach((name, i) => {
      check(["options", "openrc", kind, i], (value: string) =>
        /^[A-Za-z0-9_.+-]+$/.test(value) ? undefined : "must be the name of a service",
      );
      if (kind === "after" && typeof name === "string" && requires.includes(name)) {
        issues.push({ path: ["options", "openrc", kind, i], message: "is in requires already" });
      }
    });
  }
  return issues;
}

function isWhole(value: number, least: number, most = 1_000_000): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

function checkPath(value: string): string | undefined {
  if (!value.startsWith("/")) return "must be an absolute path";
  return value.includes("\0") ? "must not contain a NUL character" : undefined;
}

function checkText(value: string): string | undefined {
  if (value === "") return "must not be empty";
  return /[\0\r\n]/.test(value) ? "must be one line of plain text" : undefined;
}

function checkAccount(value: string): string | undefined {
  return isAccount(value) && !/\s/.test(value) ? undefined : "must be the name or the number of an account";
}

function checkLog(value: string): string | undefined {
  if (value === "discard") return undefined;
  return checkPath(value) ? `must be "discard" or a file: ${checkPath(value)}` : undefined;
}

function checkSignal(value: string): string | undefined {
  const signal = normaliseSignal(value);
  if (signal === undefined) return `must be a signal such as "SIGTERM", not "${value}"`;
  return signal.includes("RTMIN") ? "OpenRC knows no real-time signals" : undefined;
}

const NAME = "resolve";
const MARKER = { ownerId: "", urn: "", definition: "", triggers: "" };

/** A definition as OpenRC carries it out: every value in its one spelling (written and read back), its defaults filled in. */
function defaults(definition: Definition): Definition {
  const secrets = formatAssignments(splitEnvironment(definition).secret);
  const { definition: said } = parseScript(NAME, renderScript(NAME, definition, MARKER), secrets);
  const { openrc } = said.options ?? {};
  return {
    ...said,
    workingDirectory: said.workingDirectory ?? "/",
    umask: said.umask ?? "0022",
    runAs: said.runAs ?? { user: "root" },
    restart: { policy: "never", delaySeconds: 0, maxAttempts: DEFAULT_RESPAWN_MAX + 1, ...said.restart },
    stop: { signal: "SIGTERM", timeoutSeconds: DEFAULT_STOP_SECONDS, mode: "process", ...said.stop },
    options: { openrc: { runlevel: DEFAULT_RUNLEVEL, ...openrc } },
    ...(said.logs?.stdout !== undefined && { logs: { stderr: said.logs.stdout, ...said.logs } }),
  };
}

/** A supervisor keeps what it was started with, as the program does. */
const impact = impacts("openrc", { restart: "restart" }, ([option]) =>
  option === undefined || option === "runlevel" ? "enable" : "reload",
);

export const rules: ManagerRules = {
  name: "openrc",
  validateName,
  validate,
  defaults,
  impact,
  exitedWithZero: mustStayInForeground("openrc"),
};
