import * as z from "zod";
import { argv, line, port, seconds } from "./text";

const httpProbeSchema = z
  .strictObject({
    url: z
      .url({ protocol: /^https?$/, error: "must be an http or https URL" })
      .refine(
        (url) => !/^[^/]*\/\/[^/?#]*@/.test(url),
        "must not hold a user or a password: every user of the host could read them while the probe runs",
      )
      .meta({ description: "The URL to GET, as seen from the host itself. Redirects are not followed." }),
    status: z
      .number()
      .int()
      .min(100)
      .max(599)
      .optional()
      .meta({ description: "The status code that the answer must have.", unset: "any from 200 to 399" }),
    headers: z
      .record(z.string(), line)
      .optional()
      .meta({ description: "Headers that the answer must have, by name.", unset: "none" }),
  })
  .meta({ id: "HttpProbe", description: "An HTTP GET request that must be answered." });

export const readySchema = z
  .strictObject({
    tcp: port.optional().meta({
      description:
        "A TCP port on which a process of the service must listen. Another program that listens on the port does not count.",
      examples: [8080],
    }),
    http: httpProbeSchema.optional().meta({
      description: "A URL that a process of the service must answer.",
      examples: [{ url: "http://localhost:8080/login/", status: 200 }],
    }),
    command: argv.optional().meta({
      description:
        "A command that must exit with 0 within ten seconds: an absolute path and arguments, without a shell. It runs as root; the environment variable `SERVICE_PIDS` holds the process ids of the service, separated by spaces.",
      examples: [["/usr/local/bin/check-edi", "--quick"]],
    }),
    readOnly: z.boolean().optional().meta({
      description: "`command` changes nothing, so a refresh may run it too.",
      default: false,
    }),
    timeoutSeconds: seconds.optional().meta({
      description: "Time limit for the service to become ready after its start.",
      unit: "seconds",
      default: 60,
    }),
  })
  .refine(
    (ready) => [ready.tcp, ready.http, ready.command].filter((probe) => probe !== undefined).length === 1,
    "give exactly one of tcp, http, command",
  )
  .meta({
    id: "Ready",
    description:
      "How to tell, on the host, that the service does its work. Give exactly one of `tcp`, `http`, `command`.",
    examples: [{ tcp: 8080 }, { http: { url: "http://localhost:8080/login/" }, timeoutSeconds: 120 }],
    exclusive: [["tcp", "http", "command"]],
  });

export type Ready = z.infer<typeof readySchema>;
