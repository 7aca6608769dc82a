import fc from "fast-check";
import { deviations } from "../../model/compare";
import { parsePath } from "../../model/propertyPath";
import { formatPath, getAt, type Path, type Props, type Values } from "../../model/props";
import type { Live, Status } from "../../model/service";
import { ownershipAtUpdate } from "../../provider/lifecycle/service/plan/ownership";
import { ignoring } from "../../provider/lifecycle/service/plan/ignore";
import { plan, type Plan } from "../../provider/lifecycle/service/plan/plan";
import { seenOnHost, type Seen } from "../../provider/lifecycle/service/plan/seen";
import { wantedBy, type Wanted } from "../../provider/lifecycle/service/plan/wanted";
import { recordOf } from "../../provider/lifecycle/service/state/record";
import { noteOf, triggersOf } from "../../provider/lifecycle/service/state/triggers";
import { MANAGERS } from "../../provider/managers";
import { lifecycle, props, recordingLog, urn } from "../support/serviceLifecycle";
import { situations, type Situation } from "../support/situations";
import { facts } from "../support/systemdUnits";
import { definitionOf } from "../../provider/lifecycle/service/state/inputs";

const isUp = (status: Status) => ["running", "flapping", "notReady"].includes(status);
const driver = (name: string) => MANAGERS.get(name)!;
const noteFor = (props: Props) => noteOf({ values: props.values.triggers as Values | undefined, key: undefined });

/** As the manager sees it: what is not ready runs. */
function liveOf({ host, marker, noted, before, after, status, outdated }: Situation): Live {
  const { program, definition, secret, ...seen } = host;
  const notes = { before: noteFor(before), after: noteFor(after), others: noteFor(props({ triggers: { x: "y" } })) };
  const up = isUp(status);
  return {
    ...{ installed: true, files: [], overrides: [], warnings: [], ...seen },
    definition: program || host.masked ? {} : definition,
    ...(program && { observed: [] }),
    ...(secret && { secret }),
    ...((marker === "ours" || marker === "newer") &&
      !host.masked && {
        marker: {
          ...{ ownerId: marker === "ours" ? "o1" : "o2", urn, definition: "d", triggers: notes[noted] },
          ...(outdated && { outdated: "i1" }),
        },
      }),
    state: {
      ...{ status: status === "notReady" ? "running" : status, restartCount: 0, inTransit: false },
      ...(up && { pid: 7, incarnation: "i1" }),
    },
  };
}

/** What a refresh records of it. */
function refreshed(situation: Situation, inputs: Props, recorded: Props, live: Live) {
  const state = { ...live.state, ...(situation.status === "notReady" && { status: situation.status }) };
  const request = { urn, log: recordingLog(), host: "edi1", name: "web", inputs, outputs: recorded };
  return recordOf(request, { manager: driver(situation.manager), live: { ...live, state }, facts })!;
}

/** The state before the refresh. */
function recordedOf({ before, marker, manager }: Situation): Props {
  const { existing, triggers } = before.values;
  const owner = existing === true || marker === "never" ? {} : { ownerId: "o1" };
  const values = {
    ...definitionOf(before),
    name: "web",
    existing,
    triggers,
    manager,
    ...owner,
    pid: 7,
    status: "running",
  };
  const { secretEnvironment: _, ...rest } = values;
  return { values: rest, secrets: before.secrets };
}

function preview({ after, ignoreChanges }: Situation, state: { inputs: Props; outputs: Props }, news = after) {
  const old = { oldInputs: state.inputs, oldOutputs: state.outputs };
  return lifecycle().diff({ urn, log: recordingLog(), id: "edi1/web", ...old, news, ignoreChanges });
}

/** What an update plans from what it finds on the host. */
function update(
  situation: Situation,
  state: { inputs: Props; outputs: Props },
  live: Live,
): { made: Plan; wanted: Wanted; found: Seen } {
  const ignore = situation.ignoreChanges.map(parsePath);
  const given = wantedBy(situation.after, triggersOf(situation.after, state.outputs.values), { ...state, ignore });
  const { hold, running = true } = given.inputs;
  const operation = { manager: driver(situation.manager), wanted: given.definition, urn, newOwnerId: "new" };
  const { ownerId, status } = state.outputs.values as { ownerId?: string; status: Status };
  const recorded = { ownerId, definition: definitionOf(state.outputs) };
  const ownership = ownershipAtUpdate(operation, live, recorded);
  expect(ownership.kind).not.toBe("foreign");
  const asked = status === "notReady" && hold === undefined && running === true;
  const onHost = {
    ...{ formerStatus: status, age: 1000, unfinished: false, obstructed: false, overridden: false, deserted: false },
    notReady: asked ? { reason: "nothing listens", stranger: false } : undefined,
  };
  const from = driver(situation.manager);
  const seen = seenOnHost({ live, rules: from, ownership, state: state.outputs, wanted: given, onHost });
  const named = given.inputs.manager;
  const rules = named === undefined || named === "auto" ? from : driver(named);
  const both = ignoring(given, seen, rules, ignore);
  return { made: plan(both.wanted, both.seen, rules), wanted: both.wanted, found: seen };
}

function seenBy(situation: Situation) {
  const live = liveOf(situation);
  const state = refreshed(situation, situation.before, recordedOf(situation), live);
  return { live, state };
}

const said: Record<Plan["action"], RegExp> = {
  none: /^(?!restarts|starts|stops|reloads)/,
  restart: /^restarts web on edi1 \(pid 7\)(, if it is still not ready)?$/,
  reload: /^reloads web on edi1 \(pid 7\)$/,
  start: /^starts web on edi1$/,
  stop: /^stops web on edi1 \(pid 7\)$/,
};

test("promise 1: a preview announces what the update does", () => {
  fc.assert(
    fc.property(situations, (situation) => {
      const { live, state } = seenBy(situation);
      const { properties, notes } = preview(situation, state);
      const { made } = update(situation, state, live);
      if (properties.length === 0) {
        expect(notes).toEqual([]);
        if (made.refusal !== undefined) return;
        expect(made).toMatchObject({
          action: "none",
          setStartMode: false,
          releases: false,
          moves: false,
          takesOver: false,
        });
        if (made.ownerId !== undefined) expect(made.changes).toBe(false);
        return;
      }
      expect(notes.some((note) => note.startsWith("can't change"))).toBe(made.refusal !== undefined);
      if (made.refusal !== undefined) return;
      expect(notes.some((note) => note.startsWith("moves web"))).toBe(made.moves);
      expect(notes.some((note) => note.startsWith("replaces the definition"))).toBe(made.takesOver);
      expect(notes.some((note) => note.startsWith("leaves the definition"))).toBe(made.releases);
      if (made.moves) expect(notes.join()).toMatch(made.action === "start" ? /created and started$/ : /not started$/);
      else {
        const about = notes.filter((note) => !/^(replaces|leaves)/.test(note));
        if (made.action === "none") expect(about).toEqual([]);
        else expect(about).toEqual([expect.stringMatching(said[made.action])]);
      }
      // The state knows no property of somebody else's definition.
      if (situation.before.values.existing === true) return;
      const named = (all: readonly { path: Path }[]) => all.map(({ path }) => formatPath(path)).sort();
      expect(named(properties)).toEqual(named(made.differences));
    }),
    { numRuns: 300 },
  );
});

/** What is on the host when the update has done what it planned. */
function afterwards(live: Live, made: Plan, wanted: Wanted, found: Seen): { live: Live; triggers: unknown } {
  const starts = ["start", "restart"].includes(made.action);
  const runs = made.action !== "stop" && (starts || live.state.pid !== undefined);
  const status = made.action === "none" || made.action === "reload" ? live.state.status : runs ? "running" : "stopped";
  const marker = {
    ...{ ownerId: made.ownerId ?? "new", urn, definition: "d", triggers: noteOf(wanted.triggers) },
    ...(made.outdated !== undefined && { outdated: made.outdated }),
  };
  const { marker: _, observed: __, ...rest } = live;
  const released = { ...rest, ...(live.observed && { observed: live.observed }) };
  return {
    live: {
      ...(made.releases ? released : live),
      ...(made.write && { ...rest, marker, definition: wanted.definition, unmapped: [], masked: false, secret: false }),
      ...(made.setStartMode && { startMode: wanted.inputs.startMode ?? "automatic" }),
      state: {
        ...{ status, restartCount: 0, inTransit: false },
        ...(runs && { pid: starts ? 8 : 7, incarnation: starts ? "i2" : "i1" }),
      },
    },
    triggers:
      wanted.values.existing !== true || made.action !== "none" || !runs
        ? wanted.triggers.values
        : found.triggers === "others"
          ? undefined
          : found.triggers,
  };
}

test("an update that has done what it planned leaves no difference, and nothing that is ignored has changed", () => {
  fc.assert(
    fc.property(situations, (situation) => {
      const { live, state } = seenBy(situation);
      const { made, wanted, found } = update(situation, state, live);
      fc.pre(made.refusal === undefined && !made.moves);
      const next = afterwards(live, made, wanted, found);
      // The engine gives ignored triggers as it has them.
      const { ignoreChanges } = situation;
      const { triggers } = wanted.values;
      const given: Values = { ...situation.after.values, triggers };
      const after = { ...situation.after, values: given };
      const ownerId = after.values.existing === true ? undefined : (made.ownerId ?? "new");
      const values = { ...definitionOf(after), ...state.outputs.values, existing: after.values.existing, ownerId };
      const outputs = { values: { ...values, triggers: next.triggers }, secrets: after.secrets };
      const later = refreshed({ ...situation, status: next.live.state.status }, after, outputs, next.live);
      const { properties } = preview(situation, { inputs: after, outputs: later.outputs });
      expect(properties).toEqual([]);
      if (made.write && situation.before.values.existing !== true) {
        const ignored = ignoreChanges
          .map(parsePath)
          .filter(([key]) => !["startMode", "running", "unmapped"].includes(String(key)));
        for (const path of ignored)
          expect(deviations(getAt(state.outputs.values, path), getAt(later.outputs.values, path))).toEqual([]);
      }
    }),
    { numRuns: 300 },
  );
});
