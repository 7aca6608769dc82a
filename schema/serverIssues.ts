import type { Issue } from "../model/errors";
import { getAt, UNKNOWN, type Path, type Values } from "../model/props";
import { serverSchema } from "./server";
import { existingIssues } from "./service";
import { validate } from "./validate";

/**
 * Everything that is wrong with a server and can be known without asking it: each property by itself, and the rules over
 * several of them. Wrong shapes don't hide broken rules: all is said in one go.
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
    "must be another one than environment.web.port",
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
