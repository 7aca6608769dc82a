import * as z from "zod";
import { words } from "./about";
import { absolutePath, line, seconds } from "./text";

const cpu = z.number().int("must be a CPU from 0 to 63").min(0, "must be a CPU from 0 to 63");

export const nssmOptionsSchema = z
  .strictObject({
    path: absolutePath.optional().meta({
      description: "Absolute path of nssm.exe on the host. The file must be there already.",
      unset:
        "the nssm.exe that the service has, or else the first one in `C:\\Program Files\\pulumi-bots`, in the folders of Chocolatey and Scoop, in `C:\\Program Files\\nssm`, or on the PATH",
    }),
    upload: line.optional().meta({
      description:
        "Path of an nssm.exe on the computer that runs Pulumi; `~/` is the home directory. Over SSH, the provider copies it to `C:\\Program Files\\pulumi-bots\\bin` when the host has no nssm.exe, and leaves it there.",
      examples: ["./nssm.exe"],
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

export const srvanyOptionsSchema = z
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

export const windowsOptionsSchema = z
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
