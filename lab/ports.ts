import { createServer } from "node:net";
import { LabError } from "./errors";

/** Ports that a host gets, in a row: sshd, web, queue, engine, four to spare. */
export const portsPerHost = 8;
/** Below the ports that the kernel hands out for outgoing connections: those may take any port at any moment. */
const first = 21_000;
const last = 29_000;

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "0.0.0.0", () => server.close(() => resolve(true)));
  });
}

/** The first port of a row that nobody listens on and that no other host has been given. */
export async function freePorts(given: number[]): Promise<number> {
  for (let base = first; base < last; base += portsPerHost) {
    if (given.includes(base)) continue;
    const row = Array.from({ length: portsPerHost }, (_, i) => base + i);
    if ((await Promise.all(row.map(isFree))).every(Boolean)) return base;
  }
  throw new LabError(`No free ports between ${first} and ${last}: are a hundred hosts running? See "lab list".`);
}
