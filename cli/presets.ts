import { daemons, forManager, presets, usualUser, warnings, type BotsEnvironment, type Daemon } from "../bots";
import type { Issue } from "../model/errors";
import { isObject, pick, type Values } from "../model/props";
import type { ServerInputs } from "../schema/server";
import { serverIssues } from "../schema/serverIssues";

/** The presets by the name of the program: `bots-webserver`. */
const byProgram = new Map(Object.entries(daemons).map(([daemon, { program }]) => [program, daemon as Daemon]));

export const presetNames: readonly string[] = [...byProgram.keys()];

export const daemonOf = (preset: string): Daemon | undefined => byProgram.get(preset);

/** The part of a server that the flags for Bots describe. */
export const serverOf = (bots: Values): Values => ({
  bots: { existing: true, ...(bots.bots as object | undefined) },
  environment: { ...(bots.environment as object | undefined) },
});

/** The service of a daemon: the preset, and over it the properties that are given. Or what is wrong with the Bots installation. */
export function presetOf(daemon: Daemon, bots: Values, given: Values): { service: Values; notes: string[] } | Issue[] {
  const server = serverOf(bots);
  const issues = serverIssues(server);
  if (issues.length > 0) return issues;
  const { bots: installation, environment } = server as unknown as ServerInputs;
  const { flavour = "classic", bin, suffix } = installation;
  const known: BotsEnvironment = { ...environment, flavour, bin, suffix };
  const { requires, ...preset } = presets[daemon](known);
  // Somebody else defines an existing service, so only the preset's name and probe apply.
  const runAs = usualUser(known);
  const below =
    given.existing === true
      ? pick(preset, ["name", "ready"])
      : { ...forManager(preset, given.manager), ...(runAs && { runAs }) };
  const service = merge(below, given);
  const probe = given.ready as Values | undefined;
  if (probe?.tcp !== undefined || probe?.http !== undefined) service.ready = probe;
  if (requires !== undefined && given.existing !== true) {
    service.requires = [...requires, ...((given.requires as string[] | undefined) ?? [])];
  }
  // Whether a directory monitor has a queue is up to the program that gets the service.
  const on: Daemon[] = daemon === "dirMonitor" ? ["jobQueue", daemon] : [daemon];
  return { service, notes: warnings(known, new Set(on)) };
}

function merge(below: Values, above: Values): Values {
  const merged: Values = { ...below };
  for (const [key, value] of Object.entries(above)) {
    const under = below[key];
    merged[key] = isObject(under) && isObject(value) ? merge(under, value) : value;
  }
  return merged;
}
