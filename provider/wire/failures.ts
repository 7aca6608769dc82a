import { status, type StatusObject } from "@grpc/grpc-js";
import { HostError, PartialFailure, PropertyError, type HostErrorKind } from "../../model/errors";
import { initFailed } from "./initFailed";
import type { Redact } from "./redact";
import { statusText } from "./statusText";

/** The engine treats UNKNOWN as "the state of the resource is unknown", and the others as "refused, nothing changed". */
const CODES: Record<HostErrorKind, status> = {
  unreachable: status.UNAVAILABLE,
  authentication: status.UNAUTHENTICATED,
  hostKey: status.FAILED_PRECONDITION,
  timeout: status.DEADLINE_EXCEEDED,
  cancelled: status.CANCELLED,
  lostConnection: status.UNKNOWN,
  remote: status.FAILED_PRECONDITION,
};

/** The engine asked for something that this provider does not have. */
export class Unsupported extends Error {
  override name = "Unsupported";
}

/** An error whose status has more than a code and a text. */
export abstract class Answered extends Error {
  abstract status(redact: Redact): Partial<StatusObject>;
}

/** The status of a failed call. Calls `reportBug` with the stack of errors that only a bug can cause. */
export function toStatus(error: unknown, reportBug: (stack: string) => void, redact: Redact): Partial<StatusObject> {
  if (error instanceof PartialFailure) return initFailed(error, redact);
  if (error instanceof Answered) return error.status(redact);
  const code = codeOf(error);
  if (code !== undefined) return { code, details: statusText(redact((error as Error).message)) };
  reportBug(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return { code: status.UNKNOWN, details: statusText(redact(`${String(error)} (this is a bug in the provider)`)) };
}

function codeOf(error: unknown): status | undefined {
  if (error instanceof PropertyError) return status.INVALID_ARGUMENT;
  if (error instanceof HostError) return CODES[error.kind];
  if (error instanceof Unsupported) return status.UNIMPLEMENTED;
  // The reason of an operation's signal, thrown by `signal.throwIfAborted()`.
  if (error instanceof DOMException && error.name === "AbortError") return status.CANCELLED;
  if (error instanceof DOMException && error.name === "TimeoutError") return status.DEADLINE_EXCEEDED;
  return undefined;
}
