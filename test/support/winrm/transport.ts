import type { WinRmServerOptions } from "../../../lab/windows/control";
import { startWinRmServer, type WinRmServer } from "../../../lab/windows/winRmServer";
import { HostError } from "../../../model/errors";
import { WinRmTransport } from "../../../provider/transports/winrm";
import { winRmTarget, type WinRmConnection } from "../../../provider/transports/winrm/target";

/** How to reach a server of the lab. */
export const connectionTo = (server: WinRmServer, changes: Partial<WinRmConnection> = {}): WinRmConnection => ({
  host: "edi3",
  address: "127.0.0.1",
  port: server.port,
  user: server.user,
  password: server.password,
  connectTimeoutSeconds: 10,
  ...changes,
});

export const connect = (server: WinRmServer, changes: Partial<WinRmConnection> = {}): Promise<WinRmTransport> =>
  WinRmTransport.connect(winRmTarget(connectionTo(server, changes)), 4, new AbortController().signal);

/** Servers and connections of a test file, which are closed at its end. */
export function servers() {
  const ends: (() => unknown)[] = [];
  afterAll(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });
  return {
    start: async (options?: WinRmServerOptions): Promise<WinRmServer> => {
      const server = await startWinRmServer(options);
      ends.push(() => server.stop());
      return server;
    },
    connect: async (server: WinRmServer, changes?: Partial<WinRmConnection>): Promise<WinRmTransport> => {
      const transport = await connect(server, changes);
      ends.push(() => transport.close());
      return transport;
    },
  };
}

export async function failure(work: Promise<unknown>): Promise<HostError> {
  const error: unknown = await work.then(
    () => undefined,
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(HostError);
  return error as HostError;
}

export const verbs = async (server: WinRmServer): Promise<string[]> =>
  (await server.events()).flatMap((event) => (event.event === "request" ? [event.verb] : []));

/** The shells that are open now. */
export const shells = async (server: WinRmServer): Promise<number> =>
  (await server.events()).reduce(
    (n, event) => (event.event === "shell" ? n + (event.state === "created" ? 1 : -1) : n),
    0,
  );
