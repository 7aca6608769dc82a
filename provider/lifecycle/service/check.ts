import type { Issue } from "../../../model/errors";
import { platformOf, type Platform } from "../../../model/hostPath";
import {
  formatPath,
  getAt,
  SecretPaths,
  withoutUnknowns,
  type Path,
  type Props,
  type Values,
} from "../../../model/props";
import { isCovered } from "../../../model/propertyPath";
import type { Connection } from "../../../schema/connection";
import { existingIssues, serviceSchema, type ServiceInputs } from "../../../schema/service";
import { holdsUnknown, validate } from "../../../schema/validate";
import type { StartMode } from "../../../model/service";
import { startModeProblem, type ManagerRules } from "../../rules";
import type { Connections } from "../connections";
import type { CheckRequest, CheckResult } from "../lifecycle";
import { markSecrets } from "../providerConfig";
import type { Context } from "./context";
import { definitionOf } from "./state/inputs";
import { PASSWORD } from "./state/password";

/** Returns the inputs unchanged, with their errors. */
export function checkService({ managers, connections }: Context, { news, log }: CheckRequest): CheckResult {
  const { name, hold } = news.values;
  const failures = serviceIssues(news, managers, connections);
  markSecrets(news, ["connection"]);
  if (getAt(news.values, PASSWORD) !== undefined) news.secrets.add(PASSWORD);
  if (failures.length === 0 && typeof hold === "string") {
    log.info(`${typeof name === "string" ? name : "the service"} is on hold, neither started nor stopped: ${hold}`);
  }
  return { inputs: news, failures };
}

/** All errors that can be found without a host, each with its property. */
function serviceIssues(news: Props, managers: Context["managers"], connections: Connections): Issue[] {
  const { values } = news;
  const shape = validate(serviceSchema, values);
  const inputs = values as unknown as ServiceInputs;
  const sound = (property: keyof ServiceInputs) => !shape.some(({ path }) => path[0] === property);
  const platform = sound("connection") ? connections.platform(inputs.connection) : undefined;
  const usual = sound("connection") ? connections.usualPlatform(inputs.connection) : "posix";
  const named = managers.get(String(values.manager));
  const candidates = named === undefined ? candidatesFor(values, [...managers.values()], platform, usual) : [named];
  const isForWindows = candidates.every((manager) => manager.platform === "windows");
  return dedupe([
    ...shape,
    ...secretIssues(news.secrets, isForWindows),
    ...(sound("connection") ? connections.issues(inputs.connection) : []),
    ...(sound("connection") && isForWindows ? sshIssues(connections.whole(inputs.connection), values) : []),
    ...(sound("connection") ? uploadIssues(values, connections.whole(inputs.connection)) : []),
    ...(named === undefined || platform === undefined || named.platform === platform
      ? []
      : [{ path: ["manager"], message: `is not a service manager of Windows, which connection.type "winrm" is for` }]),
    ...commonIssues(candidates.map((manager) => managerIssues(news, shape, manager))),
    ...ruleIssues(inputs),
  ]);
}

/** The managers that the service may get. Only the host knows which, but the definition may tell its platform. */
function candidatesFor(
  values: Values,
  managers: readonly ManagerRules[],
  platform: Platform | undefined,
  usual: Platform | undefined,
): readonly ManagerRules[] {
  const program = getAt(values, ["command", 0]);
  const ofOptions = managers.filter(({ name }) => getAt(values, ["options", name]) !== undefined);
  const wanted =
    platform ??
    (typeof program === "string" ? platformOf(program) : undefined) ??
    onlyOne(ofOptions)?.platform ??
    (getAt(values, ["options", "windows"]) === undefined ? undefined : "windows") ??
    (values.existing === true || holdsUnknown(values.command) ? undefined : usual);
  return wanted === undefined ? managers : managers.filter((manager) => manager.platform === wanted);
}

const onlyOne = <T>(list: readonly T[]): T | undefined => (list.length === 1 ? list[0] : undefined);

/** What SSH can't do on Windows. Over WinRM, `become` is an error in any case. */
function sshIssues(connection: Connection | undefined, values: Values): Issue[] {
  if (connection === undefined || (connection.type ?? "ssh") !== "ssh") return [];
  const sudo = 'is for Linux, because Windows has no sudo: log in as an administrator, and set method to "none"';
  const password =
    "can't be set over SSH without standing on a command line: use WinRM, or an account without a password";
  return [
    ...(connection.become?.method === "sudo" ? [{ path: ["connection", "become"], message: sudo }] : []),
    ...(getAt(values, PASSWORD) === undefined ? [] : [{ path: PASSWORD, message: password }]),
  ];
}

/** Over WinRM no file can be moved without programs that security software reports. */
function uploadIssues(values: Values, connection: Connection | undefined): Issue[] {
  const path = ["options", "nssm", "upload"];
  if (connection?.type !== "winrm" || getAt(values, path) === undefined) return [];
  return [{ path, message: "needs SSH: over WinRM, put the file on the host yourself, or set options.nssm.path" }];
}

/** Properties that every user of the host can read must not be secret. */
function secretIssues(secrets: SecretPaths, isForWindows: boolean): Issue[] {
  const hidden: Path[] = [["connection"], ["environment"], ["triggers"], PASSWORD];
  const wayOut = (path: Path) => {
    if (!isForWindows) return ": pass secrets in environment, which goes to a file that only root can read";
    return formatPath(path) === "runAs" ? ": make only runAs.password a secret" : "";
  };
  return [...secrets]
    .filter((path) => !isCovered(path, hidden))
    .map((path) => ({
      path,
      message: `is a secret, but every user of the host could read it there${wayOut(path)}`,
    }));
}

/** Errors that all candidate managers report, each with its property or a parent of it. */
function commonIssues(all: readonly Issue[][]): Issue[] {
  const isAbove = (path: Path, other: Path) => path.every((key, i) => key === other[i]);
  const isCommon = ({ path }: Issue) => all.every((issues) => issues.some((issue) => isAbove(issue.path, path)));
  return all.flat().filter(isCommon);
}

/** The errors of one manager, for the values that are known and valid by the schema. */
export function managerIssues({ values, secrets }: Props, shape: readonly Issue[], rules: ManagerRules): Issue[] {
  const isSound = (property: unknown) => !shape.some(({ path }) => path[0] === property);
  const sound = Object.fromEntries(Object.entries(values).filter(([property]) => isSound(property)));
  const known = { values: withoutUnknowns(sound) as Values, secrets };
  const { name, startMode } = known.values as { name?: string; startMode?: StartMode };
  const nameProblem = name === undefined ? undefined : rules.validateName(name);
  const modeProblem = startMode === undefined ? undefined : startModeProblem(rules, startMode);
  // A missing property may be made up for by one of these, if they are unknown or invalid.
  const isOpen = ["existing", "options"].some((property) => !isSound(property) || holdsUnknown(values[property]));
  return [
    ...(nameProblem === undefined ? [] : [{ path: ["name"], message: nameProblem }]),
    ...(modeProblem === undefined ? [] : [{ path: ["startMode"], message: modeProblem }]),
    ...(values.existing === true ? [] : rules.validate(definitionOf(known), name)),
    ...(values.existing === true || startMode === undefined || modeProblem !== undefined
      ? []
      : (rules.validateStartMode?.(startMode, definitionOf(known)) ?? [])),
  ]
    .filter(({ path: [property] }) => isSound(property) && (values[property!] !== undefined || !isOpen))
    .filter(({ path }) => !holdsUnknown(valueNear(values, path)));
}

function ruleIssues(inputs: ServiceInputs): Issue[] {
  const issues: Issue[] = [];
  if (inputs.startMode === "disabled" && inputs.hold === undefined && (inputs.running ?? true) === true) {
    const message = "is disabled, and a disabled service can't be started: set running to false, or use manual";
    issues.push({ path: ["startMode"], message });
  }
  if (inputs.existing === true) return [...issues, ...existingIssues(inputs)];
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

/** The value at a path, or at its nearest parent that exists. */
function valueNear(values: Values, path: Path): unknown {
  let value: unknown = values;
  for (const key of path) {
    if (value === null || typeof value !== "object") break;
    value = (value as Values)[key];
  }
  return value;
}

/** Keeps the first message for each property: it is about the schema, and explains the others. */
function dedupe(issues: Issue[]): Issue[] {
  const first = new Map<string, Issue>();
  for (const issue of issues) {
    const at = formatPath(issue.path);
    if (!first.has(at)) first.set(at, issue);
  }
  return [...first.values()];
}
