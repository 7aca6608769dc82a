import type { handleUnaryCall } from "@grpc/grpc-js";
import type { Call } from "../lifecycle/lifecycle";
import { toStatus } from "./failures";
import type { EngineLog } from "./log";

/** Makes a gRPC method of a function from request to response. */
export type Answering = <Request, Response>(
  body: (request: Request, call: Call) => Response | Promise<Response>,
) => handleUnaryCall<Request, Response>;

/** What all methods have in common: errors become statuses, and the answer waits for the lines logged before it. */
export function answering(engineLog: EngineLog): Answering {
  return (body) => async (call, callback) => {
    const request = call.request as { getUrn?(): string | undefined };
    const urn = request.getUrn?.() ?? "";
    const log = engineLog.for(urn);
    const reportBug = (stack: string): void => {
      process.stderr.write(`${stack}\n`);
      log.debug(stack);
    };
    const [status, response] = await Promise.resolve()
      .then(() => body(call.request, { urn, log }))
      .then((answer) => [null, answer] as const)
      .catch((error: unknown) => [toStatus(error, reportBug), null] as const)
      // Also when the error itself has something in it that cannot be sent: a call without an answer hangs for ever.
      .catch((error: unknown) => [toStatus(error, reportBug), null] as const);
    await log.flush();
    callback(status, response);
  };
}
