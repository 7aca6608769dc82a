import * as pulumi from "@pulumi/pulumi";
import { serviceOutputs, type ServiceOutputs } from "./types/outputs";
import type { ServiceArgs } from "./types/service";

/** The SDK needs the names of the outputs in advance. */
const unknown = Object.fromEntries(serviceOutputs.map((name) => [name, undefined]));

/**
 * A long-running program as a service of a remote host. The service manager of the host starts it, also at boot, and keeps it
 * running. `pulumi refresh` reads it from the host, `pulumi destroy` removes it.
 *
 * ```ts
 * const web = new bots.Service("web", {
 *   connection: { host: "edi1", user: "deploy", privateKeyFile: "~/.ssh/id_ed25519", become: { method: "sudo" } },
 *   name: "bots-webserver",
 *   command: ["/opt/bots/bin/bots-webserver", "-c/srv/bots/config"],
 *   runAs: { user: "bots" },
 *   ready: { tcp: 8080 },
 * });
 * ```
 */
// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging -- the SDK sets all outputs
export class Service extends pulumi.CustomResource {
  constructor(name: string, args: ServiceArgs, options?: pulumi.CustomResourceOptions) {
    super("bots:index:Service", name, { ...unknown, ...args }, options);
  }

  /** Reads a service that is on a host, by its id `host/name`. Pulumi does not manage it. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, options?: pulumi.CustomResourceOptions): Service {
    return new Service(name, {} as ServiceArgs, { ...options, id });
  }
}
// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging
export interface Service extends ServiceOutputs {}

/** The arguments of {@link getService}. */
export type GetServiceArgs = Pick<ServiceArgs, "connection" | "name">;

/** The result of {@link getService}: the outputs of a {@link Service}. */
export type GetServiceResult = pulumi.Unwrap<ServiceOutputs>;

/** State of a service: the values of its output `status`. */
export type Status = GetServiceResult["status"];

/** Reads a service from its host, whoever defines it. It changes nothing. Fails when the host has no such service. */
export function getService(args: GetServiceArgs, options?: pulumi.InvokeOptions): Promise<GetServiceResult> {
  return pulumi.runtime.invoke("bots:index:getService", args, options) as Promise<GetServiceResult>;
}

/** Like {@link getService}, for arguments that are outputs. It waits for the resources that they come from. */
export function getServiceOutput(
  args: GetServiceArgs,
  options?: pulumi.InvokeOutputOptions,
): pulumi.Output<GetServiceResult> {
  return pulumi.runtime.invokeOutput<GetServiceResult>("bots:index:getService", args, options);
}
