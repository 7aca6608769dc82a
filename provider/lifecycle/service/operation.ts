import { HostError } from "../../../model/errors";
import type { Definition, Live, Status } from "../../../model/service";
import type { Step } from "../../../model/step";
import type { ServiceInputs } from "../../../schema/service";
import type { RunResult, Session, StepFailure } from "../../hosts/host";
import type { Manager } from "../../managers/manager";
import type { Log } from "../lifecycle";

/** One create, update or delete under way: the session on the host, and everything that does not change meanwhile. */
export interface Operation {
  readonly session: Session;
  readonly manager: Manager;
  readonly host: string;
  readonly name: string;
  readonly inputs: ServiceInputs;
  /** What our state says of it: how the definition that ran before counts as started, and how it was last seen. */
  readonly former: Pick<ServiceInputs, "ready" | "settleSeconds"> & { status?: Status };
  readonly wanted: Definition;
  readonly urn: string;
  readonly signal: AbortSignal;
  readonly log: Log;
}

/** The service as it is now. */
export async function look({ session, manager, name }: Pick<Operation, "session" | "manager" | "name">): Promise<Live> {
  const readings = await session.read(manager.fragment, [name]);
  const reading = readings.get(name);
  if (reading === undefined) throw new Error(`the host's answer has nothing about ${name}`);
  return manager.parse(name, reading);
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
