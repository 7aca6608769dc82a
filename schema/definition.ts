import * as z from "zod";
import { words } from "./about";
import { account, argv, line, seconds, secretText } from "./text";

const signal = line.regex(/^SIG[A-Z0-9+-]+$/, "must be a signal name, such as SIGTERM");
const count = z.number().int("must be a whole number").min(0, "must not be negative");

export const runAsSchema = z
  .strictObject({
    user: account.optional().meta({
      description:
        "User name or numeric id. On Windows `LocalSystem`, `LocalService`, `NetworkService`, the service's own account `NT SERVICE\\NAME`, a group managed account `DOMAIN\\NAME$`, or, with `password`, `.\\NAME`, `DOMAIN\\NAME` or `NAME@DOMAIN`.",
      unset: "root; on Windows LocalSystem",
    }),
    password: secretText.optional().meta({
      description:
        "The password of the account, on Windows: for an account of the host or of a domain. It is set when it is new or has changed.",
      unset: "none, for accounts without a password",
      change: "A change restarts nothing.",
    }),
    group: account.optional().meta({ description: "Group name or numeric id.", unset: "the user's own group" }),
  })
  .meta({ id: "RunAs", description: "The user and group that the program runs as.", examples: [{ user: "bots" }] });

export const restartSchema = z
  .strictObject({
    policy: words("RestartPolicy", {
      always: "after every exit",
      onFailure: "after an exit with an error",
      never: "the manager does not restart it",
    })
      .optional()
      .meta({ description: "When the manager restarts a program that exits.", unset: "the service manager's own" }),
    delaySeconds: seconds.optional().meta({
      description: "Time between the exit and the next start.",
      unit: "seconds",
      unset: "the service manager's own",
    }),
    maxAttempts: count.optional().meta({
      description:
        "How many starts in a row may fail, each within ten seconds, before the manager gives up. 0: no limit.",
      unset: "the service manager's own",
    }),
  })
  .meta({
    id: "Restart",
    description: "What the manager does when the program exits.",
    examples: [{ policy: "always", delaySeconds: 5, maxAttempts: 0 }],
  });

export const stopSchema = z
  .strictObject({
    signal: signal.optional().meta({
      description: "The signal that asks the program to exit.",
      unset: "the service manager's own, usually SIGTERM",
    }),
    timeoutSeconds: seconds.optional().meta({
      description: "How long the program may take to exit before it is killed.",
      unit: "seconds",
      unset: "the service manager's own",
    }),
    mode: words("StopMode", {
      mixed: "the signal goes to the main process; after the time limit all processes are killed",
      process: "only the main process gets the signal and is killed",
      group: "all processes of the service get the signal and are killed",
    })
      .optional()
      .meta({ description: "Which processes are stopped.", unset: "the service manager's own" }),
  })
  .meta({
    id: "Stop",
    description: "How the program is stopped.",
    examples: [{ signal: "SIGTERM", timeoutSeconds: 30, mode: "mixed" }],
  });

export const reloadSchema = z
  .strictObject({
    signal: signal.optional().meta({ description: "The signal that makes the program read its configuration again." }),
    command: argv.optional().meta({
      description: "The command that makes the program read its configuration again: an absolute path and arguments.",
    }),
  })
  .refine((reload) => (reload.signal === undefined) !== (reload.command === undefined), "give either signal or command")
  .meta({
    id: "Reload",
    description: "How the program is told to read its configuration again. Give either `signal` or `command`.",
    examples: [{ signal: "SIGHUP" }],
    exclusive: [["signal", "command"]],
  });

export const logsSchema = z
  .strictObject({
    stdout: line.optional().meta({
      description: "Where standard output goes: an absolute path, or `discard`.",
      unset: "the service manager's own log",
    }),
    stderr: line.optional().meta({
      description: "Where standard error goes: an absolute path, or `discard`.",
      unset: "the value of `stdout`",
    }),
  })
  .meta({
    id: "Logs",
    description: "Where the program's output goes.",
    examples: [{ stdout: "/var/log/bots/web.log" }],
  });
