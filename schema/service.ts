import { z } from "zod";
import type { Issue } from "../model/errors";
import { MANAGER_NAMES } from "../model/service";
import { connectionSchema } from "./connection";
import { absolutePath, account, line, port, seconds } from "./text";

/** Text that reaches a program or a file as it is; only NUL can't travel. */
const text = z.string().refine((value) => !value.includes("\0"), "must not contain a NUL character");
const argv = z.array(text).min(1, "must name the program");
const signal = line.regex(/^SIG[A-Z0-9+-]+$/, "must be a signal name, such as SIGTERM");
const count = z.number().int("must be a whole number").min(0, "must not be negative");

export const runAsSchema = z
  .strictObject({
    user: account.optional().describe("The user that the program runs as."),
    group: account.optional().describe("The group that the program runs as. Default: the user's own."),
  })
  .meta({ id: "RunAs" });

export const restartSchema = z
  .strictObject({
    policy: z
      .enum(["always", "onFailure", "never"])
      .optional()
      .describe("When the manager starts the program again after it ended by itself."),
    delaySeconds: seconds.optional().describe("Seconds between the end and the new start."),
    maxAttempts: count
      .optional()
      .describe("How many starts in a row, each shorter than ten seconds, before the manager gives up. 0: no limit."),
  })
  .meta({ id: "Restart" });

export const stopSchema = z
  .strictObject({
    signal: signal.optional().describe("The signal that asks the program to end."),
    timeoutSeconds: seconds.optional().describe("Seconds it has to do so before it is killed."),
    mode: z
      .enum(["mixed", "process", "group"])
      .optional()
      .describe(
        "Who is asked, and who is killed: `group` (all, all), `mixed` (the main process, all), `process` (the main process alone).",
      ),
  })
  .meta({ id: "Stop" });

export const reloadSchema = z
  .strictObject({
    signal: signal.optional().describe("The signal that makes the program read its configuration again."),
    command: argv.optional().describe("The command that makes it do so."),
  })
  .refine((reload) => (reload.signal === undefined) !== (reload.command === undefined), "give either signal or command")
  .meta({ id: "Reload" });

export const logsSchema = z
  .strictObject({
    stdout: line
      .optional()
      .describe("Where standard output goes: an absolute path, or `discard`. Default: the manager's own log."),
    stderr: line.optional().describe("Where standard error goes: an absolute path, or `discard`. Default: as stdout."),
  })
  .meta({ id: "Logs" });

export const httpProbeSchema = z
  .strictObject({
    url: z
      .url({ protocol: /^https?$/, error: "must be an http or https URL" })
      .refine(
        (url) => !/^[^/]*\/\/[^/?#]*@/.test(url),
        "must not hold a user or a password: every user of the host could read them while the probe runs",
      )
      .describe("What to GET, as seen from the host itself."),
    status: z
      .number()
      .int()
      .min(100)
      .max(599)
      .optional()
      .describe("The wanted status code. Default: any from 200 to 399."),
    headers: z.record(z.string(), line).optional().describe("Headers wanted in the answer, name to value."),
  })
  .meta({ id: "HttpProbe" });

export const readySchema = z
  .strictObject({
    tcp: port.optional().describe("A TCP port on which the service's own processes must listen."),
    http: httpProbeSchema.optional().describe("A URL that must answer, from the service's own processes."),
    command: argv
      .optional()
      .describe(
        "A command that must exit with 0 within ten seconds. It runs as root; SERVICE_PIDS has the service's processes.",
      ),
    readOnly: z
      .boolean()
      .optional()
      .describe("`command` changes nothing, so that reading the state may run it too. Default: false."),
    timeoutSeconds: seconds.optional().describe("Seconds until it must be ready. Default: 60."),
  })
  .refine(
    (ready) => [ready.tcp, ready.http, ready.command].filter((probe) => probe !== undefined).length === 1,
    "give exactly one of tcp, http, command",
  )
  .meta({ id: "Ready" });

const directives = z.record(
  z.string(),
  z.union([z.string(), z.array(z.string())], { error: "must be text or a list of texts" }),
);

export const systemdOptionsSchema = z
  .strictObject({
    unit: directives.optional().describe("Directives of the [Unit] section, name to text or list of texts."),
    service: directives.optional().describe("Directives of the [Service] section."),
    install: directives
      .optional()
      .describe("Directives of the [Install] section, instead of WantedBy=multi-user.target."),
  })
  .meta({ id: "SystemdOptions" });

const runlevel = z.number().int("must be a run level from 1 to 5").min(1, "must be a run level from 1 to 5");
const facility = line.regex(
  /^(\$[a-z_]+|[A-Za-z0-9_.+-]+)$/,
  "must be a facility such as $network, or a script's name",
);

export const initScriptOptionsSchema = z
  .strictObject({
    pidFile: absolutePath.optional().describe("The pid file. Default: /var/run/NAME.pid."),
    runlevels: z
      .array(runlevel.max(5, "must be a run level from 1 to 5"))
      .min(1, "must name a run level")
      .refine((levels) => new Set(levels).size === levels.length, "must not name a run level twice")
      .optional()
      .describe("Run levels that start it. Default: 2, 3, 4, 5; it is stopped in all others."),
    requiredStart: z
      .array(facility)
      .optional()
      .describe("Facilities and scripts that must be there before it is started. Default: $remote_fs, $network."),
    requiredStop: z
      .array(facility)
      .optional()
      .describe("Facilities and scripts that must still be there when it is stopped. Default: as requiredStart."),
  })
  .meta({ id: "InitScriptOptions" });

export const upstartOptionsSchema = z
  .strictObject({
    author: line.optional().describe("Who maintains the job."),
    startOn: line.optional().describe("The events that start it. Default: runlevel [2345]."),
    stopOn: line.optional().describe("The events that stop it. Default: runlevel [!2345]."),
  })
  .meta({ id: "UpstartOptions" });

const serviceNames = z.array(line.regex(/^[A-Za-z0-9_.+-]+$/, "must be the name of a service"));

export const openrcOptionsSchema = z
  .strictObject({
    runlevel: line
      .regex(/^[A-Za-z0-9_.-]+$/, "must be the name of a run level")
      .optional()
      .describe("The run level that starts it. Default: default."),
    need: serviceNames.optional().describe("Services without which it is not started. Default: none."),
    use: serviceNames.optional().describe("Services that are started before it, if they are in its run level."),
    after: serviceNames.optional().describe("Services that are started before it, if they are started at all."),
  })
  .meta({ id: "OpenrcOptions" });

export const optionsSchema = z
  .strictObject({
    systemd: systemdOptionsSchema.optional().describe("For systemd: any directive, as it stands in a unit file."),
    lsb: initScriptOptionsSchema.optional().describe("For init scripts with LSB header."),
    startStopDaemon: initScriptOptionsSchema.optional().describe("For init scripts around start-stop-daemon."),
    upstart: upstartOptionsSchema.optional().describe("For upstart jobs."),
    openrc: openrcOptionsSchema.optional().describe("For OpenRC."),
  })
  .meta({ id: "ManagerOptions" });

/** What a user says of a service. Defaults are not filled in: unset is the manager's own default, or ours as described. */
export const serviceSchema = z.strictObject({
  connection: connectionSchema.optional().describe("How to reach the host. Default: the provider's."),
  name: line
    .max(200, "must be at most 200 characters")
    .describe("Name of the service, as its manager knows it. A change replaces the service."),
  displayName: line.optional().describe("Name for people."),
  description: line.optional().describe("What it is, in one line."),
  command: argv
    .optional()
    .describe("The program, by absolute path, and its arguments. Each arrives exactly as given: no shell."),
  workingDirectory: absolutePath.optional().describe("The folder that the program runs in."),
  umask: z
    .string()
    .regex(/^0?[0-7]{3}$/, 'must be three or four octal digits, such as "0027"')
    .optional()
    .describe("File mode creation mask in octal."),
  environment: z
    .record(z.string(), text)
    .optional()
    .describe("Environment variables. Secret values go to a file that only root can read."),
  runAs: runAsSchema.optional().describe("The user that the program runs as. Default: root."),
  startMode: z.enum(["automatic", "manual"]).optional().describe("Whether it starts at boot. Default: automatic."),
  running: z
    .union([z.boolean(), z.literal("unmanaged")], { error: 'must be true, false or "unmanaged"' })
    .optional()
    .describe('Whether it is to run: true, false, or "unmanaged". Default: true.'),
  hold: line
    .optional()
    .describe("Why a person stopped it: it is neither started nor stopped meanwhile, and every preview says why."),
  restart: restartSchema.optional().describe("What happens when the program ends by itself."),
  stop: stopSchema.optional().describe("How the program is ended."),
  reload: reloadSchema.optional().describe("How the program is told to read its configuration again, if it can."),
  requires: z
    .array(line)
    .optional()
    .describe("Names of services that are started before this one, and wanted with it."),
  logs: logsSchema.optional().describe("Where its output goes."),
  ready: readySchema.optional().describe("How to tell, on the host, that it does its work. A start counts only then."),
  settleSeconds: seconds
    .optional()
    .describe("How long it must stay up, the same process, before a start counts. Default: 3."),
  triggers: z.record(z.string(), z.unknown()).optional().describe("Any values; a change restarts the service."),
  whenChanged: z
    .enum(["restart", "reload", "defer"])
    .optional()
    .describe(
      "What happens to the running program after a change that it must read anew. Default: restart. `defer`: nothing, `restartPending` says so.",
    ),
  manager: z
    .enum(["auto", ...MANAGER_NAMES])
    .optional()
    .describe(
      "The service manager. Default: auto, the one that has a service of this name already, else the one that the host runs; it is kept once found. A change moves the service.",
    ),
  options: optionsSchema.optional().describe("What only one manager has."),
  existing: z
    .boolean()
    .optional()
    .describe(
      "Somebody else defines the service: a package, an installer, an administrator. Whether it runs, starts at boot and is healthy is managed; its definition is read and never written. Default: false.",
    ),
  adopt: z
    .boolean()
    .optional()
    .describe("Take over a service of this name that this resource did not create. Default: false."),
  onFailedUpdate: z
    .enum(["rollback", "keep"])
    .optional()
    .describe(
      "When an update does not come up: back to the definition that ran before (the default), or keep what is there.",
    ),
});

export type ServiceInputs = z.infer<typeof serviceSchema>;
export type Ready = z.infer<typeof readySchema>;

const liveFileSchema = z
  .strictObject({
    path: z.string().describe("Where it lies."),
    owner: z.string().describe("Its owner and group, `root:root`."),
    mode: z.string().describe("Its permissions, four octal digits."),
    sha256: z.string().optional().describe("Hash of its content; none for a file that holds secrets."),
  })
  .meta({ id: "LiveFile" });

const observationSchema = z
  .strictObject({
    property: z.string().describe("What it is about: `command`, `runAs.user`, `environment.LANG`, `pidFile`."),
    value: z.unknown().optional().describe("What the definition says, where that is certain."),
    unknown: z.string().optional().describe("Why it can't be known without running the program."),
    file: z.string().describe("The file it stands in."),
    line: z.number().int().optional().describe("The line, from 1."),
  })
  .meta({ id: "Observation" });

const unmappedSchema = z
  .strictObject({
    file: z.string().describe("The file it stands in."),
    line: z.string().describe("The line."),
  })
  .meta({ id: "UnmappedLine" });

/** What a service has beside the properties of its definition, once it is on a host. */
export const serviceOutputsSchema = z.strictObject({
  manager: z.string().describe("The service manager that has it."),
  machineId: z.string().describe("The machine's own id (machine-id(5))."),
  status: z
    .enum(["running", "stopped", "failed", "flapping", "notReady", "notInstalled", "unknown"])
    .describe(
      "How it is: running, stopped, failed, flapping (restarted again and again), notReady (runs, but does not do its work), unknown (nothing on the host tells; then it is neither started nor stopped).",
    ),
  pid: z.number().int().optional().describe("Process id of its main process."),
  restartCount: z
    .number()
    .int()
    .describe("How often the manager has restarted it by itself since it was last started."),
  files: z.array(liveFileSchema).describe("The files that make it up on the host."),
  observed: z
    .array(observationSchema)
    .optional()
    .describe("Of an existing service: what could be read of its definition, each with where it stands. For people."),
  unmapped: z.array(unmappedSchema).describe("Lines found on the host that no property covers."),
  restartPending: z.boolean().describe("The program still runs an older definition than the one on the host."),
  logHint: z.string().describe("The command that shows its log."),
  ownerId: z.string().optional().describe("Random id in the marker on the host: whose service it is."),
});

/** What may be said of a service that somebody else defines. */
export const existingProperties = [
  "connection",
  "name",
  "existing",
  "manager",
  "startMode",
  "running",
  "hold",
  "ready",
  "settleSeconds",
  "triggers",
  "whenChanged",
] as const satisfies readonly (keyof ServiceInputs)[];

/** What is said of a definition beside `existing: true`, which says that somebody else writes it. */
export function existingIssues(values: Readonly<Record<string, unknown>>): Issue[] {
  if (values.existing !== true) return [];
  const allowed: readonly string[] = existingProperties;
  return Object.keys(serviceSchema.shape)
    .filter((property) => values[property] !== undefined && !allowed.includes(property))
    .map((property) => ({
      path: [property],
      message:
        "can't be given together with existing: true, which says that somebody else defines the service: take one of the two out",
    }));
}

/** Properties that say how we go about it and not what the service is: they live in inputs only. */
export const policyProperties = [
  "connection",
  "hold",
  "ready",
  "settleSeconds",
  "whenChanged",
  "adopt",
  "onFailedUpdate",
] as const satisfies readonly (keyof ServiceInputs)[];
