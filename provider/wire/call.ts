import type { handleUnaryCall } from "@grpc/grpc-js";
import type { CheckFailure } from "@pulumi/pulumi/proto/provider_pb";
import type { Call } from "../lifecycle/lifecycle";
import { wellFormed } from "./codec";
import { toStatus } from "./failures";
import type { EngineLog } from "./log";
import { printable } from "./printable";
import type { Redact, Secrets } from "./redact";

/** Turns a function from request to response into a gRPC method. */
export type Answering = <Request, Response>(
  body: (request: Request, call: Call) => Response | Promise<Response>,
) => handleUnaryCall<Request, Response>;

/**
 * The common part of all methods: turns errors into statuses, sends the answer after all lines logged before it, and
 * redacts the request's secrets in all of these texts.
 */
export function answering(engineLog: EngineLog, secrets: Secrets): Answering {
  return (body) => async (call, callback) => {
    const request = call.request as { getUrn?(): string | undefined };
    const urn = request.getUrn?.() ?? "";
    const redact = secrets.of(request);
    const log = engineLog.for(urn, redact);
    const reportBug = (stack: string): void => {
      process.stderr.write(`${printable(redact(stack))}\n`);
      log.debug(stack);
    };
    const [status, response] = await Promise.resolve()
      .then(() => body(call.request, { urn, log }))
      .then((answer) => [null, redactFailures(answer, redact)] as const)
      .catch((error: unknown) => [toStatus(error, reportBug, redact), null] as const)
      // The conversion itself may throw, if the error has something that can't be sent. A call without an answer hangs.
      .catch((error: unknown) => [toStatus(error, reportBug, redact), null] as const);
    await log.flush();
    callback(status, response);
  };
}

/** Redacts the failures in a response: errors of a property are part of the answer. */
function redactFailures<Response>(response: Response, redact: Redact): Response {
  const failures = (response as { getFailuresList?(): CheckFailure[] }).getFailuresList?.() ?? [];
  for (const failure of failures) failure.setReason(wellFormed(printable(redact(failure.getReason()))));
  return response;
}
