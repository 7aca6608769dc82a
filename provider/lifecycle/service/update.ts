import { HostError } from "../../../model/errors";
import type { Props } from "../../../model/props";
import type { Lifecycle } from "../lifecycle";
import { changeService } from "./change/change";
import type { Context } from "./context";
import { parseId } from "./id";
import { ownershipAtUpdate } from "./plan/ownership";
import { definitionOf } from "./state/inputs";
import { otherMachine } from "./state/machine";

/** Changes a service. Throws when the host is a different machine, or the service belongs to another owner. */
export async function updateService(
  context: Context,
  request: Parameters<Lifecycle["update"]>[0],
  newOwnerId: string,
): Promise<{ outputs: Props }> {
  const { host } = parseId(request.id);
  const { ownerId, machineId, manager } = request.oldOutputs.values as Record<string, string | undefined>;
  const definition = definitionOf(request.oldOutputs);
  const where = { host, manager, ownerId, newOwnerId };
  const outputs = await changeService(context, request, where, (operation, live) => {
    const ids = otherMachine(operation.session.facts, machineId);
    if (ids !== undefined) {
      const way =
        "Nothing was changed. If it was reinstalled, run `pulumi up --refresh`; if it is another machine, correct its address";
      throw new HostError("remote", host, `is a different machine from the one in the state (${ids}). ${way}`);
    }
    return ownershipAtUpdate(operation, live, { ownerId, definition });
  });
  return { outputs };
}
