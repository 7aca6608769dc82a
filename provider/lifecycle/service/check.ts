import type { Issue } from "../../../model/errors";
import {
  formatPath,
  getAt,
  SecretPaths,
  withoutUnknowns,
  type Path,
  type Props,
  type Values,
} from "../../../model/props";
import type { Connection } from "../../../schema/connection";
import { existingIssues, serviceSchema, type ServiceInputs } from "../../../schema/service";
import { holdsUnknown, validate } from "../../../schema/validate";
import type { ManagerRules } from "../../rules";
import { connectionIssues } from "../connectionIssues";
import type { Connections } from "../connections";
import { definitionOf } from "./definition";

/** Everything that can be known to be wrong without asking a host, all at once, each at its property. */
export function serviceIssues(news: Props, managers: readonly ManagerRules[], connections: Connections): Issue[] {
  const { values } = news;
  const shape = validate(serviceSchema, values);
  const inputs = values as unknown as ServiceInputs;
  const sound = (property: keyof ServiceInputs) => !shape.some(({ path }) => path[0] === property);
  return dedupe([
    ...shape,
    ...secretIssues(news.secrets),
    ...(sound("connection") ? hostIssues(inputs.connection, connections) : []),
    ...commonIssues(managers.map((manager) => managerIssues(news, shape, manager))),
    ...ruleIssues(inputs),
    ...(sound("name") ? slipsOfName(inputs.name) : []),
  ]);
}

/** What every user of the host can see must not be secret. */
function secretIssues(secrets: SecretPaths): Issue[] {
  const hidden = ["connection", "environment", "triggers"];
  return [...secrets]
    .filter(([property]) => !hidden.includes(String(property)))
    .map((path) => ({
      path,
      message: `is a secret, but every user of the host can read it there; give secrets by environment, which goes to a file that only root can read`,
    }));
}

function hostIssues(own: Connection | undefined, connections: Connections): Issue[] {
  if (connections.hostOf(own) === undefined) {
    const message =
      "is required: name the machine here, or for all services as `host` in the provider's `connection` (bots:connection)";
    return [{ path: ["connection", "host"], message }];
  }
  return connectionIssues(own ?? {}, ["connection"]);
}

/** What all managers that it may come to say is wrong, in the words of the first. */
function commonIssues([first = [], ...others]: readonly Issue[][]): Issue[] {
  const isAbove = (path: Path, other: Path) => path.every((key, i) => key === other[i]);
  return first.filter(({ path }) => others.every((issues) => issues.some((issue) => isAbove(issue.path, path))));
}

/** A manager's own rules, for what is known and of the right shape. */
export function managerIssues(news: Props, shape: readonly Issue[], manager: ManagerRules): Issue[] {
  const sound = Object.entries(news.values).filter(([property]) => !shape.some(({ path }) => path[0] === property));
  const known = { values: withoutUnknowns(Object.fromEntries(sound)) as Values, secrets: news.secrets };
  const { name } = known.values;
  const nameProblem = typeof name === "string" ? manager.validateName(name) : undefined;
  return [
    ...(nameProblem === undefined ? [] : [{ path: ["name"], message: nameProblem }]),
    ...(news.values.existing === true ? [] : manager.validate(definitionOf(known))),
  ]
    .filter(({ path }) => sound.some(([property]) => property === path[0]))
    .filter(({ path }) => !holdsUnknown(valueNear(news.values, path)));
}

function ruleIssues(inputs: ServiceInputs): Issue[] {
  if (inputs.existing === true) return existingIssues(inputs);
  const runs = ["ExecStart", "ExecStop"].some(
    (name) => getAt(inputs, ["options", "systemd", "service", name]) !== undefined,
  );
  const issues: Issue[] = [];
  if (inputs.command === undefined && !runs && !holdsUnknown(inputs.existing))
    issues.push({ path: ["command"], message: "is required" });
  if (inputs.whenChanged === "reload" && inputs.reload === undefined) {
    issues.push({ path: ["whenChanged"], message: 'is "reload", which needs reload.signal or reload.command' });
  }
  const required: readonly unknown[] = Array.isArray(inputs.requires) ? inputs.requires : [];
  required.forEach((name, i) => {
    if (name === inputs.name && !holdsUnknown(name))
      issues.push({ path: ["requires", i], message: "is the service itself" });
  });
  return issues;
}

/** What is no name of a service, although some managers would take it: written for systemctl(1). */
function slipsOfName(name: unknown): Issue[] {
  if (typeof name !== "string") return [];
  const path = ["name"];
  if (name.endsWith(".service")) return [{ path, message: 'must be given without ".service"' }];
  return name.endsWith("@") ? [{ path, message: "must not be the name of a template" }] : [];
}

/** The value at a path, or the last one on the way to it that there is. */
function valueNear(values: Values, path: Path): unknown {
  let value: unknown = values;
  for (const key of path) {
    if (value === null || typeof value !== "object") break;
    value = (value as Values)[key];
  }
  return value;
}

/** One message for each property: the first, which is about its shape, explains the others. */
function dedupe(issues: Issue[]): Issue[] {
  const first = new Map<string, Issue>();
  for (const issue of issues) {
    const at = formatPath(issue.path);
    if (!first.has(at)) first.set(at, issue);
  }
  return [...first.values()];
}
