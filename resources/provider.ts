import * as pulumi from "@pulumi/pulumi";
import type { Connection } from "./connection";

/** What all resources of one provider have in common. */
export interface ProviderArgs {
  /** Defaults for every connection. A resource's own settings win. */
  connection?: pulumi.Input<Connection>;
  /** Connections by machine name; they win over `connection`. */
  hosts?: pulumi.Input<Record<string, pulumi.Input<Connection>>>;
  /** How many connections are being made at a time. Default: 8. `BOTS_MAX_CONNECTIONS` wins. */
  maxConnections?: pulumi.Input<number>;
  /** How many remote processes run at a time on one host. Default: 4. `BOTS_MAX_SESSIONS_PER_HOST` wins. */
  maxSessionsPerHost?: pulumi.Input<number>;
  /** What a delete does when the host can't be reached: "fail" (the default), or "forget". `BOTS_ON_UNREACHABLE_DELETE` wins. */
  onUnreachableDelete?: pulumi.Input<"fail" | "forget">;
}

/** An explicit provider, for programs that want more than what `bots:` in the stack configuration says. */
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
