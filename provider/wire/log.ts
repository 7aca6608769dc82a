import * as grpc from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import type { Log } from "../lifecycle/lifecycle";
import { wellFormed } from "./codec";
import { printable } from "./printable";
import type { Redact } from "./redact";

/** An engine that does not take a line within this time takes none: the work is not held up for its log. */
const PATIENCE_MS = 5_000;

/** The engine's log. Never throws, never blocks the one who logs. Without an engine everything goes to stderr. */
export class EngineLog {
  #client: EngineClient | undefined;
  #address = "";

  /** Of the engine that runs us now. */
  get address(): string {
    return this.#address;
  }

  /** May be called again: an engine that attaches to a running plugin brings its own log. */
  connect(address: string): void {
    this.#client?.close();
    this.#address = address;
    this.#client = address ? new EngineClient(address, grpc.credentials.createInsecure()) : undefined;
  }

  /** The log of one call, below the resource that it is about, without the secrets of the call. */
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
    // A line that is lost is not worth an error: if the engine is gone, the process ends for that reason.
    return new Promise((resolve) => {
      client.log(request, new grpc.Metadata(), { deadline: Date.now() + PATIENCE_MS }, () => resolve());
    });
  }
}

type Send = (severity: LogSeverity, message: string, ephemeral: boolean) => Promise<void>;

/** Lines go one after the other, since the engine may take two that are under way in any order. */
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

  /** Resolves when all lines are with the engine. To be awaited before the answer to the call, or the last are lost. */
  flush(): Promise<void> {
    return this.#sent;
  }

  #add(severity: LogSeverity, message: string, ephemeral = false): void {
    this.#sent = this.#sent.then(() => this.send(severity, message, ephemeral)).catch(() => undefined);
  }
}
