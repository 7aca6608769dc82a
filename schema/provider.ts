import { z } from "zod";
import { connectionSchema } from "./connection";

const limit = z.number().int("must be a whole number").min(1, "must be at least 1").max(1000, "must be at most 1000");

/** What the provider itself takes: `bots:` in stack configuration, or the arguments of an explicit `bots.Provider`. */
export const providerSchema = z.strictObject({
  connection: connectionSchema.optional().describe("Defaults for every connection."),
  hosts: z
    .record(z.string(), connectionSchema)
    .optional()
    .describe("Connections by machine name; they win over `connection`."),
  maxConnections: limit.optional().describe("How many connections are being made at a time. Default: 8."),
  maxSessionsPerHost: limit.optional().describe("How many remote processes run at a time on one host. Default: 4."),
  onUnreachableDelete: z
    .enum(["fail", "forget"])
    .optional()
    .describe(
      "What a delete does when the host can't be reached: fail (the default), or forget the service. BOTS_ON_UNREACHABLE_DELETE wins.",
    ),
});

export type ProviderConfig = z.infer<typeof providerSchema>;
