import { formatPath, type Path, type Props } from "./props";

/** One error of one property. */
export interface Issue {
  path: Path;
  message: string;
}

/** Errors in the user's input. */
export class PropertyError extends Error {
  override name = "PropertyError";
  constructor(readonly issues: readonly Issue[]) {
    super(issues.map((i) => (i.path.length ? `${formatPath(i.path)}: ${i.message}` : i.message)).join("\n"));
  }
}

/**
 * What went wrong on the way to a host, or on it.
 *
 * - `unreachable`: no connection could be made (refused, no route, name unknown)
 * - `authentication`: the host refused the login, or `become` was refused
 * - `hostKey`: the host presented a key that is unknown, unexpected or revoked
 * - `timeout`: a time limit of the provider was exceeded
 * - `cancelled`: the user or the engine stopped the operation
 * - `lostConnection`: an established connection was lost; the running step may or may not have been carried out
 * - `remote`: a step failed on the host
 */
export type HostErrorKind =
  "unreachable" | "authentication" | "hostKey" | "timeout" | "cancelled" | "lostConnection" | "remote";

/** The error class for all failures on the way to a host or on it. */
export class HostError extends Error {
  override name = "HostError";
  constructor(
    readonly kind: HostErrorKind,
    /** The host's name in the program. */
    readonly host: string,
    /** The message without the host's name. */
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`${host}: ${reason}`, options);
  }
}

/** A change was begun but not completed. The state records what is on the host, so that the next `up` repairs it. */
export class PartialFailure extends Error {
  override name = "PartialFailure";
  constructor(
    message: string,
    /** The resource as Read would return it now. */
    readonly seen: { id: string; inputs: Props; outputs: Props },
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
