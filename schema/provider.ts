import * as z from "zod";
import { words } from "./about";
import { connectionSchema } from "./connection";

const limit = z.number().int("must be a whole number").min(1, "must be at least 1").max(1000, "must be at most 1000");

/** The provider's configuration: `bots:` in stack configuration, or the arguments of an explicit `bots.Provider`. */
export const providerSchema = z
  .strictObject({
    connection: connectionSchema.optional().meta({
      description: "Defaults for every connection. The settings of `hosts` and of a resource override them.",
    }),
    hosts: z
      .record(z.string(), connectionSchema)
      .optional()
      .meta({
        description:
          "Connections by machine name. They override `connection`; a resource's own settings override both.",
        examples: [{ edi1: { address: "10.0.0.5", user: "deploy" } }],
      }),
    maxConnections: limit.optional().meta({
      description:
        "How many connections are made at the same time. The environment variable `BOTS_MAX_CONNECTIONS` overrides it.",
      default: 8,
    }),
    maxSessionsPerHost: limit.optional().meta({
      description:
        "How many remote shells run at the same time on one host. sshd allows 10 for a connection (MaxSessions). The environment variable `BOTS_MAX_SESSIONS_PER_HOST` overrides it.",
      default: 8,
    }),
    onUnreachableDelete: words("OnUnreachableDelete", {
      fail: "the delete fails, and the service stays in the state",
      forget: "the service is removed from the state and stays on the host",
    })
      .optional()
      .meta({
        description:
          "What a delete does when the host can't be reached. The environment variable `BOTS_ON_UNREACHABLE_DELETE` overrides it.",
        default: "fail",
      }),
  })
  .meta({ description: "Settings that all resources of a provider share: connections and limits." });

export type ProviderConfig = z.infer<typeof providerSchema>;
