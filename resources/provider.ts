import * as pulumi from "@pulumi/pulumi";
import type { ProviderArgs } from "./types/provider";

/** An explicit provider, for connections and limits that differ from `bots:` in the stack configuration. */
export class Provider extends pulumi.ProviderResource {
  constructor(name: string, args: ProviderArgs = {}, options?: pulumi.ResourceOptions) {
    const json = (value: unknown) =>
      value === undefined ? undefined : pulumi.output(value).apply((known) => JSON.stringify(known));
    super(
      "bots",
      name,
      {
        connection: json(args.connection),
        hosts: json(args.hosts),
        maxConnections: json(args.maxConnections),
        maxSessionsPerHost: json(args.maxSessionsPerHost),
        onUnreachableDelete: args.onUnreachableDelete,
      },
      options,
    );
  }
}
