import type { Issue } from "../model/errors";
import { platformOf } from "../model/hostPath";
import { getAt, UNKNOWN, type Path, type Values } from "../model/props";
import { serverSchema } from "./server";
import { existingIssues } from "./service";
import { validate } from "./validate";

/**
 * All errors in a server that can be found without a host: those of each property, and those of rules over several
 * properties. Schema errors don't hide broken rules: all are reported at once.
 */
export function serverIssues(values: Values): Issue[] {
  const issues = validate(serverSchema, values);
  const at = (...path: Path) => getAt(values, path);
  const known = (...path: Path) => at(...path) !== undefined && at(...path) !== UNKNOWN;
  const rule = (broken: boolean, path: Path, message: string) => {
    if (broken) issues.push({ path, message });
  };
  const flavour = at("bots", "flavour");
  rule(
    known("environment", "name") && (flavour === undefined || flavour === "classic"),
    ["environment", "name"],
    'is for Bots 4.x (bots.flavour: "4.x"): with BOTSENV set, classic Bots would look for its data in another folder',
  );
  rule(
    known("environment", "web", "port") && at("environment", "web", "port") === at("environment", "queue", "port"),
    ["environment", "queue", "port"],
    "must differ from environment.web.port",
  );
  issues.push(...platformIssues(at));
  for (const daemon of ["webserver", "jobQueue", "dirMonitor"]) {
    const own = at("daemons", daemon);
    if (own === null || typeof own !== "object") continue;
    issues.push(
      ...existingIssues(own as Values).map(({ path, message }) => ({ path: ["daemons", daemon, ...path], message })),
    );
  }
  return issues;
}

/** The directories tell the platform of the host, so all of them must be of one, and WinRM leads to Windows. */
function platformIssues(at: (...path: Path) => unknown): Issue[] {
  const platform = (...path: Path) => {
    const value = at(...path);
    return typeof value === "string" ? platformOf(value) : undefined;
  };
  const bin = platform("bots", "bin");
  if (bin === "posix" && at("connection", "type") === "winrm") {
    const message = "must be a directory of Windows, such as C:\\Python312\\Scripts, because connection.type is winrm";
    return [{ path: ["bots", "bin"], message }];
  }
  return ["path", "config"]
    .filter((key) => bin !== undefined && ![undefined, bin].includes(platform("environment", key)))
    .map((key) => ({
      path: ["environment", key],
      message: `must be a directory of ${bin === "windows" ? "Windows" : "Linux"}, as bots.bin is`,
    }));
}
