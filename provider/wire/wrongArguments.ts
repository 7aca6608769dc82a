import { Metadata, status, type StatusObject } from "@grpc/grpc-js";
import { InputPropertiesError } from "@pulumi/pulumi/proto/errors_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import type { Issue } from "../../model/errors";
import { formatPath, type Path } from "../../model/props";
import { Answered } from "./failures";
import { printable } from "./printable";
import type { Redact } from "./redact";
import { statusText } from "./statusText";

/** Errors in the arguments of a component, each with its property, in the form that the engine shows as a list. */
export class WrongArguments extends Answered {
  override name = "WrongArguments";
  constructor(
    component: string,
    private readonly issues: readonly Issue[],
    private readonly secrets: Iterable<Path>,
  ) {
    super(`The arguments of ${component} are invalid:`);
  }

  status(redact: Redact): Partial<StatusObject> {
    const properties = this.issues.map(({ path, message }) =>
      new InputPropertiesError.PropertyError()
        .setPropertyPath(printable(this.#shown(path)))
        .setReason(statusText(redact(message))),
    );
    const detail = new Any();
    const error = new InputPropertiesError().setErrorsList(properties);
    detail.pack(error.serializeBinary(), "pulumirpc.InputPropertiesError");
    const packed = new Status().setCode(status.INVALID_ARGUMENT).setMessage(this.message).setDetailsList([detail]);
    const metadata = new Metadata();
    metadata.add("grpc-status-details-bin", Buffer.from(packed.serializeBinary()));
    return { code: status.INVALID_ARGUMENT, details: this.message, metadata };
  }

  /**
   * The engine prints the value at the path, even a secret one in clear. A word after the path makes it find none.
   */
  #shown(path: Path): string {
    const hidden = [...this.secrets].some((secret) => within(secret, path) || within(path, secret));
    return hidden ? `${formatPath(path)} (secret)` : formatPath(path);
  }
}

/** Is `path` at `above`, or below it? */
function within(above: Path, path: Path): boolean {
  return above.every((key, i) => path[i] === key);
}
