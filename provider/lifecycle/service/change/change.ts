import { PartialFailure, PropertyError } from "../../../../model/errors";
import { pick, type Path, type Props } from "../../../../model/props";
import type { Live, Status } from "../../../../model/service";
import type { Facts } from "../../../platform";
import { parsePath } from "../../../../model/propertyPath";
import type { ManagerRules } from "../../../rules";
import type { HostCall } from "../../lifecycle";
import { managerIssues } from "../check";
import type { Context } from "../context";
import { converge, type Progress } from "./converge";
import { outputsOf } from "../state/outputs";
import { convergeExisting } from "./existing";
import { serviceId } from "../id";
import { lastLook, leftBehind, wasCutOff, withText } from "./leftBehind";
import type { Ownership } from "../plan/ownership";
import { ignoring } from "../plan/ignore";
import { seenOnHost } from "../plan/seen";
import { wantedBy } from "../plan/wanted";
import { hashOf } from "../../../../model/hash";
import { triggersOf } from "../state/triggers";
import { RolledBack } from "./rollback";
import { inputsOf, definitionOf } from "../state/inputs";
import { type Operation, operate } from "./operation";
import { observedDefinition } from "../state/observed";
import { foundOf, managersOf, placeOf } from "../plan/place";

/** The common part of Create and Update: runs the operation on the host, and records the actual state when it fails. */
export async function changeService(
  context: Context,
  request: HostCall & { inputs: Props; oldInputs?: Props; oldOutputs?: Props; ignoreChanges?: string[] },
  where: { host: string; manager?: string | undefined; ownerId?: string | undefined; newOwnerId: string },
  ownership: (operation: Operation, live: Live) => Ownership,
): Promise<Props> {
  const { urn, log, signal, deadline, oldInputs, oldOutputs, ignoreChanges = [] } = request;
  const ignore = ignoreChanges.map(parsePath);
  const state = oldInputs && oldOutputs && { inputs: oldInputs, outputs: oldOutputs, ignore };
  const given = wantedBy(request.inputs, triggersOf(request.inputs, oldOutputs?.values), state);
  const { inputs } = given;
  const { name } = inputs;
  const startBy = timeOfStart(deadline);
  const host = context.connections.host(where.host, inputs.connection, log);
  const existing = inputs.existing === true;
  const progress: Progress = { wrote: false, triggers: inputs.triggers };
  let sighting: { manager: ManagerRules; facts: Facts } | undefined;
  const outputs = (live: Live) => {
    if (sighting === undefined) throw new Error("outputs of a service that was never looked at");
    const { ownerId, triggers } = progress;
    const restartPending = existing && hashOf(triggers ?? {}) !== hashOf(inputs.triggers ?? {});
    const seen = { ...sighting, name, live, ownerId, triggers, existing, restartPending };
    const passwords = [given.definition, oldOutputs && definitionOf(oldOutputs)];
    return outputsOf({ ...seen, triggersKey: given.triggers.key, passwords, inputSecrets: secretsOf(request) });
  };
  try {
    const live = await operate(host, { name, urn, signal, deadline, log }, async (session) => {
      const recorded = existing ? undefined : where.manager;
      const about = { named: inputs.manager, recorded, ownerId: where.ownerId, urn };
      const survey = await session.survey(managersOf(context, about));
      const place = placeOf(context, { host: where.host, survey }, about);
      const { manager } = place;
      const issues = managerIssues(request.inputs, [], manager);
      if (issues.length > 0) throw new PropertyError(issues);
      sighting = { manager, facts: session.facts };
      const operation: Operation = {
        ...{ session, survey, ...place, managers: context.managers, host: where.host, name, urn, signal, log },
        ...{
          inputs,
          existing,
          wanted: given.definition,
          triggers: given.triggers,
          newOwnerId: where.newOwnerId,
          startBy,
        },
        ...{ former: formerOf(oldInputs, oldOutputs), state: oldOutputs, ignore },
      };
      const before = survey.live(manager.name);
      const found = foundOf(operation, before);
      const owned = ownership({ ...operation, manager: found.manager }, found.live);
      const sight = { live: found.live, rules: found.manager, ownership: owned, state: oldOutputs };
      const seen = seenOnHost({ ...sight, wanted: given });
      // Only the state records the triggers that the process of an existing service has seen.
      if (existing) progress.triggers = seen.triggers === "others" ? undefined : seen.triggers;
      const { wanted } = ignoring(given, seen, manager, ignore);
      const heeding = { ...operation, inputs: wanted.inputs, wanted: wanted.definition };
      return existing
        ? convergeExisting({ ...heeding, wanted: observedDefinition(before) }, before, owned, progress)
        : converge(heeding, before, owned, progress);
    });
    for (const warning of live.warnings) log.warning(warning);
    log.status(live.state.pid === undefined ? live.state.status : `${live.state.status}, pid ${live.state.pid}`);
    return outputs(live);
  } catch (error) {
    const cutOff = wasCutOff(error, signal);
    if (!progress.wrote || sighting === undefined || error instanceof RolledBack) {
      if (cutOff && !progress.wrote) throw withText(error, where.host, "Nothing was changed on the host.");
      throw error;
    }
    const { manager } = sighting;
    const wanted = definitionOf(request.inputs);
    const live = await lastLook(host, manager, name);
    const failure = cutOff
      ? withText(
          error,
          where.host,
          leftBehind({ host: where.host, name, manager, wanted: existing ? undefined : wanted }, live),
        )
      : error;
    // The service was not taken over, or a rollback restored it: the recorded state is still right.
    if (live?.marker !== undefined && live.marker.ownerId !== progress.ownerId) throw failure;
    const seen = outputs(live ?? unseen(wanted));
    throw new PartialFailure(
      failure instanceof Error ? failure.message : String(failure),
      { id: serviceId(where.host, name), inputs: request.inputs, outputs: seen },
      { cause: error },
    );
  }
}

/** Reserves a quarter of the operation's time, at most a minute, for a rollback. An operation under a minute reserves none. */
function timeOfStart(deadline: number): number | undefined {
  const minute = 60_000;
  const time = deadline - Date.now();
  return time < minute ? undefined : deadline - Math.min(minute, time / 4);
}

/** Secrets that the outputs may repeat: those in the inputs, and in the triggers that an existing service has seen. */
function secretsOf({ inputs, oldOutputs }: { inputs: Props; oldOutputs?: Props }): Path[] {
  const seen = inputs.values.existing === true ? [...(oldOutputs?.secrets ?? [])] : [];
  return [...inputs.secrets, ...seen.filter(([property]) => property === "triggers")];
}

function formerOf(inputs: Props | undefined, outputs: Props | undefined): Operation["former"] {
  const { status } = (outputs?.values ?? {}) as { status?: Status };
  return {
    ...(inputs === undefined ? {} : pick(inputsOf(inputs), ["ready", "settleSeconds", "triggers"])),
    ...(status === undefined ? {} : { status }),
  };
}

/** The state to record when the host no longer answers: assumes that the service has failed. */
function unseen(definition: Live["definition"]): Live {
  return {
    installed: true,
    definition,
    startMode: "manual",
    masked: false,
    state: { status: "failed", restartCount: 0, inTransit: false },
    files: [],
    unmapped: [],
    overrides: [],
    warnings: [],
  };
}
