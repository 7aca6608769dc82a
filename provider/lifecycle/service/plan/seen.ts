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

/** What a plan asks of a manager. */
export type Rules = Pick<ManagerRules, "name" | "defaults" | "impact">;

type SeenTriggers = Values | "others" | undefined;

/** A service as it was seen, in the state or on its host: all that a plan is made from besides what is wanted. */
export interface Seen {
  /** Of the manager that has it. */
  rules: Rules;
  installed: boolean;
  /** The state has it as defined by somebody else. */
  existing: boolean;
  /** Its definition has our marker. */
  ours: boolean;
  /** The owner id that it keeps. */
  ownerId: string | undefined;
  /** There is a marker, ours or not. */
  marked: boolean;
  /** The marker has the owner id that is kept. */
  owned: boolean;
  /** The marker notes the wanted triggers. */
  noted: boolean;
  /** Its definition can only be run to be known. */
  program: boolean;
  masked: boolean;
  aliasOf?: string | undefined;
  definition: Definition;
  /** Not every user of the host may read the definition as a whole. */
  secret: boolean;
  startMode: StartMode;
  /** The triggers that its process has seen. `others`: all that is known is that they are not the wanted ones. */
  triggers: SeenTriggers;
  /** Lines that no property covers. `undefined`: they are ignored. */
  unmapped: readonly UnmappedLine[] | undefined;
  status: Status;
  reason?: string | undefined;
  pid?: number | undefined;
  /** The run of the process. */
  incarnation?: string | undefined;
  /** The process is older than the definition. */
  restartPending: boolean;
  /** The run of the process that is older than the definition, as the marker has it. */
  outdated?: string | undefined;
  /** What a host alone can tell. */
  onHost?: OnHost;
}

export interface OnHost {
  /** How the state has it. Missing at a create. */
  formerStatus: Status | undefined;
  /** Seconds since the process was started. */
  age: number;
  /** It still isn't ready, after several looks. */
  notReady?: { reason: string; stranger: boolean } | undefined;
  /** An earlier change was cut off before it had settled. */
  unfinished: boolean;
  /** Something that is no file lies in the place of one. */
  obstructed: boolean;
  /** Drop-ins lie over the definition. */
  overridden: boolean;
  /** Another service of this name, under the manager that this one is moved to: its files. */
  rival?: string | undefined;
  /** The manager that has it no longer runs. */
  deserted: boolean;
}

/** Lines in `unmapped` of the outputs that tell of the marker, or of a secret: a plan knows these from the host. */
export const MARKER_LOST = "(the comment that says whose it is has gone)";
const TAKEN_OVER = "(another run of this resource took it over";
export const takenOver = (ownerId: string) => `${TAKEN_OVER}, as owner ${ownerId}, and did not reach the state)`;
export const exposed = (variable: string) => `(environment.${variable} is secret, and others can read it here)`;

/** From the outputs, for a preview. */
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
    masked: values.startMode === "disabled",
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

/** Where the marker did not note the recorded triggers, the outputs have its note. */
function noted(values: Values, wanted: Triggers): SeenTriggers {
  const note = values[NOTE];
  if (typeof note !== "string") return values.triggers as SeenTriggers;
  return !holdsUnknown(wanted.values) && isNoteOf(note, wanted) ? wanted.values : "others";
}

/** From what was read on the host, for an update, or for a create, which has no `state`. */
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
  wanted: Pick<Wanted, "triggers" | "values">;
  onHost?: OnHost;
}): Seen {
  const { marker, state: run } = live;
  const ownerId = ownership.kind === "ours" || ownership.kind === "same" ? ownership.ownerId : undefined;
  // An existing service carries no note of its triggers, and that of another resource tells nothing of ours.
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
    // A mask hides the definition, it does not change it.
    definition: live.masked && state !== undefined ? definitionOf(state) : live.definition,
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

/** What is new to us has seen what is wanted. */
function recorded(state: Props | undefined, wanted: Triggers): SeenTriggers {
  return state === undefined ? wanted.values : (state.values.triggers as SeenTriggers);
}

function ofNote(note: string, state: Props | undefined, wanted: Triggers): SeenTriggers {
  if (isNoteOf(note, wanted)) return wanted.values;
  const values = state?.values.triggers as Values | undefined;
  return isNoteOf(note, { ...wanted, values }) ? values : "others";
}
