import type { ServiceInputs } from "../../../../schema/service";
import { isCovered } from "../../../../model/propertyPath";
import { PASSWORD } from "../state/password";
import type { Impact } from "../../../rules";
import { differencesOf, definitionDifferences, mostOf, type Difference } from "./differences";
import type { Rules, Seen } from "./seen";
import type { Wanted } from "./wanted";

/** What a plan does to the process. */
export type Action = "none" | "start" | "stop" | "restart" | "reload";

/** The differences and the actions. A pure function of the seen and the wanted service, so that it can be repeated. */
export interface Plan {
  differences: readonly Difference[];
  /** Why the change is refused: the error of an update, and the note of a preview. */
  refusal?: { error: string; note: string } | undefined;
  action: Action;
  /** The service moves: it is stopped and removed under its manager before it is created under another one. */
  moves: boolean;
  /** The definition on the host is unmanaged and differs: the service is stopped by its own means first. */
  takesOver: boolean;
  /** The definition stays but the marker is removed: the provider no longer manages it. */
  releases: boolean;
  /** The definition, or only its marker, is written. */
  write: boolean;
  /** More than the owner id in the marker changes. */
  changes: boolean;
  /** The owner id to keep; undefined when the service gets a new one. */
  ownerId?: string | undefined;
  /** The incarnation of the process that will be older than the definition. */
  outdated?: string | undefined;
  setStartMode: boolean;
  /** The operation waits until the service has settled: after its own start, or for a process that may be failing. */
  unsettled: boolean;
  /** An earlier change was interrupted before it settled, and may be on the host in part. */
  unfinished: boolean;
  /** A rollback can restore the previous definition. */
  canRollBack: boolean;
  /** The files on the host are not the provider's: a copy is kept for good. */
  keepsOriginal: boolean;
}

/** Plans a change. `seen` comes from the state for a preview, and from the host for a change. */
export function plan(wanted: Wanted, seen: Seen, rules: Rules): Plan {
  const differences = differencesOf(wanted, seen);
  const moves = rules.name !== seen.rules.name;
  const parts = { wanted, seen, rules, differences };
  const made =
    wanted.values.existing === true ? planExisting(parts, moves) : moves ? planMove(parts) : planDefinition(parts);
  const unfinished = seen.onHost?.unfinished === true;
  const obstructed = seen.onHost?.obstructed === true;
  const keepsOriginal = wanted.values.existing !== true && !seen.ours && (seen.installed || obstructed);
  return { ...made, differences, moves, ownerId: seen.ownerId, unfinished, keepsOriginal };
}

interface Parts {
  wanted: Wanted;
  seen: Seen;
  rules: Rules;
  differences: readonly Difference[];
}

type Made = Omit<Plan, "differences" | "moves" | "ownerId" | "unfinished" | "keepsOriginal">;

/** Plans for a service that the program defines and that stays with its manager. */
function planDefinition({ wanted, seen, differences }: Parts): Made {
  const { inputs } = wanted;
  const { onHost } = seen;
  const differing = definitionDifferences(wanted.definition, seen);
  // A password can be set without a restart, also that of a service that is taken over.
  const odd = differing.some(({ path }) => !isCovered(path, [PASSWORD])) || (seen.unmapped ?? []).length > 0;
  const takesOver = seen.installed && !seen.ours && (odd || seen.program || seen.existing);
  const consequence = takesOver || !seen.installed ? "restart" : mostOf(differences);
  let action = actionFor(takesOver ? withoutReload(inputs) : inputs, seen, consequence);
  const unfinished = onHost?.unfinished === true;
  // Nothing records whether a process has reloaded, so after a killed run it reloads again.
  if (unfinished && action === "none" && seen.status === "running" && inputs.whenChanged === "reload")
    action = "reload";

  const reread = action === "reload" && seen.restartPending;
  const changes =
    differing.length > 0 || odd || reread || !seen.ours || !seen.noted || seen.masked || onHost?.overridden === true;
  const write = changes || !seen.owned;
  const wantsRestart = seen.installed && consequence === "restart" && (takesOver || inputs.whenChanged !== "reload");
  const canRollBack = unfinished || (write && seen.installed && (takesOver || seen.status === "running"));
  return {
    refusal:
      aliasRefusal(wanted, seen) ??
      maskRefusal(wanted, seen) ??
      unknownRefusal(wanted, seen, takesOver || mustBeKnown(inputs, consequence)) ??
      notReadyRefusal(wanted, seen),
    action,
    takesOver,
    releases: false,
    write,
    changes,
    outdated: wantsRestart ? seen.incarnation : reread ? undefined : seen.outdated,
    setStartMode:
      !seen.installed ||
      seen.masked ||
      seen.startMode !== (inputs.startMode ?? "automatic") ||
      consequence === "enable",
    unsettled: startsWith(action) || isDoubtful(wanted, seen),
    canRollBack,
  };
}

/** Plans for a service that the program defines and that moves to another manager. */
function planMove({ wanted: { inputs }, wanted, seen, rules }: Parts): Made {
  const deserted = seen.onHost?.deserted === true;
  const ran = seen.pid !== undefined && !deserted;
  const starts = inputs.hold === undefined && (inputs.running === "unmanaged" ? ran : inputs.running !== false);
  const moved = `${inputs.name} can't move from ${seen.rules.name} to ${rules.name}`;
  const rival = seen.onHost?.rival;
  const held = inputs.hold !== undefined && ran ? `it is on hold (${inputs.hold})` : undefined;
  const refusal =
    aliasRefusal(wanted, seen) ??
    (rival === undefined
      ? undefined
      : refused(
          `${moved}: ${rules.name} has another ${inputs.name} already (${rival}). Remove one of the two first`,
        )) ??
    unknownRefusal(wanted, seen, !deserted) ??
    (held === undefined ? undefined : refused(`${moved}, which would stop it: ${held}`, held));
  return {
    refusal,
    action: starts ? "start" : "none",
    takesOver: false,
    releases: false,
    write: true,
    changes: true,
    setStartMode: true,
    unsettled: starts,
    canRollBack: !deserted,
  };
}

/** Plans for an existing service: whether it runs and starts at boot, and the triggers that its process has seen. */
function planExisting({ wanted, seen, rules, differences }: Parts, moves: boolean): Made {
  const { inputs } = wanted;
  const { name } = inputs;
  const triggers = differences.some(({ path }) => path[0] === "triggers");
  const consequence = triggers ? "restart" : "none";
  const action = actionFor(inputs, { status: seen.status, restartPending: false }, consequence);
  const setStartMode = seen.startMode !== (inputs.startMode ?? "automatic");
  const unmasks =
    seen.masked && (action === "start" || action === "restart" || (setStartMode && inputs.startMode !== "manual"));
  const elsewhere = `${name} is defined for ${seen.rules.name} on the host, not for ${rules.name}, and an existing service can't be moved. Remove \`manager\`, or define the service in the program`;
  const missing = `there is no service "${name}"; with existing: true somebody else must define it first`;
  const masked = `${name} is masked, so it can't be started. Unmask it on the host, or set \`hold\` to the reason why it is stopped`;
  const refusal =
    (moves ? refused(elsewhere, "an existing service can't be moved to another manager") : undefined) ??
    (seen.installed ? undefined : refused(missing)) ??
    aliasRefusal(wanted, seen) ??
    unknownRefusal(wanted, seen, mustBeKnown(inputs, consequence)) ??
    notReadyRefusal(wanted, seen) ??
    (unmasks ? refused(masked, "it is masked, and somebody else defines it") : undefined);
  return {
    refusal,
    action,
    takesOver: false,
    releases: seen.ours,
    write: false,
    changes: false,
    setStartMode,
    unsettled: startsWith(action) || isDoubtful(wanted, { ...seen, ours: false }),
    canRollBack: false,
  };
}

/**
 * Whether to start, stop or restart a service. A process of unknown status is left alone; {@link mustBeKnown} says when
 * that is an error.
 */
function actionFor(
  inputs: Pick<ServiceInputs, "hold" | "running" | "whenChanged">,
  { status, restartPending }: Pick<Seen, "status" | "restartPending">,
  consequence: Impact,
): Action {
  if (inputs.hold !== undefined || status === "unknown") return "none";
  const alive = status === "running" || status === "notReady" || status === "flapping";
  if (inputs.running === false) return alive ? "stop" : "none";
  if (!alive) return inputs.running === "unmanaged" ? "none" : "start";
  if (status === "notReady" && inputs.whenChanged === "defer") return "none";
  if (status !== "running" && inputs.running !== "unmanaged") return "restart";
  if (consequence !== "restart" && !restartPending) return "none";
  const whenChanged = inputs.whenChanged ?? "restart";
  return whenChanged === "defer" ? "none" : whenChanged;
}

/** Replacing an unmanaged definition needs a restart: a process that only reloads would keep the old one. */
function withoutReload(inputs: ServiceInputs): ServiceInputs {
  return inputs.whenChanged === "reload" ? { ...inputs, whenChanged: "restart" } : inputs;
}

/** Does the change depend on whether the service runs? Then a service of status `unknown` can't be changed. */
function mustBeKnown(inputs: ServiceInputs, consequence: Impact): boolean {
  if (inputs.hold !== undefined) return false;
  return inputs.running !== "unmanaged" || (consequence === "restart" && inputs.whenChanged !== "defer");
}

function startsWith(action: Action): boolean {
  return action === "start" || action === "restart" || action === "reload";
}

/**
 * Is a process that is left alone possibly between two crashes? It started recently, was last seen unhealthy, was started
 * by a run that was killed while it waited, or was found by a Create, which must know whether it works.
 */
function isDoubtful({ inputs }: Wanted, { onHost, pid, ours }: Seen): boolean {
  if (inputs.running === false || inputs.hold !== undefined || pid === undefined || onHost === undefined) return false;
  const { formerStatus, age, unfinished } = onHost;
  if (formerStatus === undefined) return ours || unfinished;
  return unfinished || formerStatus !== "running" || age < (inputs.settleSeconds ?? 3);
}

function refused(error: string, note = error): NonNullable<Plan["refusal"]> {
  return { error, note };
}

function aliasRefusal({ inputs: { name } }: Wanted, { aliasOf }: Seen): Plan["refusal"] {
  if (aliasOf === undefined) return undefined;
  return refused(`${name} is only an alias of ${aliasOf}: manage ${aliasOf}`);
}

/** With `startMode` in `ignoreChanges` the mask is a wanted value, but the new definition would replace it. */
function maskRefusal({ inputs: { name }, values }: Wanted, { masked }: Seen): Plan["refusal"] {
  if (!masked || values.startMode !== "disabled") return undefined;
  return refused(
    `${name} is masked, and ignoreChanges contains startMode: unmask the service on the host, or remove startMode from ignoreChanges`,
  );
}

/** Refuses a service of unknown status: a start could start it twice. */
function unknownRefusal({ inputs: { name } }: Wanted, { status, reason }: Seen, needed: boolean): Plan["refusal"] {
  if (status !== "unknown" || !needed) return undefined;
  return refused(unknownStatus(name, reason), "it is unknown whether it runs");
}

export function unknownStatus(name: string, reason: string | undefined): string {
  return `it is unknown whether ${name} runs: ${reason ?? "no evidence"}. The service was neither started nor stopped, and nothing was changed`;
}

/** Refuses a service that is not ready, when a restart can't help or is not wanted. */
function notReadyRefusal({ inputs }: Wanted, { status, onHost }: Seen): Plan["refusal"] {
  const { name, whenChanged, hold, running = true } = inputs;
  if (status !== "notReady" || hold !== undefined || running !== true) return undefined;
  const { reason = "", stranger = false } = onHost?.notReady ?? {};
  const problem = `${name} runs, but is not ready: ${reason}`;
  if (stranger) return refused(`${problem}. A restart would not help; nothing was changed`);
  if (whenChanged !== "defer") return undefined;
  const left = `is not restarted, because whenChanged is "defer"`;
  return refused(`${problem}. It ${left}`, `it is not ready, and ${left}`);
}
