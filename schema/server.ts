import * as z from "zod";
import { syntaxOf } from "../model/hostPath";
import { words } from "./about";
import { connectionSchema } from "./connection";
import { runAsSchema } from "./definition";
import { readySchema } from "./ready";
import { serviceSchema } from "./service";
import { absolutePath, line, port } from "./text";

/** Bots imports the directory as a Python package, and Python would take a dot in its name for a subpackage. */
const configFolder = absolutePath.refine(
  (path) => !syntaxOf(path).basename(path).includes("."),
  "must not have a dot in its last part: Bots imports it as a Python package",
);

const installationSchema = z
  .strictObject({
    existing: z
      .boolean()
      .refine(
        (existing) => existing,
        "must be true: this package can't install Bots yet, so Bots must be on the host already",
      )
      .meta({ description: "Bots is installed on the host already. Must be true." }),
    bin: absolutePath.meta({
      description:
        "The directory of the Bots programs: an absolute path, such as `/usr/local/bin`, the `bin` of a virtual environment, or `Scripts` on Windows. A path of Windows means that the host is a Windows host.",
      examples: ["/opt/bots/bin"],
    }),
    suffix: z.literal(".py").optional().meta({
      description:
        "Suffix of the programs' names: `.py` for Bots up to 3.2. On Windows, they are then run by `python.exe` in the directory above `bin`.",
      unset: "none, or `.exe` on Windows",
    }),
    flavour: words("BotsFlavour", { classic: "every release up to 3.3.1", "4.x": "Bots 4" })
      .optional()
      .meta({ description: "Which release line of Bots it is.", default: "classic" }),
  })
  .meta({
    id: "ExistingBots",
    description: "The Bots programs on a host.",
    examples: [{ existing: true, bin: "/opt/bots/bin" }],
  });

const environmentSchema = z
  .strictObject({
    path: absolutePath.meta({
      description: "The directory of the Bots environment: an absolute path. The daemons run in it.",
      examples: ["/srv/bots"],
    }),
    config: z
      .union([configFolder, z.literal(false)], { error: "must be an absolute path or false" })
      .optional()
      .meta({
        description:
          "The directory of bots.ini and settings.py: an absolute path. `false` starts the daemons without `-c`; which configuration Bots reads then depends on the flavour, and a warning names it.",
        unset: "`config` in `path`",
      }),
    name: line
      .regex(/^[A-Za-z0-9_-]+$/, 'may contain only letters, digits, "_" and "-"')
      .optional()
      .meta({ description: "Bots 4 only: the name of the environment (`BOTSENV`).", default: "default" }),
    web: z
      .strictObject({
        port: port.optional().meta({
          description: "`[webserver] port` of bots.ini. It tells the probe where to look; it does not set the port.",
          default: 8080,
        }),
        tls: z
          .boolean()
          .optional()
          .meta({ description: "bots.ini names a certificate, so the web interface uses HTTPS.", default: false }),
      })
      .meta({ id: "BotsWeb", description: "The web interface, as bots.ini configures it." })
      .optional()
      .meta({ description: "The web interface, as bots.ini configures it." }),
    queue: z
      .strictObject({
        port: port.optional().meta({
          description: "`[jobqueue] port` of bots.ini. It tells the probe where to look; it does not set the port.",
          default: 28082,
        }),
      })
      .meta({ id: "BotsQueue", description: "The job queue server, as bots.ini configures it." })
      .optional()
      .meta({ description: "The job queue server, as bots.ini configures it." }),
  })
  .meta({
    id: "BotsEnvironmentSettings",
    description: "A Bots environment on a host: its directories, and what its bots.ini says.",
    examples: [{ path: "/srv/bots", web: { port: 8080 } }],
  });

/** The probe of a daemon. Without tcp, http and command it only changes the time limit of the preset's probe. */
export const probeSchema = z
  .strictObject(readySchema.shape)
  .refine(
    (ready) => [ready.tcp, ready.http, ready.command].filter((kind) => kind !== undefined).length <= 1,
    "give only one of tcp, http, command",
  )
  .meta({
    id: "DaemonReady",
    description: "A probe that replaces the preset's, or only another time limit for the preset's probe.",
    examples: [{ timeoutSeconds: 120 }],
    exclusive: [["tcp", "http", "command"]],
  });

const { existing, name, ...others } = serviceSchema.omit({ connection: true, ready: true }).shape;

/** What may differ from the preset of a daemon: every property of a service except `connection`. */
export const daemonSchema = z
  .strictObject({
    ...others,
    name: name.optional().meta({
      description: "Name of the service, as the service manager knows it.",
      unset: "the name of the program, such as `bots-webserver`",
      change: "A change replaces the service.",
    }),
    existing: existing.meta({
      description:
        "Somebody else defines the daemon's service. Its definition stays as it is; the preset provides the probe.",
      default: false,
      plain: true,
      examples: [{ existing: true, name: "bots-web" }],
    }),
    ready: z
      .union([probeSchema, z.literal(false)], { error: "must be an object or false" })
      .optional()
      .meta({
        description:
          "Another probe, or another `timeoutSeconds` for the preset's probe. `false`: a daemon that stays up is ready.",
        unset: "the preset's probe",
      }),
  })
  .meta({
    id: "Daemon",
    description:
      "What differs from the preset of a daemon: any property of a service except `connection`. Objects are merged with the preset, `requires` adds to it, everything else replaces it.",
    examples: [{ environment: { TZ: "UTC" } }],
  });

const daemon = z.union([z.boolean(), daemonSchema], { error: "must be true, false or an object" }).optional();

export const daemonsSchema = z
  .strictObject({
    webserver: daemon.meta({
      description: "The web interface, bots-webserver.",
      default: true,
      plain: true,
    }),
    jobQueue: daemon.meta({
      description: "The job queue server, bots-jobqueueserver. It needs `[jobqueue] enabled = True` in bots.ini.",
      default: false,
      plain: true,
    }),
    dirMonitor: daemon.meta({
      description: "The directory monitor, bots-dirmonitor. It needs a job queue server and starts after it.",
      default: false,
      plain: true,
    }),
  })
  .meta({
    id: "Daemons",
    description:
      "Which daemons run: `true`, `false`, or an object with what differs from the preset. `false` leaves a daemon unmanaged.",
    examples: [{ webserver: true, jobQueue: true, dirMonitor: { environment: { TZ: "UTC" } } }],
  });

/** A host with Bots on it: what `BotsServer` takes, and what an entry of `edi:servers` holds. */
export const serverSchema = z
  .strictObject({
    connection: connectionSchema.optional().meta({
      description: "How to reach the host. Unless set, its `host` is the name of this server.",
    }),
    bots: installationSchema.meta({ description: "The Bots programs on the host." }),
    environment: environmentSchema.meta({ description: "The Bots environment that the daemons run in." }),
    daemons: daemonsSchema.optional().meta({
      description: "Which daemons run, and what differs from their presets.",
      default: { webserver: true },
      plain: true,
    }),
    runAs: runAsSchema.optional().meta({
      description: "The user and group that the daemons run as.",
      unset: '`{ user: "bots" }`; on Windows LocalSystem',
    }),
    umask: serviceSchema.shape.umask.meta({
      description: "File mode creation mask of the daemons: three or four octal digits, as text.",
      unset: "the service manager's own",
      examples: ["0027"],
    }),
    triggers: serviceSchema.shape.triggers.meta({
      description: "Any values, such as the hash of bots.ini. A change restarts the daemons.",
    }),
    hold: serviceSchema.shape.hold.meta({
      description:
        "Why a person stopped the daemons on purpose. While it is set, they are neither started nor stopped, and every preview shows the reason.",
      examples: ["restore from backup"],
    }),
    adopt: serviceSchema.shape.adopt.meta({
      description:
        "Take over services of these names that this server did not create. Their former definitions are kept on the host.",
      default: false,
      examples: [],
    }),
    suspended: connectionSchema.shape.suspended.meta({
      description: "Why the host must not be contacted. Its services stay in the state as they are.",
      examples: ["being rebuilt until Friday"],
    }),
  })
  .meta({ description: "A host with Bots on it." });

/** The outputs of a server, for programs in other languages. */
export const serverOutputsSchema = z.strictObject({
  url: z.string().optional().meta({
    description: "URL of the web interface, as seen from the computer that runs Pulumi. Unset when it is off.",
  }),
  services: z
    .record(z.string(), z.string())
    .meta({ description: "The names of the services by daemon: `webserver`, `jobQueue`, `dirMonitor`." }),
});

export type ServerInputs = z.infer<typeof serverSchema>;
