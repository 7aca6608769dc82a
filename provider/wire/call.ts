import type { handleUnaryCall } from "@grpc/grpc-js";
import type { CheckFailure } from "@pulumi/pulumi/proto/provider_pb";
import type { Call } from "../lifecycle/lifecycle";
import { wellFormed } from "./codec";
import { toStatus } from "./failures";
import type { EngineLog } from "./log";
import { printable } from "./printable";
import type { Redact, Secrets } from "./redact";

/** Makes a gRPC method of a function from request to response. */
export type Answering = <Request, Response>(
  body: (request: Request, call: Call) => Response | Promise<Response>,
) => handleUnaryCall<Request, Response>;

/**
 * What all methods have in common: errors become statuses, the answer waits for the lines logged before it, and no
 * secret of the request is in any of these texts.
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
      // Also when the error itself has something in it that cannot be sent: a call without an answer hangs for ever.
      .catch((error: unknown) => [toStatus(error, reportBug, redact), null] as const);
    await log.flush();
    callback(status, response);
  };
}

/** What is wrong with a property is said in the answer, not as an error. */
function redactFailures<Response>(response: Response, redact: Redact): Response {
  const failures = (response as { getFailuresList?(): CheckFailure[] }).getFailuresList?.() ?? [];
  for (const failure of failures) failure.setReason(wellFormed(printable(redact(failure.getReason()))));
  return response;
}
