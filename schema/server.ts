import { z } from "zod";
import { syntaxOf } from "../model/hostPath";
import { connectionSchema } from "./connection";
import { readySchema, runAsSchema, serviceSchema } from "./service";
import { absolutePath, line, port } from "./text";

/** Bots imports the folder as a Python package: a dot in its name would be read as a package in a package. */
const configFolder = absolutePath.refine(
  (path) => !syntaxOf(path).basename(path).includes("."),
  "must not have a dot in its last part: Bots imports it as a Python package",
);

export const installationSchema = z
  .strictObject({
    existing: z
      .boolean()
      .refine(
        (existing) => existing,
        "must be true: Bots has to be on the host already, installing it is not built yet",
      )
      .describe("Bots is on the host already. Must be true."),
    bin: absolutePath.describe(
      "The folder of the Bots programs: `/usr/local/bin`, or the `bin` of a virtual environment.",
    ),
    suffix: z
      .literal(".py")
      .optional()
      .describe("What the names of the programs end with, when not as they are: `.py` up to Bots 3.2."),
    flavour: z
      .enum(["classic", "4.x"])
      .optional()
      .describe("Which line of Bots it is: `classic` (the default), all up to 3.3.1, or `4.x`."),
  })
  .meta({ id: "ExistingBots" });

export const environmentSchema = z
  .strictObject({
    path: absolutePath.describe("The folder of the Bots environment. The daemons run in it."),
    config: z
      .union([configFolder, z.literal(false)], { error: "must be an absolute path or false" })
      .optional()
      .describe("The folder of bots.ini and settings.py. Default: `config` in `path`. `false`: no `-c`."),
    name: line
      .regex(/^[A-Za-z0-9_-]+$/, 'may hold letters, digits, "_" and "-" only')
      .optional()
      .describe("Bots 4.x: the name of the environment (BOTSENV). Default: default."),
    web: z
      .strictObject({
        port: port.optional().describe("`[webserver] port` of bots.ini. Default: 8080."),
        tls: z.boolean().optional().describe("bots.ini gives it a certificate: it speaks https. Default: false."),
      })
      .meta({ id: "BotsWeb" })
      .optional()
      .describe("The web interface."),
    queue: z
      .strictObject({ port: port.optional().describe("`[jobqueue] port` of bots.ini. Default: 28082.") })
      .meta({ id: "BotsQueue" })
      .optional()
      .describe("The job queue."),
  })
  .meta({ id: "BotsEnvironmentSettings" });

/** Another probe than the preset's, or another time limit for it. */
const probe = z
  .strictObject(readySchema.shape)
  .refine(
    (ready) => [ready.tcp, ready.http, ready.command].filter((kind) => kind !== undefined).length <= 1,
    "give only one of tcp, http, command",
  )
  .meta({ id: "DaemonReady" });

/** What may differ from the preset of a daemon: anything of a service, but not where it is. */
export const daemonSchema = serviceSchema
  .omit({ connection: true, ready: true })
  .partial()
  .extend({
    ready: z
      .union([probe, z.literal(false)], { error: "must be an object or false" })
      .optional()
      .describe("Instead of the preset's probe. `false`: no probe."),
  })
  .meta({ id: "Daemon" });

const daemon = z.union([z.boolean(), daemonSchema], { error: "must be true, false or an object" }).optional();

export const daemonsSchema = z
  .strictObject({
    webserver: daemon.describe("The web interface. Default: true."),
    jobQueue: daemon.describe("The job queue server. Default: false."),
    dirMonitor: daemon.describe("The directory monitor. Default: false."),
  })
  .meta({ id: "Daemons" });

/** A host with Bots on it: what `BotsServer` takes, and what an entry of `edi:servers` holds. */
export const serverSchema = z.strictObject({
  connection: connectionSchema.optional().describe("How to reach the host. `host` is the server's name by default."),
  bots: installationSchema.describe("The Bots programs on the host."),
  environment: environmentSchema.describe("The Bots environment that they run."),
  daemons: daemonsSchema.optional().describe("Which daemons run, and what differs from their presets."),
  runAs: runAsSchema.optional().describe("The user that the daemons run as. Default: bots."),
  umask: serviceSchema.shape.umask.describe("File mode creation mask of the daemons in octal, quoted."),
  triggers: serviceSchema.shape.triggers.describe("Any values; a change restarts the daemons."),
  hold: serviceSchema.shape.hold.describe("Why a person stopped the daemons: they are neither started nor stopped."),
  adopt: serviceSchema.shape.adopt.describe("Take over services of these names that are there. Default: false."),
  suspended: connectionSchema.shape.suspended.describe("The host is not to be contacted, and why."),
});

/** What a server has to offer once it is there, to programs in other languages. */
export const serverOutputsSchema = z.strictObject({
  url: z
    .string()
    .optional()
    .describe("Where the web interface is, as seen from where Pulumi runs. None when it is off."),
  services: z
    .record(z.string(), z.string())
    .describe("The names of the services by daemon, of those that are on: `webserver`, `jobQueue`, `dirMonitor`."),
});

export type ServerInputs = z.infer<typeof serverSchema>;
