import { createServer } from "node:net";
import { LabError } from "./errors";

/** Consecutive ports of a host: sshd, web, queue, engine, four spare ones. */
export const portsPerHost = 8;
/** The range is below the kernel's ports for outgoing connections, which may be in use at any moment. */
const first = 21_000;
const last = 29_000;

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "0.0.0.0", () => server.close(() => resolve(true)));
  });
}

/** The first of consecutive ports on which nobody listens and that no other host has. */
export async function freePorts(given: number[]): Promise<number> {
  for (let base = first; base < last; base += portsPerHost) {
    if (given.includes(base)) continue;
    const row = Array.from({ length: portsPerHost }, (_, i) => base + i);
    if ((await Promise.all(row.map(isFree))).every(Boolean)) return base;
  }
  throw new LabError(`No free ports between ${first} and ${last}: are a hundred hosts running? See "lab list".`);
}
