import * as grpc from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";

const MAX_TIMER_MS = 2 ** 31 - 1;

/** The engine's address: the last argument, after the engine's flags (`-v=9`). Empty when the plugin is started by hand. */
export function engineAddress(argv: readonly string[]): string {
  const last = argv.at(-1) ?? "";
  return /^[\w.[\]:-]+:\d+$/.test(last) ? last : "";
}

/** Calls `gone` when the engine becomes unreachable. An engine that is killed does not end its plugins. */
export function watchEngine(address: string, gone: () => void): void {
  // gRPC closes a channel after half an hour without calls, which would look like a dead engine.
  const options = { "grpc.client_idle_timeout_ms": MAX_TIMER_MS };
  const channel = new EngineClient(address, grpc.credentials.createInsecure(), options).getChannel();
  const { READY, TRANSIENT_FAILURE } = grpc.connectivityState;
  const watch = (): void => {
    const before = channel.getConnectivityState(true);
    channel.watchConnectivityState(before, Infinity, () => {
      const now = channel.getConnectivityState(false);
      if (now === TRANSIENT_FAILURE || (before === READY && now !== READY)) gone();
      else watch();
    });
  };
  watch();
}
