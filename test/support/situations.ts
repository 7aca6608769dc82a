import fc from "fast-check";
import { SecretPaths, type Props, type Values } from "../../model/props";
import type { Definition, Live, Status } from "../../model/service";
import { definitionOf } from "../../provider/lifecycle/service/state/inputs";

/** A service with a history: what the last run wanted, what is on its host now, and what the next run wants. */
export interface Situation {
  manager: "systemd" | "lsb";
  before: Props;
  after: Props;
  ignoreChanges: string[];
  /** The marker on the host. `newer`: another run of the resource took the service over. */
  marker: "ours" | "lost" | "never" | "newer";
  /** The triggers in the marker, if there is one. */
  noted: "before" | "after" | "others";
  host: Pick<Live, "definition" | "startMode" | "masked" | "unmapped"> & { program: boolean; secret: boolean };
  status: Status;
  outdated: boolean;
}

const few = <T>(...values: T[]) => fc.constantFrom(...values);
const maybe = <T>(...values: T[]) => fc.constantFrom<T | undefined>(undefined, undefined, ...values);

/** Only a few values, so that two of them are often equal. */
const definition = fc.record({
  command: few(["/opt/web"], ["/opt/web", "-x"]),
  description: maybe("one", "two"),
  umask: maybe("0022", "0077"),
  environment: maybe<Record<string, string>>({ A: "1" }, { A: "2" }, { A: "1", B: "2" }),
  restart: maybe({ policy: "always" as const, delaySeconds: 2 }),
  reload: few({ signal: "SIGHUP" }),
  requires: maybe(["a", "b"], ["b", "a"]),
});

const run = fc.record({
  startMode: maybe("automatic", "manual"),
  running: maybe<boolean | string>(true, false, "unmanaged"),
  hold: fc.option(few("restore from backup"), { freq: 6, nil: undefined }),
  whenChanged: maybe("restart", "reload", "defer"),
  triggers: maybe<Values>({ config: "1" }, { config: "2" }, { config: "1", other: "x" }),
});

const defined = (values: object): Values =>
  Object.fromEntries<unknown>(Object.entries(values).filter(([, value]) => value !== undefined));

const inputs: fc.Arbitrary<Props> = fc
  .record({
    definition,
    run,
    existing: fc.option(few(true), { freq: 5, nil: undefined }),
    secret: fc.boolean(),
    manager: fc.option(few("auto", "systemd", "lsb"), { freq: 5, nil: undefined }),
  })
  .map(({ definition: said, run: how, existing, secret, manager }) => {
    const values = { connection: { host: "edi1" }, name: "web", manager, existing, ...(existing ? {} : said), ...how };
    const paths = secret && !existing ? [["environment", "A"]] : [];
    return { values: defined(values), secrets: new SecretPaths(paths), paths };
  });

const ignored = few(
  "description",
  "environment",
  "environment.A",
  "command[1]",
  "requires",
  "startMode",
  "running",
  "triggers",
  "triggers.config",
  "unmapped",
);

export const situations: fc.Arbitrary<Situation> = fc
  .record({
    manager: few("systemd" as const, "lsb" as const),
    before: inputs,
    after: inputs,
    same: fc.integer({ min: 0, max: 3 }),
    ignoreChanges: fc.oneof({ weight: 3, arbitrary: few<string[]>([]) }, fc.uniqueArray(ignored, { maxLength: 3 })),
    marker: fc.constantFrom<Situation["marker"]>("ours", "ours", "ours", "lost", "never", "newer"),
    noted: fc.constantFrom<Situation["noted"]>("before", "before", "before", "after", "others"),
    there: definition.map((said) => defined(said) as Definition),
    drifted: fc.integer({ min: 0, max: 3 }),
    startMode: few("automatic" as const, "automatic" as const, "manual" as const),
    masked: fc.integer({ min: 0, max: 9 }),
    unmapped: fc.integer({ min: 0, max: 5 }),
    program: fc.boolean(),
    secret: fc.integer({ min: 0, max: 5 }),
    status: fc.constantFrom<Status>(
      "running",
      "running",
      "running",
      "stopped",
      "failed",
      "flapping",
      "notReady",
      "unknown",
    ),
    outdated: fc.integer({ min: 0, max: 3 }),
  })
  .map((drawn) => {
    const { manager, before, marker, noted, ignoreChanges, status } = drawn;
    const after = drawn.same === 0 ? before : drawn.after;
    const ours = before.values.existing !== true;
    const masked = drawn.masked === 0;
    const there = drawn.drifted === 0 || !ours ? drawn.there : definitionOf(before);
    return {
      ...{ manager, before, after, noted, ignoreChanges, status },
      // A mask has no marker, and neither has a service that was never ours.
      marker: ours && !(masked && marker !== "ours") ? marker : ours ? "ours" : "never",
      host: {
        definition: there,
        startMode: masked ? ("disabled" as const) : drawn.startMode,
        masked,
        unmapped: drawn.unmapped === 0 && !masked ? [{ file: "/etc/x", line: "Nice=5" }] : [],
        program: !ours && drawn.program && !masked,
        secret: !ours && drawn.secret === 0,
      },
      outdated: ours && drawn.outdated === 0,
    };
  });
