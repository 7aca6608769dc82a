import { HostError } from "../../../../model/errors";
import type { Definition, Live } from "../../../../model/service";
import type { Host } from "../../../platform";
import type { ManagerRules } from "../../../rules";
import { differs } from "../plan/ownership";

/** Time limit for the last read, after an operation was cancelled, timed out or lost its connection. */
const lastLookMilliseconds = 20_000;

/** Reads the service once more, with a short time limit; undefined when the host does not answer. */
export async function lastLook(host: Host, manager: ManagerRules, name: string): Promise<Live | undefined> {
  try {
    const survey = await host.survey({ name, manager: manager.name }, AbortSignal.timeout(lastLookMilliseconds));
    return survey.live(manager.name);
  } catch {
    return undefined;
  }
}

/** Was the operation interrupted, by Ctrl-C, its deadline or a lost connection, so that it is unknown what was applied? */
export function wasCutOff(error: unknown, signal: AbortSignal): boolean {
  return signal.aborted || (error instanceof HostError && error.kind === "lostConnection");
}

/** Appends text to an error from the host or from an abort; returns other errors unchanged. */
export function withText(error: unknown, host: string, text: string): unknown {
  if (!(error instanceof HostError || error instanceof DOMException)) return error;
  const { message } = error;
  const kind = error instanceof HostError ? error.kind : error.name === "TimeoutError" ? "timeout" : "cancelled";
  const plain = message.startsWith(`${host}: `) ? message.slice(host.length + 2) : message;
  return new HostError(kind, host, `${plain}\n${text}`, { cause: error });
}

interface Subject {
  host: string;
  name: string;
  manager: ManagerRules;
  /** The wanted definition; missing for a removal and for an existing service. */
  wanted?: Definition | undefined;
  removes?: boolean;
}

/** Describes what an interrupted change or removal left on the host, and what to do next. */
export function leftBehind({ host, name, manager, wanted, removes }: Subject, live: Live | undefined): string {
  const next =
    removes === true
      ? "Run `pulumi up` or `pulumi destroy` again to remove the rest."
      : "The next `pulumi up` continues from there.";
  if (live === undefined) return `${host} no longer answers, so it is unknown what is left there. ${next}`;
  if (!live.installed) return `Left on ${host}: no files of ${name}, and ${processOf(live)}. ${next}`;
  const files = live.files.map(({ path }) => path).join(", ");
  const which =
    wanted === undefined
      ? `the definition of ${name} (${files})`
      : differs(manager, live, wanted)
        ? `the previous definition of ${name} (${files})`
        : `the new definition of ${name} (${files})`;
  return `Left on ${host}: ${which}, and ${processOf(live)}. ${next}`;
}

function processOf({ state: { status, pid, inTransit, reason } }: Live): string {
  const process = pid === undefined ? "" : ` (pid ${pid})`;
  if (inTransit && reason !== undefined) return `the service is ${reason}${process}`;
  if (pid !== undefined) return `the service runs${process}`;
  return status === "failed" ? "the service has failed" : "the service does not run";
}
