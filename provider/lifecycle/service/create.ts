import type { Props } from "../../../model/props";
import type { HostCall } from "../lifecycle";
import { changeService } from "./change/change";
import type { Context } from "./context";
import { serviceId } from "./id";
import { ownershipAtCreate } from "./plan/ownership";
import { inputsOf } from "./state/inputs";

/** Makes a service, or takes over the one that is there, when it is ours, the same or to be adopted. */
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
