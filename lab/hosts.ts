import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync } from "node:fs";
import { boot, reboot, sshLog } from "./boot";
import { personaliseBots } from "./bots";
import { LabError } from "./errors";
import { makeFileSystem } from "./filesystem";
import { runInside } from "./inside";
import { withLock } from "./lock";
import { hostPaths, labFolder } from "./paths";
import { personalise } from "./personalise";
import { freePorts, portsPerHost } from "./ports";
import type { ProcessId } from "./processes";
import { currentOwner, hostNames, isRunning, readRecord, writeRecord, type HostRecord } from "./records";
import { missingForLab } from "./requirements";
import { killProcesses, sweep, tearDown } from "./sweep";
import { takeAway } from "./takeAway";
import { ensureTemplate } from "./template";
import type { HostFacts, HostKind, HostOptions, LabHost } from "./types";

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

function hostOf(name: string): LabHost {
  const current = (): HostRecord => {
    const record = readRecord(name);
    if (!record) throw new LabError(`There is no host ${name} any more.`);
    return record;
  };
  const { owner: _, supervisor: __, ...facts } = current();
  return {
    ...facts,
    run: (command, options) => runInside(name, command, options),
    sshLog: () => Promise.resolve(sshLog(name)),
    connections: () => Promise.resolve(sshLog(name).match(/^Connection from /gm)?.length ?? 0),
    reboot: () => reboot(current()),
    powerCycle: async () => {
      // Between the two it is not one that has ended: nobody may sweep it.
      const { supervisor: _, ...record } = current();
      writeRecord(record);
      killProcesses(name);
      await boot(record);
    },
    stop: () => stopHost(name),
  };
}

/** Takes a name and a row of ports, under a lock: two processes never get the same. */
async function reserve(kind: HostKind, bots: boolean, wanted: string | undefined): Promise<HostRecord> {
  const name = wanted ?? `${kind}-${randomBytes(3).toString("hex")}`;
  return withLock(`${labFolder()}/hosts.lock`, async () => {
    if (existsSync(hostPaths(name).folder)) throw new LabError(`There is a host ${name} already: see "lab list".`);
    const records = hostNames().map(readRecord);
    const port = await freePorts(records.flatMap((record) => record?.port ?? []));
    const rest = Array.from({ length: portsPerHost - 4 }, (_, i) => port + 4 + i);
    const { folder, root, key } = hostPaths(name);
    const record: HostRecord = {
      ...{ name, kind, address: "127.0.0.1" as const, port, root, privateKeyFile: key, bots },
      ports: { web: port + 1, queue: port + 2, engine: port + 3, spare: rest },
      ...{ hostKey: "", hostKeys: [], machineId: "", privateKey: "", publicKey: "", deployPassword: "" },
      owner: currentOwner(),
    };
    mkdirSync(folder, { mode: 0o700 });
    writeRecord(record);
    return record;
  });
}

/** Boots a new host. It ends with this process (or its test run) unless `keep` says otherwise. */
export async function startHost(options: HostOptions): Promise<LabHost> {
  const missing = missingForLab();
  if (missing.length > 0) throw new LabError(`The lab can't boot hosts here:\n  ${missing.join("\n  ")}`);
  sweep();
  const { kind, bots = true, keep = false } = options;
  const template = await ensureTemplate(kind, bots, options.packages);
  const reserved = await reserve(kind, bots, options.name);
  const { name } = reserved;
  bound.add(name); // while it is being made, even one that is to stay
  try {
    await makeFileSystem(name, template);
    const record: HostRecord = { ...reserved, ...(await personalise(name, reserved.port)) };
    writeRecord(record);
    if (bots) personaliseBots(record.root, record);
    takeAway(record.root, options.without ?? []);
    await boot(record);
  } catch (error) {
    await stopHost(name);
    throw error;
  }
  if (keep) {
    writeRecord({ ...readRecord(name)!, owner: undefined });
    bound.delete(name);
  }
  return hostOf(name);
}

/** All hosts that are up, whoever has started them. */
export function listHosts(): Promise<(HostFacts & { kept: boolean })[]> {
  const hosts = hostNames().flatMap((name) => {
    const record = readRecord(name);
    if (!record || !isRunning(record)) return [];
    const { owner, supervisor: _, ...facts } = record;
    return [{ ...facts, kept: owner === undefined }];
  });
  return Promise.resolve(hosts);
}

/** A host that another process may have started. */
export function findHost(name: string): Promise<LabHost | undefined> {
  const record = readRecord(name);
  return Promise.resolve(record && isRunning(record) ? hostOf(name) : undefined);
}

/** Kills a host and removes all of it. A host that is gone is fine. */
export function stopHost(name: string): Promise<void> {
  return new Promise((resolve) => {
    bound.delete(name);
    if (existsSync(hostPaths(name).folder)) tearDown(name);
    resolve();
  });
}

/** Stops all hosts that belong to a process. Synchronous: for a run that is ending. */
export function stopHostsOf(owner: ProcessId): void {
  for (const name of hostNames()) {
    const theirs = readRecord(name)?.owner;
    if (theirs?.pid === owner.pid && theirs.startTime === owner.startTime) tearDown(name);
  }
}
