import type { ServiceInputs } from "../../../../schema/service";
import type { Impact } from "../../../rules";
import { differencesOf, definitionDifferences, mostOf, type Difference } from "./differences";
import type { Rules, Seen } from "./seen";
import type { Wanted } from "./wanted";

/** What is done to the process. */
export type Action = "none" | "start" | "stop" | "restart" | "reload";

/** What differs, and what is to be done. Made from what is there and what is wanted alone, so that it can be made again. */
export interface Plan {
  differences: readonly Difference[];
  /** Why nothing is done: the error of an update, and in the words of a preview. */
  refusal?: { error: string; note: string } | undefined;
  action: Action;
  /** It ends under the manager that has it, and its definition goes, before it is made and started under another one. */
  moves: boolean;
  /** The definition on the host is somebody else's and differs: the service is stopped by its own means first. */
  takesOver: boolean;
  /** The definition stays and our marker goes: it is somebody else's from now on. */
  releases: boolean;
  /** The definition is written, or the marker alone. */
  write: boolean;
  /** Without a change of the definition only the marker is written. */
  changes: boolean;
  /** The owner id that goes on; without one it gets a new one. */
  ownerId?: string | undefined;
  /** The run of the process that will be older than the definition. */
  outdated?: string | undefined;
  setStartMode: boolean;
  /** The start has to be waited for: by this run, or because an earlier one was killed while it waited. */
  unsettled: boolean;
  /** An earlier change was cut off before it had settled: what it began is on the host. */
  unfinished: boolean;
  /** Something was there before, to which a rollback can go back. */
  canRollBack: boolean;
  /** What is there is not ours: its files are kept for good. */
  keepsOriginal: boolean;
}

/** The one place that says what differs and what is done: from the state for a preview, from the host for a change. */
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

/** A definition of ours, of a service that stays with its manager. */
function planDefinition({ wanted, seen, differences }: Parts): Made {
  const { inputs } = wanted;
  const { onHost } = seen;
  const odd = definitionDifferences(wanted.definition, seen).length + (seen.unmapped ?? []).length > 0;
  const takesOver = seen.installed && !seen.ours && (odd || seen.program || seen.existing);
  const consequence = takesOver || !seen.installed ? "restart" : mostOf(differences);
  let action = actionFor(takesOver ? withoutReload(inputs) : inputs, seen, consequence);
  const unfinished = onHost?.unfinished === true;
  // A process is not marked as having reloaded: after a killed run it is told again.
  if (unfinished && action === "none" && seen.status === "running" && inputs.whenChanged === "reload")
    action = "reload";

  const reread = action === "reload" && seen.restartPending;
  const changes = odd || reread || !seen.ours || !seen.noted || seen.masked || onHost?.overridden === true;
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

/** A definition of ours, of a service that goes from one manager to another. */
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

/** A service that somebody else defines: that it runs, that it starts at boot, that its process has seen the triggers. */
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
 * Whether a service is started, stopped or restarted. When nothing tells whether it runs, nothing is done to the process;
 * {@link mustBeKnown} says when that is an error.
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

/** Another definition takes the place of somebody else's: a process that reads its configuration again would keep the old one. */
function withoutReload(inputs: ServiceInputs): ServiceInputs {
  return inputs.whenChanged === "reload" ? { ...inputs, whenChanged: "restart" } : inputs;
}

/** Does what is wanted depend on whether it runs? Then a service of status `unknown` can't be changed. */
function mustBeKnown(inputs: ServiceInputs, consequence: Impact): boolean {
  if (inputs.hold !== undefined) return false;
  return inputs.running !== "unmanaged" || (consequence === "restart" && inputs.whenChanged !== "defer");
}

function startsWith(action: Action): boolean {
  return action === "start" || action === "restart" || action === "reload";
}

/**
 * A process that is left alone, but that may just be between two crashes: started a moment ago, last seen in trouble,
 * started by a run of ours that was killed while it waited, or found by a Create, which has to know that it does its work.
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

/** The new definition would take the place of the mask, and `startMode` is ignored: then that is wanted, too. */
function maskRefusal({ inputs: { name }, values }: Wanted, { masked }: Seen): Plan["refusal"] {
  if (!masked || values.startMode !== "disabled") return undefined;
  return refused(
    `${name} is masked, and ignoreChanges contains startMode: unmask the service on the host, or remove startMode from ignoreChanges`,
  );
}

/** A service of which nothing tells whether it runs: a start could be the second one. */
function unknownRefusal({ inputs: { name } }: Wanted, { status, reason }: Seen, needed: boolean): Plan["refusal"] {
  if (status !== "unknown" || !needed) return undefined;
  return refused(unknownStatus(name, reason), "it is unknown whether it runs");
}

export function unknownStatus(name: string, reason: string | undefined): string {
  return `it is unknown whether ${name} runs: ${reason ?? "no evidence"}. The service was neither started nor stopped, and nothing was changed`;
}

/** Where a restart can't help or is not wanted. */
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
