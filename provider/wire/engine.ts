import * as grpc from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";

const MAX_TIMER_MS = 2 ** 31 - 1;

/** The engine puts its address last, after flags of its own (`-v=9`). Started by hand there is none. */
export function engineAddress(argv: readonly string[]): string {
  const last = argv.at(-1) ?? "";
  return /^[\w.[\]:-]+:\d+$/.test(last) ? last : "";
}

/** Calls `gone` when the engine can no longer be reached. It kills us when it ends well, but nobody does when it is killed. */
export function watchEngine(address: string, gone: () => void): void {
  // A channel without calls is taken down after half an hour, which looks like an engine that died.
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
