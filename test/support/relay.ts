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
  let left = Infinity;
  let leftOfAnswers = Infinity;
  const cut = () => {
    for (const pair of pairs) for (const socket of pair) socket.destroy();
  };
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
    near.on("data", (chunk) => {
      const part = chunk.subarray(0, left);
      left -= part.length;
      bytes += part.length;
      far.write(part);
      if (left > 0) return;
      left = Infinity;
      near.removeAllListeners("data");
      far.end(() => cut());
    });
    far.on("data", (chunk) => {
      const part = chunk.subarray(0, leftOfAnswers);
      leftOfAnswers -= part.length;
      bytes += part.length;
      near.write(part);
      if (leftOfAnswers > 0) return;
      leftOfAnswers = Infinity;
      far.removeAllListeners("data");
      near.end(() => cut());
    });
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
    cutAfter: (bytes) => void (left = bytes),
    cutAfterAnswered: (bytes) => void (leftOfAnswers = bytes),
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
