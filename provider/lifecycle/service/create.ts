import type { Props } from "../../../model/props";
import type { HostCall } from "../lifecycle";
import { changeService } from "./change/change";
import type { Context } from "./context";
import { serviceId } from "./id";
import { ownershipAtCreate } from "./plan/ownership";
import { inputsOf } from "./state/inputs";

/** Creates a service, or takes over the one on the host if it is this resource's, is identical, or may be adopted. */
export async function createService(
  context: Context,
  request: HostCall & { inputs: Props },
  newOwnerId: string,
): Promise<{ id: string; outputs: Props }> {
  const { name, connection } = inputsOf(request.inputs);
  const host = context.connections.hostOf(connection);
  if (typeof host !== "string") throw new Error("Check lets no service pass without a host");
  const outputs = await changeService(context, request, { host, newOwnerId }, ownershipAtCreate);
  return { id: serviceId(host, name), outputs };
}
