import * as pulumi from "@pulumi/pulumi";
import {
  basics,
  daemons,
  defaultPorts,
  forManager,
  isWindows,
  presets,
  usualUser,
  warnings,
  type BotsEnvironment,
  type Daemon,
  type Flavour,
  type Installation,
} from "../bots";
import { formatPath, getAt, UNKNOWN, type Values } from "../model/props";
import { withPort } from "../model/text";
import { Service } from "../resources/service";
import type { Connection } from "../resources/types/connection";
import type { ServiceArgs } from "../resources/types/service";
import { serverIssues } from "../schema/serverIssues";
import type { BotsServerArgs, DaemonArgs } from "./types";
import { holdsLater, isLater, knownNow, merge } from "./inputs";

const names = ["webserver", "jobQueue", "dirMonitor"] as const satisfies readonly Daemon[];

/** The enabled daemons, each with its differences from the preset. */
type Wanted = Partial<Record<Daemon, DaemonArgs>>;

/**
 * A host with Bots on it. Its daemons run as services and start at boot. A start counts when the daemon answers.
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
  /** URL of the web interface, as seen from the computer that runs Pulumi. Undefined when the web server is off. */
  readonly url: pulumi.Output<string | undefined>;
  /** The services of the enabled daemons, by daemon. */
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
    const installation = installationOf(args);
    for (const daemon of names) {
      const overrides = wanted[daemon];
      if (overrides === undefined) continue;
      // Either tells the engine the order: a name taken from the queue's resource, or on Windows, where the monitor must not
      // require the queue (see the preset), `dependsOn`.
      const queue = daemon === "dirMonitor" ? services.jobQueue : undefined;
      const isRequired = queue !== undefined && !(installation !== undefined && isWindows(installation));
      const required = isRequired ? [queue.name] : [];
      services[daemon] = new Service(
        `${name}-${daemon}`,
        serviceArgs(args, connection, presetOf(daemon, installation, environment, overrides), overrides, required),
        queue === undefined || isRequired ? { parent: this } : { parent: this, dependsOn: [queue] },
      );
    }
    return services;
  }
}

/** Throws one error for everything that is known to be wrong. Outputs of other resources are checked when they are known. */
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
  const hideStack = true; // the error shows the server's name, which is more helpful
  throw new pulumi.ResourceError(`The arguments of ${name} are invalid:${lines.join("")}`, server, hideStack);
}

/** The `host` of the connection is the server's name by default. */
function normaliseConnection(name: string, { connection, suspended }: BotsServerArgs): pulumi.Input<Connection> {
  return merge(merge({ host: name }, connection), { suspended }) as pulumi.Input<Connection>;
}

/** By default only the web server is on. The other daemons need settings that a fresh bots.ini does not have. */
function normaliseDaemons({ daemons: given = {} }: BotsServerArgs): Wanted {
  const { webserver = true, jobQueue = false, dirMonitor = false } = given;
  const wanted: Wanted = {};
  for (const [daemon, given] of Object.entries({ webserver, jobQueue, dirMonitor })) {
    if (given !== false) wanted[daemon as Daemon] = given === true ? {} : given;
  }
  return wanted;
}

/** The input of the presets. It is a plain value when all of it is known, so that a preview shows the result. */
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

/** The installation as far as the presets need it before everything is known: any known directory tells the platform. */
function installationOf(args: BotsServerArgs): Installation | undefined {
  const values = knownNow(args);
  const bin = [getAt(values, ["bots", "bin"]), getAt(values, ["environment", "path"])].find(
    (path) => typeof path === "string",
  );
  const flavour = getAt(values, ["bots", "flavour"]) ?? "classic";
  return bin === undefined || flavour === UNKNOWN ? undefined : { bin, flavour: flavour as Flavour };
}

/** The preset of a daemon, with its user. It may be known only in part when it depends on outputs. */
function presetOf(
  daemon: Daemon,
  installation: Installation | undefined,
  environment: pulumi.Input<BotsEnvironment>,
  { command }: DaemonArgs,
): pulumi.Inputs & { name: string } {
  const whole = (known: BotsEnvironment, line: string[] | undefined) => ({
    ...presets[daemon](known, line),
    runAs: usualUser(known),
  });
  if (!holdsLater(environment) && !holdsLater(command)) {
    return whole(environment as BotsEnvironment, command as string[] | undefined);
  }
  const later = pulumi
    .all([environment, command])
    .apply(([known, line]) => whole(known as BotsEnvironment, line as string[] | undefined));
  const variable = (key: string) => later.apply((preset) => preset.environment[key]);
  const { program: name, displayName, description } = daemons[daemon];
  return {
    ...(installation === undefined
      ? { name, displayName, description, restart: later.restart, stop: later.stop, runAs: later.runAs }
      : { ...basics(daemon, installation), runAs: usualUser(installation) }),
    command: later.command,
    workingDirectory: later.workingDirectory,
    environment: { PATH: variable("PATH"), PYTHONUNBUFFERED: "1", BOTSENV: variable("BOTSENV") },
    ready: later.ready,
  };
}

/** The service of a daemon: the preset, overridden by the server's settings for all daemons, then by those for this one. */
function serviceArgs(
  { runAs, umask, triggers, hold, adopt }: BotsServerArgs,
  connection: pulumi.Input<Connection>,
  { requires: _, ready: probe, ...preset }: pulumi.Inputs,
  { requires, ready: otherProbe, ...overrides }: DaemonArgs,
  required: pulumi.Output<string>[],
): ServiceArgs {
  if (overrides.existing === true) {
    // Somebody else defines the service, so only the preset's name and probe apply.
    const own = merge({ name: preset.name as string, triggers, hold }, overrides) as pulumi.Inputs & { name: string };
    return { ...own, connection, ready: readyOf(probe, otherProbe) };
  }
  const common = {
    ...forManager(preset, overrides.manager),
    ...(runAs !== undefined && { runAs }),
    umask,
    triggers,
    hold,
    adopt,
  };
  const all = required.length === 0 ? requires : pulumi.output(requires).apply((more = []) => [...required, ...more]);
  return {
    ...(merge(common, overrides) as pulumi.Inputs & { name: string }),
    connection,
    ...(all === undefined ? {} : { requires: all }),
    ready: readyOf(probe, otherProbe),
  };
}

/** The probe: the user's if given, otherwise the preset's, with the user's time limit. */
function readyOf(preset: unknown, other: DaemonArgs["ready"]): pulumi.Input<never> {
  const choose = (known: pulumi.Inputs | false | undefined) => {
    if (known === false) return undefined;
    const another = ["tcp", "http", "command"].some((kind) => known?.[kind] !== undefined);
    return another ? known : merge(preset, known);
  };
  const ready = holdsLater(other) ? pulumi.output(other).apply(choose) : choose(other);
  return ready as pulumi.Input<never>;
}

/** Uses only the address of the connection, because a secret among the inputs would make the URL a secret. */
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
