import { formatPath, type Path, type Props } from "./props";

/** One thing that is wrong with one property. */
export interface Issue {
  path: Path;
  message: string;
}

/** Something that the user gave is wrong: known without asking any host. */
export class PropertyError extends Error {
  override name = "PropertyError";
  constructor(readonly issues: readonly Issue[]) {
    super(issues.map((i) => (i.path.length ? `${formatPath(i.path)}: ${i.message}` : i.message)).join("\n"));
  }
}

/**
 * What went wrong between us and a host.
 *
 * - `unreachable`: no connection could be made (refused, no route, name unknown)
 * - `authentication`: the host refused the login, or `become` was refused
 * - `hostKey`: the host showed a key that is unknown, another one than expected, or revoked
 * - `timeout`: a time limit of ours ran out
 * - `cancelled`: the user or the engine stopped the operation
 * - `lostConnection`: the connection broke after it stood: what was under way may or may not have happened
 * - `remote`: the host did what we said, and it failed
 */
export type HostErrorKind =
  "unreachable" | "authentication" | "hostKey" | "timeout" | "cancelled" | "lostConnection" | "remote";

/** The one error class for everything that happens on the way to a host or on it. */
export class HostError extends Error {
  override name = "HostError";
  constructor(
    readonly kind: HostErrorKind,
    /** The machine's name, as the user calls it. */
    readonly host: string,
    /** The message without the machine's name. */
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`${host}: ${reason}`, options);
  }
}

/** A change began and could not be finished: what is on the host now goes into the state, so that the next `up` repairs it. */
export class PartialFailure extends Error {
  override name = "PartialFailure";
  constructor(
    message: string,
    /** The resource as Read sees it now. */
    readonly seen: { id: string; inputs: Props; outputs: Props },
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
