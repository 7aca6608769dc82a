import * as z from "zod";
import { policyProperties, serviceSchema } from "./service";

const fileSchema = z
  .strictObject({
    path: z.string().meta({ description: "Absolute path on the host." }),
    owner: z.string().meta({ description: "Owner and group, such as `root:root`." }),
    mode: z.string().meta({ description: "Permissions: four octal digits." }),
    sha256: z.string().optional().meta({ description: "SHA-256 of the content. Unset for a file that holds secrets." }),
  })
  .meta({ id: "LiveFile", description: "A file on the host that is part of a service." });

const observationSchema = z
  .strictObject({
    property: z
      .string()
      .meta({ description: "The property: `command`, `runAs.user`, `environment.LANG`; or `pidFile`." }),
    value: z.unknown().optional().meta({ description: "Its value, if the definition determines it." }),
    unknown: z.string().optional().meta({ description: "Why the value can't be known without running the program." }),
    file: z.string().meta({ description: "The file where the value was read." }),
    line: z
      .number()
      .int()
      .optional()
      .meta({ description: "The line in the file, from 1. Unset where the value comes from the file as a whole." }),
  })
  .meta({
    id: "Observation",
    description:
      "What could be read of the definition of an existing service. It informs people; nothing acts on it. Either `value` or `unknown` is set.",
  });

const unmappedSchema = z
  .strictObject({
    file: z.string().meta({ description: "The file." }),
    line: z.string().meta({ description: "The text of the line." }),
  })
  .meta({ id: "UnmappedLine", description: "A line on the host that no property covers." });

const policy = Object.fromEntries(policyProperties.map((name) => [name, true])) as Record<
  (typeof policyProperties)[number],
  true
>;

/** The outputs of a service: its definition and its live state. */
export const serviceOutputsSchema = serviceSchema.omit(policy).extend({
  // Outputs are not enum types: a YAML program could not use one as text, for example in an environment variable.
  startMode: z.enum(["automatic", "delayed", "manual", "disabled"]).meta({
    description: "Whether the service starts at boot.",
    words: {
      automatic: "the service starts at boot",
      delayed: "the service starts some minutes after boot (Windows)",
      manual: "the service does not start at boot",
      disabled: "the service can't be started (Windows, or a masked unit of systemd)",
    },
  }),
  running: z.boolean().meta({ description: "Whether the service runs and does its work." }),
  manager: z.string().meta({ description: "The service manager that runs the service." }),
  machineId: z.string().meta({ description: "The machine's own id (machine-id(5))." }),
  status: z.enum(["running", "stopped", "failed", "flapping", "notReady", "notInstalled", "unknown"]).meta({
    description: "State of the service.",
    words: {
      running: "runs and does its work",
      stopped: "does not run",
      failed: "exited with an error",
      flapping: "exits again and again and is restarted",
      notReady: "runs, but the probe `ready` fails",
      notInstalled: "is not on the host",
      unknown: "the host gives no evidence whether it runs; the provider neither starts nor stops it",
    },
  }),
  pid: z.number().int().optional().meta({ description: "Process id of the main process. Unset when none runs." }),
  restartCount: z
    .number()
    .int()
    .meta({ description: "How often the manager has restarted the service by itself since its last start." }),
  files: z.array(fileSchema).meta({ description: "The files on the host that define the service." }),
  observed: z
    .array(observationSchema)
    .optional()
    .meta({ description: "For an existing service: what could be read of its definition, and where." }),
  unmapped: z.array(unmappedSchema).meta({ description: "Lines on the host that no property covers." }),
  restartPending: z
    .boolean()
    .meta({ description: "Whether the process still runs an older definition than the one on the host." }),
  logHint: z.string().meta({ description: "The command that shows the log of the service." }),
  ownerId: z
    .string()
    .optional()
    .meta({ description: "Random id in the marker on the host. It says which resource owns the service." }),
});

export type ServiceOutputs = z.infer<typeof serviceOutputsSchema>;
