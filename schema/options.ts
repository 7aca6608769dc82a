import * as z from "zod";
import { words } from "./about";
import { absolutePath, line, seconds } from "./text";

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

const cpu = z.number().int("must be a CPU from 0 to 63").min(0, "must be a CPU from 0 to 63");

const nssmOptionsSchema = z
  .strictObject({
    path: absolutePath.optional().meta({
      description: "Absolute path of nssm.exe on the host. The file must be there already.",
      unset:
        "the nssm.exe that the service has, or else the first one in `C:\\Program Files\\pulumi-bots`, in the folders of Chocolatey and Scoop, in `C:\\Program Files\\nssm`, or on the PATH",
    }),
    noConsole: z.boolean().optional().meta({
      description:
        "Runs the program without a console (`AppNoConsole`), so that it gets no Ctrl-C. NSSM 2.24 starts no program otherwise on Windows 10 1703 and later; newer builds such as 2.24-101 do.",
      default: false,
    }),
    throttleSeconds: seconds.optional().meta({
      description:
        "How long the program must run for NSSM to count its start (`AppThrottle`). After a shorter run NSSM waits longer before each restart, and the service is paused meanwhile.",
      unit: "seconds",
      default: 1.5,
    }),
    stopMethods: z
      .array(
        words("NssmStopMethod", {
          console: "Ctrl-C, to every process of the console",
          window: "WM_CLOSE, to the windows of the program",
          threads: "WM_QUIT, to the threads of the program",
        }),
      )
      .refine((methods) => new Set(methods).size === methods.length, "must not name a method twice")
      .optional()
      .meta({
        description:
          "How NSSM asks the program to exit (`AppStopMethodSkip`), always in the order console, window, threads. A program that is still there afterwards is killed.",
        default: ["console", "window", "threads"],
      }),
    stopWindowSeconds: seconds.optional().meta({
      description:
        "How long the program may take to exit after WM_CLOSE. `stop.timeoutSeconds` is the time after Ctrl-C.",
      unit: "seconds",
      default: 1.5,
    }),
    stopThreadsSeconds: seconds.optional().meta({
      description: "How long the program may take to exit after WM_QUIT.",
      unit: "seconds",
      default: 1.5,
    }),
    priority: words("NssmPriority", {
      realtime: "before everything else, the system's own work too",
      high: "high",
      aboveNormal: "above normal",
      normal: "normal",
      belowNormal: "below normal",
      idle: "only when nothing else runs",
    })
      .optional()
      .meta({ description: "The priority class of the program (`AppPriority`).", default: "normal" }),
    affinity: z
      .array(cpu.max(63, "must be a CPU from 0 to 63"))
      .min(1, "must name a CPU")
      .refine((cpus) => new Set(cpus).size === cpus.length, "must not name a CPU twice")
      .optional()
      .meta({ description: "The CPUs that the program may use, from 0 (`AppAffinity`).", unset: "all" }),
    rotate: z
      .strictObject({
        bytes: z.number().int("must be a whole number").min(0, "must not be negative").optional().meta({
          description: "Only a file of at least this size is renamed.",
          unit: "bytes",
          default: 0,
        }),
        seconds: z
          .number()
          .int("must be a whole number")
          .min(0, "must not be negative")
          .max(0xffff_ffff, "must be at most 4294967295")
          .optional()
          .meta({
            description: "At a start, only a file that was last written at least this long ago is renamed.",
            unit: "seconds",
            default: 0,
          }),
        online: z.boolean().optional().meta({
          description: "Renames a file also while the service runs, as soon as it has `bytes`.",
          default: false,
        }),
      })
      .meta({
        id: "NssmRotation",
        description: "When NSSM renames a log file and begins a new one. It never deletes a renamed file.",
        examples: [{ bytes: 10_000_000, online: true }],
      })
      .optional()
      .meta({ description: "Rotates the files of `logs` at each start (`AppRotateFiles`).", unset: "no rotation" }),
  })
  .meta({
    id: "NssmOptions",
    description: "What only NSSM has.",
    examples: [{ path: "C:\\tools\\nssm.exe", rotate: { bytes: 10_000_000 } }],
  });

const srvanyOptionsSchema = z
  .strictObject({
    path: absolutePath.optional().meta({
      description: "Absolute path of srvany.exe or srvany-ng.exe on the host. The file must be there already.",
      unset:
        "the one that the service has, or else the first one in System32, in `C:\\Program Files\\pulumi-bots`, in the folder of the Resource Kit, or on the PATH",
    }),
  })
  .meta({
    id: "SrvanyOptions",
    description: "What only srvany has.",
    examples: [{ path: "C:\\tools\\srvany-ng.exe" }],
  });

const failureActionsSchema = z
  .strictObject({
    actions: z
      .array(
        z
          .strictObject({
            type: words("FailureActionType", {
              restart: "start the service again",
              reboot: "restart the computer",
              run: "run `command`",
              none: "nothing",
            }).meta({ description: "What to do." }),
            delaySeconds: seconds.max(4_294_967, "must be at most 4294967").optional().meta({
              description: "How long to wait before that.",
              unit: "seconds",
              default: 0,
            }),
          })
          .meta({ id: "FailureAction", description: "What Windows does after a failure of a service." }),
      )
      .min(1, "must name an action")
      .max(16, "must name at most 16 actions")
      .meta({ description: "After the first failure, the second, and so on. The last one counts for all later ones." }),
    resetSeconds: z
      .number()
      .int("must be a whole number")
      .min(0, "must not be negative")
      .max(4_294_967_294, "must be at most 4294967294")
      .optional()
      .meta({
        description: "After so long without a failure, the count of failures begins again.",
        unit: "seconds",
        unset: "never",
      }),
    command: line.optional().meta({ description: "The command line that the action `run` runs." }),
    rebootMessage: line.optional().meta({ description: "What the action `reboot` tells the users first." }),
    onNonCrashFailures: z.boolean().optional().meta({
      description:
        "Counts as a failure also that the service reports an exit code other than 0. Otherwise only the end of its process without a report counts.",
      default: false,
    }),
  })
  .meta({
    id: "FailureActions",
    description: "What Windows does when the process of a service fails (`sc failure`).",
    examples: [{ actions: [{ type: "restart", delaySeconds: 60 }], resetSeconds: 86400 }],
  });

const windowsOptionsSchema = z
  .strictObject({
    failureActions: failureActionsSchema.optional().meta({
      description:
        "What Windows does when the service fails. Under a wrapper such as NSSM that is the failure of the wrapper: `restart` is about the program. Under `scm` use `restart`, unless it can't say it.",
      unset: "nothing",
    }),
    serviceSid: words("ServiceSid", {
      none: "the service has no SID of its own",
      unrestricted: "`NT SERVICE\\NAME` can be given rights on files",
      restricted: "the same, and the service can write only what is open to it or to everyone",
    })
      .optional()
      .meta({ description: "The SID of the service in its token (`sc sidtype`).", default: "none" }),
    group: line.optional().meta({
      description: "The load order group. A service with a delayed start can't be in one.",
      unset: "none",
    }),
  })
  .meta({
    id: "WindowsOptions",
    description: "What the service control manager has for every service of Windows, whatever its `manager`.",
    examples: [{ serviceSid: "unrestricted" }],
  });

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
