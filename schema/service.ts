import * as z from "zod";
import type { Issue } from "../model/errors";
import { words } from "./about";
import { connectionSchema } from "./connection";
import { logsSchema, reloadSchema, restartSchema, runAsSchema, stopSchema } from "./definition";
import { optionsSchema, type ManagerName } from "./options";
import { readySchema } from "./ready";
import { absolutePath, argv, line, seconds, text } from "./text";

/**
 * The inputs of a service. Defaults are not filled in: an unset property has the service manager's own default, or ours
 * where the description names one.
 */
export const serviceSchema = z
  .strictObject({
    connection: connectionSchema.optional().meta({
      description: "How to reach the host.",
      unset: "the provider's `connection`",
      change: "A change of `host` replaces the service. Any other change touches nothing on the host.",
    }),
    name: line.max(200, "must be at most 200 characters").meta({
      description: "Name of the service, as the service manager knows it.",
      change: "A change replaces the service.",
      examples: ["bots-webserver"],
    }),
    displayName: line.optional().meta({ description: "Human-readable name.", examples: ["Bots Webserver"] }),
    description: line.optional().meta({ description: "What the service does, in one line." }),
    command: argv.optional().meta({
      description:
        "The program, by absolute path, and its arguments. Each argument arrives exactly as given; no shell is involved. Required, unless `options.systemd.service.ExecStart` is set.",
      examples: [["/opt/bots/bin/bots-webserver", "-c/srv/bots/config"]],
    }),
    workingDirectory: absolutePath.optional().meta({
      description: "The directory that the program runs in: an absolute path.",
      unset: "the service manager's own",
    }),
    umask: z
      .string()
      .regex(/^0?[0-7]{3}$/, 'must be three or four octal digits, such as "0027"')
      .optional()
      .meta({
        description: "File mode creation mask: three or four octal digits, as text.",
        unset: "the service manager's own",
        examples: ["0027"],
      }),
    environment: z
      .record(z.string(), text)
      .optional()
      .meta({
        description:
          "Environment variables. Secret values go to a file that only root can read; on Windows they are refused. Every user of the host can read the other values.",
        examples: [{ BOTSENV: "default" }],
      }),
    runAs: runAsSchema
      .optional()
      .meta({ description: "The user and group that the program runs as.", unset: "root; on Windows LocalSystem" }),
    startMode: words("StartMode", {
      automatic: "start at boot",
      delayed: "start some minutes after boot (Windows)",
      manual: "do not start at boot",
      disabled: "never start, not even by hand (Windows)",
    })
      .optional()
      .meta({ description: "Whether the service starts at boot.", default: "automatic" }),
    running: z
      // Not an enum type: Go's SDK turns a union with an enum into a string, so a Go program could not set false.
      .union([z.boolean(), z.literal("unmanaged")], {
        error: 'must be true, false or "unmanaged"',
      })
      .optional()
      .meta({
        description: 'Whether the service runs: true, false, or "unmanaged", which leaves it as it is.',
        default: true,
        change: "A change starts or stops the service.",
      }),
    hold: line.optional().meta({
      description:
        "Why a person stopped the service on purpose. While it is set, the service is neither started nor stopped, and every preview shows the reason.",
      examples: ["restore from backup"],
      change: "Setting it touches nothing on the host. Removing it lets the next update start or stop the service.",
    }),
    restart: restartSchema.optional().meta({ description: "What the manager does when the program exits." }),
    stop: stopSchema.optional().meta({ description: "How the program is stopped." }),
    reload: reloadSchema.optional().meta({
      description: "How the program is told to read its configuration again, if it can. The Bots daemons can't.",
    }),
    requires: z
      .array(line)
      .optional()
      .meta({
        description:
          "Names of services that start before this one and are started with it. Take the names from the resources, so that Pulumi keeps the order.",
        examples: [["postgresql"]],
      }),
    logs: logsSchema
      .optional()
      .meta({ description: "Where the program's output goes.", unset: "the service manager's own log" }),
    ready: readySchema.optional().meta({
      description:
        "How to tell, on the host, that the service does its work. A start counts only when this probe succeeds.",
      unset: "a service that stays up is ready",
    }),
    settleSeconds: seconds.optional().meta({
      description: "How long the same process must stay up before a start counts.",
      unit: "seconds",
      default: 3,
    }),
    triggers: z
      .record(z.string(), z.unknown())
      .optional()
      .meta({
        description: "Any values, such as the hash of a configuration file.",
        examples: [{ config: "sha256:4f53…" }],
      }),
    whenChanged: words("WhenChanged", {
      restart: "restart the program",
      reload: "reload the program, as `reload` says",
      defer: "do nothing; the output `restartPending` is then true",
    })
      .optional()
      .meta({ description: "What to do after a change that the running program must notice.", default: "restart" }),
    manager: words("ServiceManager", {
      auto: "the manager that has a service of this name, otherwise the one that the host runs; the choice is kept",
      systemd: "systemd",
      lsb: "init scripts with an LSB header",
      startStopDaemon: "init scripts that use start-stop-daemon(8)",
      upstart: "upstart",
      openrc: "OpenRC",
      nssm: "NSSM (the Non-Sucking Service Manager), on Windows",
      srvany: "srvany of Microsoft's Resource Kit, or srvany-ng",
      scm: "none: the program is a Windows service itself",
    } satisfies Record<"auto" | ManagerName, string>)
      .optional()
      .meta({
        description: "The service manager.",
        default: "auto",
        change: "A change moves the service to the other manager, with a restart.",
      }),
    options: optionsSchema.optional().meta({
      description:
        "Options that only one service manager has. Options of a manager that does not run the service are an error.",
      change: "Whether a change restarts the service depends on the option.",
    }),
    existing: z
      .boolean()
      .optional()
      .meta({
        description:
          "Somebody else defines the service: a package, an installer, an administrator. Pulumi manages whether it runs, starts at boot and is healthy. Its definition is read and never written, and `pulumi destroy` leaves the service as it is. Allowed together with it: `connection`, `name`, `manager`, `startMode`, `running`, `hold`, `ready`, `settleSeconds`, `triggers`, `whenChanged`.",
        default: false,
        change: "Setting it restarts nothing. Removing it puts the given definition in place, with a restart.",
        examples: [{ name: "postgresql", existing: true, ready: { tcp: 5432 } }],
      }),
    adopt: z
      .boolean()
      .optional()
      .meta({
        description:
          "Take over a service of this name that this resource did not create. Its former definition is kept on the host. `pulumi destroy` removes an adopted service.",
        default: false,
        examples: [{ name: "bots-webserver", adopt: true, command: ["/opt/bots/bin/bots-webserver"] }],
      }),
    onFailedUpdate: words("OnFailedUpdate", {
      rollback: "go back to the definition that ran before",
      keep: "leave the new definition in place",
    })
      .optional()
      .meta({ description: "What to do when the service does not come up after an update.", default: "rollback" }),
  })
  .meta({
    description:
      "A long-running program as a service of a host. An unset property has the service manager's own default, unless its description names another one.",
  });

export type ServiceInputs = z.infer<typeof serviceSchema>;

/** The properties that may be set for an existing service (`existing: true`). */
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

/** Errors for the properties of the definition that are set together with `existing: true`. */
export function existingIssues(values: Readonly<Record<string, unknown>>): Issue[] {
  if (values.existing !== true) return [];
  const allowed: readonly string[] = existingProperties;
  return Object.keys(serviceSchema.shape)
    .filter((property) => values[property] !== undefined && !allowed.includes(property))
    .map((property) => ({
      path: [property],
      message:
        "can't be set together with existing: true, which means that somebody else defines the service; remove one of the two",
    }));
}

/** Properties that control how the provider works and are not part of the service. They are in the inputs only. */
export const policyProperties = [
  "connection",
  "hold",
  "ready",
  "settleSeconds",
  "whenChanged",
  "adopt",
  "onFailedUpdate",
] as const satisfies readonly (keyof ServiceInputs)[];

/** The properties of the definition, which the service manager receives. */
export const definitionProperties = [
  "displayName",
  "description",
  "command",
  "workingDirectory",
  "umask",
  "environment",
  "runAs",
  "restart",
  "stop",
  "reload",
  "requires",
  "logs",
  "options",
] as const satisfies readonly (keyof ServiceInputs)[];
