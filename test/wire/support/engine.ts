import { EventEmitter } from "node:events";
import * as grpc from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogSeverity, type LogRequest } from "@pulumi/pulumi/proto/engine_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";

/** A line that the plugin sent to the engine's log. */
export interface LogLine {
  urn: string;
  severity: "debug" | "info" | "warning" | "error";
  message: string;
  /** A passing status line. */
  ephemeral: boolean;
}

const SEVERITIES = new Map<LogSeverity, LogLine["severity"]>([
  [LogSeverity.DEBUG, "debug"],
  [LogSeverity.INFO, "info"],
  [LogSeverity.WARNING, "warning"],
  [LogSeverity.ERROR, "error"],
]);

/** Stands in for the engine's log, and for nothing else of it: it records what the plugin says. */
export class LogEngine {
  readonly lines: LogLine[] = [];
  readonly #events = new EventEmitter().setMaxListeners(0);
  readonly #server = new grpc.Server();
  #address = "";

  static async start(): Promise<LogEngine> {
    const engine = new LogEngine();
    engine.#server.addService(EngineService, {
      log: (call: { request: LogRequest }, callback: grpc.sendUnaryData<Empty>) => {
        engine.#record(call.request);
        callback(null, new Empty());
      },
    });
    const port = await new Promise<number>((resolve, reject) => {
      engine.#server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      );
    });
    engine.#address = `127.0.0.1:${port}`;
    return engine;
  }

  get address(): string {
    return this.#address;
  }

  /** Tells `listener` of each line, until the function that comes back is called. */
  onLine(listener: (line: LogLine) => void): () => void {
    this.#events.on("line", listener);
    return () => this.#events.off("line", listener);
  }

  /** Dies the way a killed engine does: its connections break. */
  stop(): void {
    this.#server.forceShutdown();
  }

  #record(request: LogRequest): void {
    const line: LogLine = {
      urn: request.getUrn(),
      severity: SEVERITIES.get(request.getSeverity()) ?? "error",
      message: request.getMessage(),
      ephemeral: request.getEphemeral(),
    };
    this.lines.push(line);
    this.#events.emit("line", line);
  }
}
