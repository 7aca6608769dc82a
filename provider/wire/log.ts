import * as grpc from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import type { Log } from "../lifecycle/lifecycle";
import { wellFormed } from "./codec";
import { printable } from "./printable";
import type { Redact } from "./redact";

/** Time limit for sending a line to the engine, so that a hanging log does not delay the work. */
const PATIENCE_MS = 5_000;

/** The engine's log. Logging never throws or blocks. Without an engine, lines go to stderr. */
export class EngineLog {
  #client: EngineClient | undefined;
  #address = "";

  /** The address of the current engine. */
  get address(): string {
    return this.#address;
  }

  /** Connects to an engine; again when another engine attaches to a running plugin. */
  connect(address: string): void {
    this.#client?.close();
    this.#address = address;
    this.#client = address ? new EngineClient(address, grpc.credentials.createInsecure()) : undefined;
  }

  /** The log of one call. Its lines are shown under the resource, with the call's secrets redacted. */
  for(urn: string, redact: Redact): CallLog {
    return new CallLog((severity, message, ephemeral) =>
      this.#send(urn, severity, printable(redact(message)), ephemeral),
    );
  }

  #send(urn: string, severity: LogSeverity, message: string, ephemeral: boolean): Promise<void> {
    const client = this.#client;
    if (!client) {
      process.stderr.write(`${message}\n`);
      return Promise.resolve();
    }
    const request = new LogRequest()
      .setUrn(urn)
      .setSeverity(severity)
      .setMessage(wellFormed(message))
      .setEphemeral(ephemeral);
    // A lost line is no error. If the engine is gone, the process exits anyway.
    return new Promise((resolve) => {
      client.log(request, new grpc.Metadata(), { deadline: Date.now() + PATIENCE_MS }, () => resolve());
    });
  }
}

type Send = (severity: LogSeverity, message: string, ephemeral: boolean) => Promise<void>;

/** Sends lines one at a time, because the engine may reorder concurrent ones. */
export class CallLog implements Log {
  #sent: Promise<void> = Promise.resolve();

  constructor(private readonly send: Send) {}

  debug(message: string): void {
    this.#add(LogSeverity.DEBUG, message);
  }

  info(message: string): void {
    this.#add(LogSeverity.INFO, message);
  }

  warning(message: string): void {
    this.#add(LogSeverity.WARNING, message);
  }

  status(message: string): void {
    this.#add(LogSeverity.INFO, message, true);
  }

  /** Resolves when the engine has all lines. Await it before answering the call, or the last lines are lost. */
  flush(): Promise<void> {
    return this.#sent;
  }

  #add(severity: LogSeverity, message: string, ephemeral = false): void {
    this.#sent = this.#sent.then(() => this.send(severity, message, ephemeral)).catch(() => undefined);
  }
}
