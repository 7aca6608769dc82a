import type { Issue } from "../model/errors";
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
  for (const daemon of ["webserver", "jobQueue", "dirMonitor"]) {
    const own = at("daemons", daemon);
    if (own === null || typeof own !== "object") continue;
    issues.push(
      ...existingIssues(own as Values).map(({ path, message }) => ({ path: ["daemons", daemon, ...path], message })),
    );
  }
  return issues;
}
