import type { Issue } from "../model/errors";
import { formatPath, pick, SecretPaths, setAt, type Path, type Values } from "../model/props";
import { Connections } from "../provider/lifecycle/connections";
import { checkService } from "../provider/lifecycle/service/check";
import { MANAGERS } from "../provider/managers";
import { serviceSchema } from "../schema/service";
import { splitCommand } from "./commandLine";
import { flags, valuesOf, type Flag, type Given } from "./flags";
import { daemonOf, presetNames, presetOf } from "./presets";

/** What the flags and answers describe. */
export interface Draft {
  /** The properties of the service, the preset's included. */
  service: Values;
  /** The properties of the service that were given. */
  given: Values;
  /** The preset, and what was given of its Bots installation. */
  bots?: { preset: string; values: Values };
  /** The environment variables whose values are secrets. They are not in the properties. */
  secrets: readonly string[];
  /** What the user should know about the service, although nothing is wrong. */
  notes: readonly string[];
}

/** Something wrong, and the flag to correct. */
export interface Problem {
  flag: string;
  message: string;
}

/** The service that the flags describe, and everything that is wrong with it. `argv`: the command, if it was given after `--`. */
export function draftOf(given: Given, argv: readonly string[] = []): { draft: Draft; problems: Problem[] } {
  const problems: Problem[] = [];
  const own = valuesOf(given, "service");
  const values = valuesOf(given, "bots");
  const line = given.command;
  if (typeof line === "string") own.command = splitCommand(line) ?? line;
  if (argv.length > 0) own.command = [...argv];
  if (argv.length > 0 && line !== undefined)
    problems.push({ flag: "--command", message: "is given, and a command after -- as well" });
  if (typeof own.command === "string") problems.push({ flag: "--command", message: "has a quote that is not closed" });
  problems.push(...pairProblems(given));

  const named = (given.secret as readonly string[] | undefined) ?? [];
  problems.push(...secretProblems(named, own));
  const secrets = named.filter(isVariable);
  const preset = given.preset as string | undefined;
  const daemon = preset === undefined ? undefined : daemonOf(preset);
  const draft: Draft = { service: inOrder(own), given: own, secrets, notes: [] };
  let isWhole = true;
  if (preset !== undefined && daemon === undefined) {
    problems.push({ flag: "--preset", message: `must be ${presetNames.join(" or ")}` });
    isWhole = false;
  } else if (preset !== undefined && daemon !== undefined) {
    draft.bots = { preset, values };
    const made = presetOf(daemon, values, own);
    isWhole = !Array.isArray(made);
    if (Array.isArray(made)) problems.push(...made.map((issue) => problemOf(issue, "bots", given, secrets)));
    else Object.assign(draft, { service: inOrder(made.service), notes: made.notes });
  } else {
    const stray = flags.filter(({ of, name }) => of === "bots" && given[name] !== undefined);
    problems.push(...stray.map(({ name }) => ({ flag: `--${name}`, message: "needs --preset" })));
  }
  const issues = serviceIssues(draft).filter(({ message }) => isWhole || !message.startsWith("is required"));
  problems.push(...issues.map((issue) => problemOf(issue, "service", given, secrets)));
  return { draft, problems: withoutRepetitions(problems) };
}

/** The properties in the order of the reference. */
function inOrder(service: Values): Values {
  return pick(service, Object.keys(serviceSchema.shape));
}

/** The errors that the provider's own check finds in the service. */
function serviceIssues({ service, secrets }: Draft): Issue[] {
  const silent = { debug: ignore, info: ignore, warning: ignore, status: ignore };
  const values = structuredClone(service);
  for (const name of secrets) setAt(values, ["environment", name], "secret");
  const news = { values, secrets: new SecretPaths(secrets.map((name) => ["environment", name])) };
  const noHosts = {
    get: (): never => {
      throw new Error("a check contacts no host");
    },
  };
  const context = { managers: MANAGERS, connections: new Connections({}, noHosts) };
  return checkService(context, { urn: "", log: silent, news }).failures;
}

const ignore = () => {};

function pairProblems(given: Given): Problem[] {
  const texts = (given.environment as readonly string[] | undefined) ?? [];
  const wrong = texts.filter((text) => !text.includes("="));
  return wrong.map((text) => ({ flag: `--environment ${text}`, message: "must be NAME=VALUE" }));
}

const isVariable = (name: string): boolean => /^[A-Za-z_]\w*$/.test(name);

/** The printed programs use the name of a variable as the name of a setting too. */
function secretProblems(secrets: readonly string[], { environment = {} }: Values): Problem[] {
  return secrets.flatMap((name) => {
    const message = !isVariable(name)
      ? "must be the name of an environment variable of the service, without its value: letters, digits and _"
      : Object.hasOwn(environment as object, name)
        ? "is given with --environment too"
        : undefined;
    // Doesn't repeat the text: it may be the secret itself.
    return message === undefined ? [] : [{ flag: "--secret", message }];
  });
}

/** The flag for an error: the one that sets the property or a parent of it, or those below it that were given. */
function problemOf({ path, message }: Issue, of: Flag["of"], given: Given, secrets: readonly string[]): Problem {
  const [property, key] = path;
  if (of === "service" && property === "environment" && typeof key === "string") {
    return { flag: secrets.includes(key) ? `--secret ${key}` : `--environment ${key}`, message };
  }
  const own = flags.filter((flag) => flag.of === of);
  const setting = own.find((flag) => isAbove(flag.path, path));
  if (setting !== undefined) {
    const index = path[setting.path.length];
    const argument = setting.name === "command" && typeof index === "number" && index > 0 ? `, argument ${index}` : "";
    return { flag: `--${setting.name}${argument}`, message };
  }
  const below = own.filter((flag) => isAbove(path, flag.path));
  const those = below.filter(({ name }) => given[name] !== undefined);
  const names = (those.length > 0 ? those : below).map(({ name }) => `--${name}`);
  return { flag: names.join(", ") || formatPath(path), message };
}

const isAbove = (path: Path, other: Path): boolean => path.every((key, i) => key === other[i]);

/** Keeps the first message for each flag, which explains the others. */
function withoutRepetitions(problems: readonly Problem[]): Problem[] {
  const first = new Map<string, Problem>();
  for (const problem of problems) if (!first.has(problem.flag)) first.set(problem.flag, problem);
  return [...first.values()];
}
