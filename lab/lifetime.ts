import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync } from "node:fs";
import { LabError } from "./errors";
import { withLock } from "./lock";
import { hostPaths, labFolder } from "./paths";
import { freePorts } from "./ports";
import { currentOwner, hostNames, readRecord, writeRecord, type HostRecord } from "./records";
import { tearDown } from "./sweep";

/** Hosts that end with this process. */
const bound = new Set<string>();

process.on("exit", () => {
  for (const name of bound) {
    try {
      tearDown(name);
    } catch (error) {
      process.stderr.write(`lab: ${name} is left over: ${String(error)}\n`); // the next sweep tries again
    }
  }
});

/** Takes a name and a row of ports, under a lock: two processes never get the same. `record` makes the record from them. */
export async function reserve<R extends HostRecord>(
  kind: R["kind"],
  wanted: string | undefined,
  record: (name: string, port: number) => R,
): Promise<R> {
  const name = wanted ?? `${kind}-${randomBytes(3).toString("hex")}`;
  return withLock(`${labFolder()}/hosts.lock`, async () => {
    if (existsSync(hostPaths(name).folder)) throw new LabError(`There is a host ${name} already: see "lab list".`);
    const records = hostNames().map(readRecord);
    const port = await freePorts(records.flatMap((other) => other?.port ?? []));
    const reserved = { ...record(name, port), owner: currentOwner() };
    mkdirSync(hostPaths(name).folder, { mode: 0o700 });
    writeRecord(reserved);
    return reserved;
  });
}

/** Makes a host of what was reserved. It ends with this process, unless it is kept, and is removed when `work` fails. */
export async function make(name: string, keep: boolean, work: () => Promise<void>): Promise<void> {
  bound.add(name); // while it is being made, even one that is to stay
  try {
    await work();
  } catch (error) {
    await stopHost(name);
    throw error;
  }
  if (keep) {
    writeRecord({ ...readRecord(name)!, owner: undefined });
    bound.delete(name);
  }
}

/** Kills a host and removes all of it. A host that is gone is fine. */
export function stopHost(name: string): Promise<void> {
  return new Promise((resolve) => {
    bound.delete(name);
    if (existsSync(hostPaths(name).folder)) tearDown(name);
    resolve();
  });
}
