import * as z from "zod";
import { absolutePath, line } from "./text";
import { nssmOptionsSchema, srvanyOptionsSchema, windowsOptionsSchema } from "./windowsOptions";

const directives = z.record(
  z.string(),
  z.union([z.string(), z.array(z.string())], { error: "must be text or a list of texts" }),
);

const systemdOptionsSchema = z
  .strictObject({
    unit: directives.optional().meta({
      description: "Directives of the [Unit] section (systemd.unit(5)).",
      examples: [{ After: "postgresql.service" }],
    }),
    service: directives.optional().meta({
      description: "Directives of the [Service] section (systemd.service(5), systemd.exec(5), systemd.kill(5)).",
      examples: [{ LimitNOFILE: "4096" }],
    }),
    install: directives.optional().meta({
      description: "Directives of the [Install] section.",
      default: { WantedBy: "multi-user.target" },
    }),
  })
  .meta({
    id: "SystemdOptions",
    description:
      "Any directive of a systemd unit, by name: text as it is written in a unit file, or a list for a directive that appears several times. A directive that a property already sets is an error.",
    examples: [
      { service: { LimitNOFILE: "4096", ExecStartPre: ["/bin/mkdir -p /run/edi", "/bin/chown bots /run/edi"] } },
    ],
  });

const runlevel = z.number().int("must be a run level from 1 to 5").min(1, "must be a run level from 1 to 5");
const facility = line.regex(
  /^(\$[a-z_]+|[A-Za-z0-9_.+-]+)$/,
  "must be a facility such as $network, or a script's name",
);

export const initScriptOptionsSchema = z
  .strictObject({
    pidFile: absolutePath.optional().meta({
      description: "Absolute path of the pid file, in a directory that exists.",
      unset: "`/var/run/NAME.pid`",
    }),
    runlevels: z
      .array(runlevel.max(5, "must be a run level from 1 to 5"))
      .min(1, "must name a run level")
      .refine((levels) => new Set(levels).size === levels.length, "must not name a run level twice")
      .optional()
      .meta({
        description: "Run levels that start the service, from 1 to 5. All other run levels stop it.",
        default: [2, 3, 4, 5],
      }),
    requiredStart: z
      .array(facility)
      .optional()
      .meta({
        description: "Facilities and scripts that must be available when the service starts.",
        default: ["$remote_fs", "$network"],
      }),
    requiredStop: z.array(facility).optional().meta({
      description: "Facilities and scripts that must still be available when the service stops.",
      unset: "the value of `requiredStart`",
    }),
  })
  .meta({
    id: "InitScriptOptions",
    description: "Options of init scripts: the pid file, and the header of the Linux Standard Base.",
  });

const upstartOptionsSchema = z
  .strictObject({
    author: line.optional().meta({ description: "Who maintains the job (`author`)." }),
    startOn: line
      .optional()
      .meta({ description: "The events that start the job (`start on`).", default: "runlevel [2345]" }),
    stopOn: line
      .optional()
      .meta({ description: "The events that stop the job (`stop on`).", default: "runlevel [!2345]" }),
  })
  .meta({ id: "UpstartOptions", description: "Stanzas of an upstart job (init(5) of upstart)." });

const serviceNames = z.array(line.regex(/^[A-Za-z0-9_.+-]+$/, "must be the name of a service"));

const openrcOptionsSchema = z
  .strictObject({
    runlevel: line
      .regex(/^[A-Za-z0-9_.-]+$/, "must be the name of a run level")
      .optional()
      .meta({ description: "The run level that starts the service.", default: "default" }),
    need: serviceNames.optional().meta({
      description: "Services that start before this one. If one of them fails, this one is not started.",
      unset: "none",
    }),
    use: serviceNames
      .optional()
      .meta({ description: "Services that start before this one if they are in its run level.", unset: "none" }),
    after: serviceNames
      .optional()
      .meta({ description: "Services that start before this one if they are started at all.", unset: "none" }),
  })
  .meta({ id: "OpenrcOptions", description: "Dependencies and run level of an OpenRC service (openrc-run(8))." });

export const optionsSchema = z
  .strictObject({
    systemd: systemdOptionsSchema.optional().meta({ description: "For `systemd`: any directive of the unit." }),
    lsb: initScriptOptionsSchema.optional().meta({ description: "For `lsb`: init scripts with an LSB header." }),
    startStopDaemon: initScriptOptionsSchema
      .optional()
      .meta({ description: "For `startStopDaemon`: init scripts that use start-stop-daemon(8)." }),
    upstart: upstartOptionsSchema.optional().meta({ description: "For `upstart`: stanzas of the job." }),
    openrc: openrcOptionsSchema.optional().meta({ description: "For `openrc`: dependencies and run level." }),
    nssm: nssmOptionsSchema.optional().meta({ description: "For `nssm`: where nssm.exe is, how it stops, its logs." }),
    srvany: srvanyOptionsSchema.optional().meta({ description: "For `srvany`: where srvany.exe is." }),
    windows: windowsOptionsSchema
      .optional()
      .meta({ description: "For all managers of Windows: what the service control manager has." }),
  })
  .meta({
    id: "ManagerOptions",
    description:
      "Options that only one service manager has, or one platform. Options of a manager that does not run the service are an error.",
    examples: [{ systemd: { service: { LimitNOFILE: "4096" } } }],
  });

export type ManagerOptions = z.infer<typeof optionsSchema>;

/** The names of the service managers. Most of them have options of their own. */
export type ManagerName = Exclude<keyof ManagerOptions, "windows"> | "scm";
