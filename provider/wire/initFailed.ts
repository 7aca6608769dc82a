import { Metadata, status, type StatusObject } from "@grpc/grpc-js";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import type { PartialFailure } from "../../model/errors";
import { encode, wellFormed } from "./codec";
import type { Redact } from "./redact";
import { statusText } from "./statusText";

/**
 * The details of an error are sent in HTTP/2 headers, in base64. If they exceed 64 KiB nothing is sent, and the engine waits
 * forever.
 */
const MAX_DETAIL_BYTES = 32_000;

/** The only error that updates the state: it records what exists on the host, so that the next `up` repairs it. */
export function initFailed(error: PartialFailure, redact: Redact): Partial<StatusObject> {
  const reason = statusText(redact(error.message));
  const failure = new ErrorResourceInitFailed()
    .setId(error.seen.id)
    .setInputs(encode(error.seen.inputs))
    .setProperties(encode(error.seen.outputs))
    .setReasonsList([reason]);
  fit(failure);
  const detail = new Any();
  detail.pack(failure.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  // The engine shows the reasons. For Delete, which has none, it shows this message.
  const message = wellFormed(reason.slice(0, 1_000));
  const packed = new Status().setCode(status.UNKNOWN).setMessage(message).setDetailsList([detail]);
  const metadata = new Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(packed.serializeBinary()));
  return { code: status.UNKNOWN, details: message, metadata };
}

/**
 * Omits what is needed least: the inputs, because the engine keeps those it has, and then the largest outputs, because the
 * next read or update of the failed resource restores them. The small outputs identify the resource and its owner.
 */
function fit(failure: ErrorResourceInitFailed): void {
  if (sizeOf(failure) > MAX_DETAIL_BYTES) failure.clearInputs();
  const outputs = failure.getProperties()?.getFieldsMap();
  const bySize = [...(outputs?.entries() ?? [])].sort(([, a], [, b]) => sizeOf(a) - sizeOf(b));
  while (sizeOf(failure) > MAX_DETAIL_BYTES && bySize.length > 0) outputs?.del(bySize.pop()?.[0] ?? "");
}

function sizeOf(message: { serializeBinary(): Uint8Array }): number {
  return message.serializeBinary().length;
}
