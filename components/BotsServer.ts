import * as pulumi from "@pulumi/pulumi";
import { basics, defaultPorts, presets, warnings, type BotsEnvironment, type Daemon, type DaemonPreset } from "../bots";
import { formatPath, getAt, UNKNOWN, type Values } from "../model/props";
import { withPort } from "../model/text";
import { Service } from "../resources/service";
import type { Connection } from "../resources/types/connection";
import type { ServiceArgs } from "../resources/types/service";
import { serverIssues } from "../schema/serverIssues";
import type { BotsServerArgs, DaemonArgs } from "./types";
import { holdsLater, isLater, knownNow, merge } from "./inputs";

const names = ["webserver", "jobQueue", "dirMonitor"] as const satisfies readonly Daemon[];

/** The daemons that are on, each with what differs from its preset. */
type Wanted = Partial<Record<Daemon, DaemonArgs>>;

/**
 * A host that has Bots on it: its daemons run as services, are started at boot, and count as started when they answer.
 *
 * ```ts
 * const edi1 = new bots.BotsServer("edi1", {
 *   connection: { user: "deploy", privateKeyFile: "~/.ssh/id_ed25519", become: { method: "sudo" } },
 *   bots: { existing: true, bin: "/opt/bots/bin" },
 *   environment: { path: "/srv/bots" },
 *   daemons: { webserver: true, jobQueue: true, dirMonitor: { environment: { TZ: "UTC" } } },
 * });
 * export const url = edi1.url;
 * ```
 */
export class BotsServer extends pulumi.ComponentResource {
  /** Where the web interface is, as seen from where Pulumi runs; undefined when it is off. */
  readonly url: pulumi.Output<string | undefined>;
  /** The services, by daemon: those that are on. */
  readonly services: Readonly<Partial<Record<Daemon, Service>>>;

  constructor(name: string, args: BotsServerArgs, options?: pulumi.ComponentResourceOptions) {
    super("bots:index:BotsServer", name, {}, options);
    refuse(this, name, args);
    const connection = normaliseConnection(name, args);
    const wanted = normaliseDaemons(args);
    const environment = normaliseEnvironment(this, name, args);

    this.warn(name, environment, wanted);
    this.services = this.createServices(name, args, connection, environment, wanted);
    this.url = wanted.webserver === undefined ? pulumi.output(undefined) : urlOf(connection, environment);
    this.registerOutputs({ url: this.url, services: this.services });
  }

  private warn(name: string, environment: pulumi.Input<BotsEnvironment>, wanted: Wanted): void {
    const on = new Set(names.filter((daemon) => wanted[daemon] !== undefined));
    pulumi.output(environment).apply((known) => {
      for (const warning of warnings(known, on)) void pulumi.log.warn(`${name}: ${warning}`, this);
    });
  }

  private createServices(
    name: string,
    args: BotsServerArgs,
    connection: pulumi.Input<Connection>,
    environment: pulumi.Input<BotsEnvironment>,
    wanted: Wanted,
  ): Partial<Record<Daemon, Service>> {
    const services: Partial<Record<Daemon, Service>> = {};
    for (const daemon of names) {
      const overrides = wanted[daemon];
      if (overrides === undefined) continue;
      // The name is taken from the queue's resource, for then the engine knows the order too.
      const required = daemon === "dirMonitor" && services.jobQueue ? [services.jobQueue.name] : [];
      services[daemon] = new Service(
        `${name}-${daemon}`,
        serviceArgs(args, connection, presetOf(daemon, environment, overrides), overrides, required),
        { parent: this },
      );
    }
    return services;
  }
}

/** Refuses what is known to be wrong, all of it in one error. What comes from other resources is checked when it is known. */
function refuse(server: BotsServer, name: string, args: unknown): void {
  const values = knownNow(args) as Values;
  const issues = serverIssues(values);
  for (const daemon of names) {
    const path = ["daemons", daemon, "existing"];
    if (getAt(values, path) !== UNKNOWN) continue;
    issues.push({
      path,
      message: "must be true or false, not an output, because it decides which properties the service has",
    });
  }
  if (issues.length === 0) return;
  const lines = issues.map(({ path, message }) => `\n  ${formatPath(path)}: ${message}`);
  const hideStack = true; // it is shown with the server's name, which says more
  throw new pulumi.ResourceError(`The arguments of ${name} are invalid:${lines.join("")}`, server, hideStack);
}

/** Which machine it is, is the server's name, unless something else is said. */
function normaliseConnection(name: string, { connection, suspended }: BotsServerArgs): pulumi.Input<Connection> {
  return merge(merge({ host: name }, connection), { suspended }) as pulumi.Input<Connection>;
}

/** A plain installation gets the web interface. The others need settings in bots.ini that it does not have by itself. */
function normaliseDaemons({ daemons = {} }: BotsServerArgs): Wanted {
  const { webserver = true, jobQueue = false, dirMonitor = false } = daemons;
  const wanted: Wanted = {};
  for (const [daemon, given] of Object.entries({ webserver, jobQueue, dirMonitor })) {
    if (given !== false) wanted[daemon as Daemon] = given === true ? {} : given;
  }
  return wanted;
}

/** What the presets go by: plain when all of it is known now, so that a preview shows it even when other things are not. */
function normaliseEnvironment(server: BotsServer, name: string, args: BotsServerArgs): pulumi.Input<BotsEnvironment> {
  const settings = { bots: args.bots, environment: args.environment };
  const flat = ({ bots, environment }: pulumi.Unwrap<typeof settings>): BotsEnvironment => {
    const { flavour = "classic", bin, suffix } = bots;
    return { ...environment, flavour, bin, suffix };
  };
  if (!holdsLater(settings)) return flat(settings as pulumi.Unwrap<typeof settings>);
  return pulumi.output(settings).apply((known) => {
    refuse(server, name, known);
    return flat(known);
  });
}

/** The preset of a daemon, which is there in part when what it depends on is known later. */
function presetOf(
  daemon: Daemon,
  environment: pulumi.Input<BotsEnvironment>,
  { command }: DaemonArgs,
): pulumi.Inputs & { name: string } {
  if (!holdsLater(environment) && !holdsLater(command)) {
    return { ...presets[daemon](environment as BotsEnvironment, command as string[] | undefined) };
  }
  const later = pulumi
    .all([environment, command])
    .apply(([known, line]): DaemonPreset => presets[daemon](known as BotsEnvironment, line as string[] | undefined));
  const variable = (key: string) => later.apply((preset) => preset.environment[key]);
  return {
    ...basics(daemon),
    command: later.command,
    workingDirectory: later.workingDirectory,
    environment: { PATH: variable("PATH"), PYTHONUNBUFFERED: "1", BOTSENV: variable("BOTSENV") },
    ready: later.ready,
  };
}

/** One service: the preset, what is said for all daemons of the server, what is said for this one. */
function serviceArgs(
  { runAs = { user: "bots" }, umask, triggers, hold, adopt }: BotsServerArgs,
  connection: pulumi.Input<Connection>,
  { requires: _, ready: probe, ...preset }: pulumi.Inputs,
  { requires, ready: otherProbe, ...overrides }: DaemonArgs,
  required: pulumi.Output<string>[],
): ServiceArgs {
  if (overrides.existing === true) {
    // Somebody else defines it: of the preset its name and its probe remain.
    const own = merge({ name: preset.name as string, triggers, hold }, overrides) as pulumi.Inputs & { name: string };
    return { ...own, connection, ready: readyOf(probe, otherProbe) };
  }
  const common = { ...preset, runAs, umask, triggers, hold, adopt };
  const all = required.length === 0 ? requires : pulumi.output(requires).apply((more = []) => [...required, ...more]);
  return {
    ...(merge(common, overrides) as pulumi.Inputs & { name: string }),
    connection,
    ...(all === undefined ? {} : { requires: all }),
    ready: readyOf(probe, otherProbe),
  };
}

/** Of the probes there can be one only: another one takes the place of the preset's, a time limit alone is added to it. */
function readyOf(preset: unknown, other: DaemonArgs["ready"]): pulumi.Input<never> {
  const choose = (known: pulumi.Inputs | false | undefined) => {
    if (known === false) return undefined;
    const another = ["tcp", "http", "command"].some((kind) => known?.[kind] !== undefined);
    return another ? known : merge(preset, known);
  };
  const ready = holdsLater(other) ? pulumi.output(other).apply(choose) : choose(other);
  return ready as pulumi.Input<never>;
}

/** Of the connection only what is in the address: its secrets would make a secret of it. */
function urlOf(
  connection: pulumi.Input<Connection>,
  environment: pulumi.Input<BotsEnvironment>,
): pulumi.Output<string> {
  const given = (key: "type" | "address" | "host") =>
    isLater(connection) ? pulumi.output(connection).apply((known) => known[key]) : connection[key];
  return pulumi
    .all([given("type"), given("address"), given("host"), environment])
    .apply(([type, address, host, { web }]) => {
      const machine = type === "local" ? "localhost" : (address ?? host ?? "");
      const scheme = web?.tls ? "https" : "http";
      return `${scheme}://${withPort(machine, web?.port ?? defaultPorts.web)}/`;
    });
}
