import { HostError } from "../../../model/errors";
import type { Props } from "../../../model/props";
import type { ManagerRules } from "../../rules";
import type { HostCall } from "../lifecycle";
import type { Context } from "./context";
import { parseId } from "./id";
import { lastLook, leftBehind, wasCutOff, withText } from "./change/leftBehind";
import { otherMachine } from "./state/machine";
import { ownershipOf } from "./plan/ownership";
import { managersOf, placeOf } from "./plan/place";
import { unknownStatus } from "./plan/plan";
import { inputsOf, definitionOf } from "./state/inputs";
import { operate } from "./change/operation";

/**
 * Removes a service that this resource created or adopted, and nothing else. Succeeds without a change when the service is
 * gone, or when another run of this resource took it over: the engine deletes a replaced resource after creating the new one.
 */
export async function deleteService(
  context: Context,
  request: HostCall & { id: string; inputs: Props; outputs: Props },
  ownerIds: ReadonlySet<string>,
): Promise<void> {
  const { urn, log, signal, deadline, outputs } = request;
  const { host: hostName, name } = parseId(request.id);
  if (outputs.values.existing === true) {
    log.warning(
      `${name} on ${hostName} is defined by somebody else (existing: true): it is no longer managed, and stays as it is`,
    );
    return;
  }
  const host = context.connections.host(hostName, inputsOf(request.inputs).connection, log);
  const state = outputs.values as { ownerId?: string; machineId?: string; manager?: string };
  let arrived = false;
  let removing: ManagerRules | undefined;
  try {
    await operate(host, { name, urn, signal, deadline, log }, async (session) => {
      arrived = true;
      const known = { named: undefined, recorded: state.manager, ownerId: state.ownerId, urn };
      const survey = await session.survey(managersOf(context, known));
      const { manager } = placeOf(context, { host: hostName, survey }, known);
      const live = survey.live(manager.name);
      const ids = otherMachine(session.facts, state.machineId);
      const ownership = ownershipOf({ manager }, live, { ownerId: state.ownerId, definition: definitionOf(outputs) });
      if (ownership.kind === "foreign" && ownership.marker?.urn === urn) {
        const { ownerId } = ownership.marker;
        const replaced = `${name} on ${hostName} belongs to a later run of this resource (owner ${ownerId}): it was left as it is`;
        if (ownerIds.has(ownerId)) log.info(replaced);
        else
          log.warning(
            `${replaced}. To remove it, run \`pulumi up\` with the resource in the program, and then without it`,
          );
        return;
      }
      if (ownership.kind === "foreign" || (ids !== undefined && ownership.kind === "same")) {
        const owner = live.marker === undefined ? "" : ` and belongs to ${live.marker.urn}`;
        log.warning(`${name} on ${hostName} is no longer the service of this resource${owner}; it was not changed`);
        return;
      }
      if (ids !== undefined) log.warning(`${hostName} has ${ids}`);
      const foreign = ownership.kind === "same";
      if (foreign && live.state.status === "unknown")
        throw new HostError("remote", hostName, unknownStatus(name, live.state.reason));
      const keeps = foreign || (!live.masked && survey.obstacles([manager.name]).length > 0);
      removing = manager;
      const { leftovers, kept } = await session.remove({ manager: manager.name, live, keeps, foreign });
      if (leftovers !== undefined) log.warning(`left on ${hostName}, because they are not ours: ${leftovers}`);
      log.status("removed");
      if (kept !== undefined)
        log.warning(`files of ${name} that somebody else made are kept on ${hostName} in ${kept}`);
    });
  } catch (error) {
    const gone = error instanceof HostError && (error.kind === "unreachable" || error.kind === "timeout");
    if (arrived || !gone || signal.aborted || !context.connections.forgetUnreachable) {
      if (gone && !arrived && !signal.aborted) {
        const way = "if the machine is gone for good, run again with BOTS_ON_UNREACHABLE_DELETE=forget";
        throw new HostError(error.kind, hostName, `${error.message.replace(`${hostName}: `, "")}\n${way}`, {
          cause: error,
        });
      }
      if (!wasCutOff(error, signal)) throw error;
      if (removing === undefined) throw withText(error, hostName, "Nothing was changed on the host.");
      const subject = { host: hostName, name, manager: removing, removes: true };
      throw withText(error, hostName, leftBehind(subject, await lastLook(host, removing, name)));
    }
    log.warning(
      `${hostName} can't be reached; ${name} was removed from the state, but not from the host: ${error.message}`,
    );
  }
}
