import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** A TCP relay in front of a host that can fail as networks do. */
export interface Relay {
  readonly port: number;
  /** The number of connections so far. */
  readonly count: number;
  /** Bytes relayed so far, in both directions. */
  readonly bytes: number;
  /** Breaks all connections at once. New ones are accepted. */
  cut(): void;
  /** From now on relays nothing, silently: no FIN, no RST. */
  blackHole(): void;
  /** Breaks all connections after `bytes` more to the host. */
  cutAfter(bytes: number): void;
  /** Breaks all connections after `bytes` more from the host. */
  cutAfterAnswered(bytes: number): void;
  close(): Promise<void>;
}

export async function startRelay(target: { address: string; port: number }): Promise<Relay> {
  const pairs = new Set<[Socket, Socket]>();
  let count = 0;
  let bytes = 0;
  /** Bytes that may still be relayed in each direction. */
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
