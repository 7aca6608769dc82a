import { deviations } from "../../../../model/compare";
import type { Props, Values } from "../../../../model/props";
import type { Definition, Live, StartMode, Status, UnmappedLine } from "../../../../model/service";
import { holdsUnknown } from "../../../../schema/validate";
import type { ManagerRules } from "../../../rules";
import type { Ownership } from "./ownership";
import { isNoteOf, noteOf, NOTE, type Triggers } from "../state/triggers";
import type { Wanted } from "./wanted";
import { definitionOf } from "../state/inputs";
import { isRestartPending } from "../state/marker";
import { withPassword } from "../state/password";

/** The manager rules that a plan needs. */
export type Rules = Pick<ManagerRules, "name" | "startModes" | "defaults" | "impact">;

type SeenTriggers = Values | "others" | undefined;

/** A service as seen in the state or on its host: the input of a plan, besides the wanted service. */
export interface Seen {
  /** The rules of the service's current manager. */
  rules: Rules;
  installed: boolean;
  /** The state records it as an existing service (`existing: true`). */
  existing: boolean;
  /** The service belongs to this resource, see {@link Ownership}. */
  ours: boolean;
  /** The owner id to keep. */
  ownerId: string | undefined;
  /** There is a marker, of this resource or another one. */
  marked: boolean;
  /** The marker has `ownerId`. */
  owned: boolean;
  /** The marker has the hash of the wanted triggers. */
  noted: boolean;
  /** The definition is a program, whose settings can't be known without running it. */
  program: boolean;
  masked: boolean;
  aliasOf?: string | undefined;
  definition: Definition;
  /** Not every user of the host may read the definition as a whole. */
  secret: boolean;
  startMode: StartMode;
  /** The triggers that the process has seen. `others`: they are known only to differ from the wanted ones. */
  triggers: SeenTriggers;
  /** Lines that no property covers; undefined when `ignoreChanges` contains `unmapped`. */
  unmapped: readonly UnmappedLine[] | undefined;
  status: Status;
  reason?: string | undefined;
  pid?: number | undefined;
  /** Identifies the run of the process. */
  incarnation?: string | undefined;
  /** The process is older than the definition. */
  restartPending: boolean;
  /** The incarnation in the marker of a process that is older than the definition. */
  outdated?: string | undefined;
  /** What only the host knows. */
  onHost?: OnHost;
}

export interface OnHost {
  /** The status in the state; undefined at a create. */
  formerStatus: Status | undefined;
  /** Seconds since the process started. */
  age: number;
  /** The service is not ready, confirmed by repeated probes. */
  notReady?: { reason: string; stranger: boolean } | undefined;
  /** An earlier change was interrupted before it settled. */
  unfinished: boolean;
  /** There are obstacles in the place of the service's files. */
  obstructed: boolean;
  /** Drop-ins override the definition. */
  overridden: boolean;
  /** The files of another service of this name, under the manager that this one moves to. */
  rival?: string | undefined;
  /** The service's current manager no longer runs. */
  deserted: boolean;
}

/** Lines in the output `unmapped` about the marker or an exposed secret. On the host, a plan reads both directly. */
export const MARKER_LOST = "(the pulumi-bots comment is missing)";
const TAKEN_OVER = "(another run of this resource took it over";
export const takenOver = (ownerId: string) => `${TAKEN_OVER}, as owner ${ownerId}, and did not reach the state)`;
export const exposed = (variable: string) => `(environment.${variable} is secret, and others can read it here)`;

/** The service as recorded in the outputs, for a preview. */
export function seenInState(outputs: Props, rules: Rules, triggers: Triggers): Seen {
  const { values, secrets } = outputs;
  const lines = (values.unmapped ?? []) as UnmappedLine[];
  const existing = values.existing === true;
  const ownerId = values.ownerId as string | undefined;
  const lost = lines.some(({ line }) => line === MARKER_LOST);
  const { secretEnvironment = [], ...definition } = definitionOf(outputs);
  const isExposed = (line: string) => secretEnvironment.some((variable) => line === exposed(variable));
  const ours = !existing && ownerId !== undefined && !lost;
  const triggersSeen = noted(values, triggers);
  return {
    rules,
    installed: true,
    existing,
    ours,
    ownerId,
    marked: ours,
    owned: ours && !lines.some(({ line }) => line.startsWith(TAKEN_OVER)),
    noted: ours && deviations(triggersSeen, triggers.values).length === 0,
    program: false,
    // A start mode that the manager can't set is a mask.
    masked: values.startMode === "disabled" && !rules.startModes.includes("disabled"),
    definition: {
      ...definition,
      secretEnvironment: secretEnvironment.filter((one) => !lines.some(({ line }) => line === exposed(one))),
    },
    secret: secrets.covers(["environment"]),
    startMode: (values.startMode ?? "automatic") as StartMode,
    triggers: triggersSeen,
    unmapped: lines.filter(({ line }) => line !== MARKER_LOST && !line.startsWith(TAKEN_OVER) && !isExposed(line)),
    status: (values.status ?? "running") as Status,
    pid: values.pid as number | undefined,
    restartPending: values.restartPending === true,
  };
}

/** The triggers in the outputs; if the marker's hash was not theirs, the outputs have that hash instead. */
function noted(values: Values, wanted: Triggers): SeenTriggers {
  const note = values[NOTE];
  if (typeof note !== "string") return values.triggers as SeenTriggers;
  return !holdsUnknown(wanted.values) && isNoteOf(note, wanted) ? wanted.values : "others";
}

/** The service as read on the host, for an update or a create, which has no `state`. */
export function seenOnHost({
  live,
  rules,
  ownership,
  state,
  wanted,
  onHost,
}: {
  live: Live;
  rules: Rules;
  ownership: Ownership;
  state: Props | undefined;
  wanted: Pick<Wanted, "triggers" | "values" | "definition">;
  onHost?: OnHost;
}): Seen {
  const { marker, state: run } = live;
  const ownerId = ownership.kind === "ours" || ownership.kind === "same" ? ownership.ownerId : undefined;
  // An existing service has no hash of its triggers, and another resource's hash says nothing about this one's.
  const note = wanted.values.existing === true && ownership.kind !== "ours" ? undefined : marker?.triggers;
  return {
    rules,
    installed: live.installed,
    existing: state?.values.existing === true,
    ours: ownership.kind === "ours",
    ownerId,
    marked: marker !== undefined,
    owned: marker !== undefined && marker.ownerId === ownerId,
    noted: marker?.triggers === noteOf(wanted.triggers),
    program: live.observed !== undefined,
    masked: live.masked,
    aliasOf: live.aliasOf,
    // A mask hides the definition without changing it.
    definition:
      live.masked && state !== undefined
        ? definitionOf(state)
        : withPassword(live, wanted.triggers.key, [wanted.definition, state && definitionOf(state)]),
    secret: live.secret === true,
    startMode: live.startMode,
    triggers: note === undefined ? recorded(state, wanted.triggers) : ofNote(note, state, wanted.triggers),
    unmapped: live.unmapped,
    status: onHost?.notReady === undefined ? run.status : "notReady",
    reason: run.reason,
    pid: run.pid,
    incarnation: run.incarnation,
    restartPending: isRestartPending(live),
    outdated: marker?.outdated,
    ...(onHost !== undefined && { onHost }),
  };
}

/** The recorded triggers. A service without a state counts as having seen the wanted ones. */
function recorded(state: Props | undefined, wanted: Triggers): SeenTriggers {
  return state === undefined ? wanted.values : (state.values.triggers as SeenTriggers);
}

function ofNote(note: string, state: Props | undefined, wanted: Triggers): SeenTriggers {
  if (isNoteOf(note, wanted)) return wanted.values;
  const values = state?.values.triggers as Values | undefined;
  return isNoteOf(note, { ...wanted, values }) ? values : "others";
}
