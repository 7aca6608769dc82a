import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync } from "node:fs";
import { LabError } from "./errors";
import { withLock } from "./lock";
import { hostPaths, labFolder } from "./paths";
import { freePorts } from "./ports";
import { currentOwner, hostNames, readRecord, writeRecord, type HostRecord } from "./records";
import { tearDown } from "./sweep";

/** Hosts that stop with this process. */
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

/** Reserves a name and a range of ports under a lock, so that no two processes get the same. `record` builds the record. */
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

/** Builds a host from a reservation. It stops with this process unless it is kept, and is removed when `work` fails. */
export async function make(name: string, keep: boolean, work: () => Promise<void>): Promise<void> {
  bound.add(name); // even a host that is kept stops with this process while it is being built
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

/** Kills a host and removes everything of it. Succeeds if the host no longer exists. */
export function stopHost(name: string): Promise<void> {
  return new Promise((resolve) => {
    bound.delete(name);
    if (existsSync(hostPaths(name).folder)) tearDown(name);
    resolve();
  });
}
