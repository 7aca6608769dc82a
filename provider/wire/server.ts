import * as grpc from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import type { Provider } from "../lifecycle/lifecycle";
import { engineAddress, watchEngine } from "./engine";
import { EngineLog } from "./log";
import { service } from "./service";

/** The limit of the engine and all SDKs. */
const MAX_MESSAGE_BYTES = 400 * 1024 * 1024;

/** Serves a provider on a free local port. */
export async function listen(provider: Provider, engineLog: EngineLog): Promise<{ port: number; close(): void }> {
  const server = new grpc.Server({
    "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
    "grpc.max_send_message_length": MAX_MESSAGE_BYTES,
  });
  server.addService(ResourceProviderService, service(provider, engineLog));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return { port, close: () => server.forceShutdown() };
}

/** Runs this process as a plugin. `argv`: the arguments from the engine (`process.argv.slice(2)`). */
export async function serve(provider: Provider, argv: readonly string[]): Promise<void> {
  const toEngine = takeStdout();
  const leave = (code: number) => (): void => {
    try {
      provider.close();
    } finally {
      process.exit(code);
    }
  };
  process.once("SIGINT", leave(0));
  process.once("SIGTERM", leave(0));

  const engineLog = new EngineLog();
  const address = engineAddress(argv);
  engineLog.connect(address);
  if (address) watchEngine(address, leave(1));
  const { port } = await listen(provider, engineLog);
  toEngine(`${port}\n`);
}

/** Reserves stdout for the port, which the engine reads from it. All other output goes to stderr. */
function takeStdout(): (text: string) => void {
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = process.stderr.write.bind(process.stderr);
  return (text) => void write(text);
}
