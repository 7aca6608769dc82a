import * as grpc from "@grpc/grpc-js";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import type { Props } from "../../../model/props";
import { decode } from "../../../provider/wire/codec";

/** An error as the engine sees it. */
export class WireError extends Error {
  override name = "WireError";
  constructor(
    /** The name of the gRPC code: "UNAVAILABLE". */
    readonly code: string,
    message: string,
    /** What goes into the state, when the error is an `ErrorResourceInitFailed`. */
    readonly initFailed?: {
      id: string;
      inputs: Props;
      outputs: Props;
      reasons: string[];
      raw: ErrorResourceInitFailed;
    },
  ) {
    super(message);
  }
}

/** Reads the details of a failed call. */
export function toWireError(error: grpc.ServiceError): WireError {
  const code = grpc.status[error.code] ?? String(error.code);
  const [details] = error.metadata.get("grpc-status-details-bin");
  const packed = details ? Status.deserializeBinary(details as Buffer).getDetailsList() : [];
  const failure = packed[0]?.unpack(
    (bytes: Uint8Array) => ErrorResourceInitFailed.deserializeBinary(bytes),
    "pulumirpc.ErrorResourceInitFailed",
  );
  if (!failure) return new WireError(code, error.details);
  return new WireError(code, error.details, {
    id: failure.getId(),
    inputs: decode(failure.getInputs()),
    outputs: decode(failure.getProperties()),
    reasons: failure.getReasonsList(),
    raw: failure,
  });
}
