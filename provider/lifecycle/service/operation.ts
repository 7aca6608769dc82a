import { HostError } from "../../../model/errors";
import type { Path, Props } from "../../../model/props";
import type { Definition, Live, Status } from "../../../model/service";
import type { Step } from "../../posix/shell/step";
import type { ServiceInputs } from "../../../schema/service";
import type { RunResult, Session, StepFailure } from "../../platform";
import type { Driver } from "../../posix/managers/driver";
import type { Log } from "../lifecycle";
import type { Place } from "./place";
import type { Triggers } from "./triggers";

/** One create, update or delete under way: the session on the host, and everything that does not change meanwhile. */
export interface Operation {
  readonly session: Session;
  /** The manager that is to have the service. */
  readonly manager: Driver;
  /** The one that has it now, when it is to be moved. */
  readonly from?: Place["from"];
  /** Of a run that was killed the former files may belong to any of them. */
  readonly managers: ReadonlyMap<string, Driver>;
  readonly host: string;
  readonly name: string;
  readonly inputs: ServiceInputs;
  /** What our state says of it: how the definition that ran before counts as started, and how it was last seen. */
  readonly former: Pick<ServiceInputs, "ready" | "settleSeconds" | "triggers"> & { status?: Status };
  /** The recorded outputs. Missing at a create. */
  readonly state: Props | undefined;
  /** The properties that are left as they are, whatever is wanted. */
  readonly ignore: readonly Path[];
  readonly wanted: Definition;
  /** Somebody else defines it: it is driven by its own means. */
  readonly existing: boolean;
  readonly triggers: Triggers;
  readonly urn: string;
  /** Becomes the owner id of what this operation makes or takes over. */
  readonly newOwnerId: string;
  readonly signal: AbortSignal;
  /** When a start has to be done, in milliseconds as of Date.now(): what is left of the operation's time is for a rollback. */
  readonly startBy: number | undefined;
  readonly log: Log;
}

/** The service as it is now. */
export async function look({ session, manager, name }: Pick<Operation, "session" | "manager" | "name">): Promise<Live> {
  const readings = await session.read(manager.fragment, [name]);
  const reading = readings.get(name);
  if (reading === undefined) throw new Error(`the host's answer has nothing about ${name}`);
  return manager.parse(name, reading);
}

/** What there is now, and under which manager: of a service that is moved, the one that it is moved from. */
export interface Found {
  manager: Driver;
  live: Live;
}

export function foundOf({ manager, from }: Pick<Operation, "manager" | "from">, live: Live): Found {
  return from?.live === undefined ? { manager, live } : { manager: from.manager, live: from.live };
}

/** Everything of a service that could be wanted back: its files, what lies over them, what starts it at boot. */
export function keptPaths(manager: Driver, name: string, live: Live | undefined): string[] {
  return [...manager.paths(name), ...(live?.overrides ?? []), ...(live?.links ?? [])];
}

/** Runs steps that are expected to succeed: looking, tidying up. A failure is an error with the host's own words. */
export async function mustRun(
  { session, host }: Pick<Operation, "session" | "host">,
  steps: readonly Step[],
): Promise<RunResult> {
  const result = await session.run(steps);
  if (result.failed) throw new HostError("remote", host, describeFailure(result.failed));
  return result;
}

/** A step that failed, in the host's own words. */
export function describeFailure({ step, code, stderr }: StepFailure): string {
  return `"${step}" failed: ${stderr.trim() || `exit code ${code}`}`;
}
