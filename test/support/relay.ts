import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** A TCP relay on the way to a host, that can be made to fail in the ways in which networks fail. */
export interface Relay {
  readonly port: number;
  /** Connections that came so far. */
  readonly count: number;
  /** Bytes that went through, both ways. */
  readonly bytes: number;
  /** Breaks all connections at once. New ones are taken. */
  cut(): void;
  /** From now on nothing gets through, and nobody is told: no FIN, no RST. */
  blackHole(): void;
  /** Breaks all connections when `bytes` more have gone to the host. */
  cutAfter(bytes: number): void;
  /** The same when `bytes` more have come from the host. */
  cutAfterAnswered(bytes: number): void;
  close(): Promise<void>;
}

export async function startRelay(target: { address: string; port: number }): Promise<Relay> {
  const pairs = new Set<[Socket, Socket]>();
  let count = 0;
  let bytes = 0;
  /** Bytes that may still go each way. */
  const left = { toHost: Infinity, answered: Infinity };
  const cut = () => {
    for (const pair of pairs) for (const socket of pair) socket.destroy();
  };
  const pass = (from: Socket, to: Socket, way: keyof typeof left) =>
    from.on("data", (chunk) => {
      const part = chunk.subarray(0, left[way]);
      left[way] -= part.length;
      bytes += part.length;
      to.write(part);
      if (left[way] > 0) return;
      left[way] = Infinity;
      from.removeAllListeners("data");
      to.end(() => cut());
    });
  const server = createServer((near) => {
    count++;
    const far = connect(target.port, target.address);
    const pair: [Socket, Socket] = [near, far];
    pairs.add(pair);
    for (const socket of pair) {
      socket.setNoDelay(true);
      socket.on("error", () => {});
      socket.on("close", () => {
        pairs.delete(pair);
        near.destroy();
        far.destroy();
      });
    }
    pass(near, far, "toHost");
    pass(far, near, "answered");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    get count() {
      return count;
    },
    get bytes() {
      return bytes;
    },
    cut,
    cutAfter: (bytes) => void (left.toHost = bytes),
    cutAfterAnswered: (bytes) => void (left.answered = bytes),
    blackHole: () => {
      for (const pair of pairs) {
        for (const socket of pair) {
          socket.removeAllListeners("data");
          socket.pause();
        }
      }
    },
    close: async () => {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
