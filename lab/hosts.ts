import { boot, reboot, sshLog } from "./boot";
import { personaliseBots } from "./bots";
import { LabError } from "./errors";
import { makeFileSystem } from "./filesystem";
import { runInside } from "./inside";
import { make, reserve, stopHost } from "./lifetime";
import { hostPaths } from "./paths";
import { personalise } from "./personalise";
import { portsPerHost } from "./ports";
import type { ProcessId } from "./processes";
import { hostNames, isRunning, readRecord, writeRecord, type LinuxRecord } from "./records";
import { missingForLab } from "./requirements";
import { killProcesses, sweep, tearDown } from "./sweep";
import { takeAway } from "./takeAway";
import { ensureTemplate } from "./template";
import type { HostFacts, HostKind, HostOptions, LabHost } from "./types";
import type { WindowsFacts } from "./windows/types";

function hostOf(name: string): LabHost {
  const current = (): LinuxRecord => {
    const record = readRecord(name);
    if (record?.kind === "windows" || !record) throw new LabError(`The host ${name} no longer exists.`);
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
      // Between the two calls the host must not look dead, otherwise a sweep would remove it.
      const { supervisor: _, ...record } = current();
      writeRecord(record);
      killProcesses(name);
      await boot(record);
    },
    stop: () => stopHost(name),
  };
}

const unknown = { hostKey: "", hostKeys: [], machineId: "", privateKey: "", publicKey: "", deployPassword: "" };

function reserveLinux(kind: HostKind, bots: boolean, wanted: string | undefined): Promise<LinuxRecord> {
  return reserve<LinuxRecord>(kind, wanted, (name, port) => {
    const rest = Array.from({ length: portsPerHost - 4 }, (_, i) => port + 4 + i);
    const { root, key } = hostPaths(name);
    return {
      ...{ name, kind, address: "127.0.0.1", port, root, privateKeyFile: key, bots },
      ports: { web: port + 1, queue: port + 2, engine: port + 3, spare: rest },
      ...unknown,
    };
  });
}

/** Boots a new host. It stops with this process (or its test run) unless `keep` is set. */
export async function startHost(options: HostOptions): Promise<LabHost> {
  const missing = missingForLab();
  if (missing.length > 0) throw new LabError(`The lab can't boot hosts here:\n  ${missing.join("\n  ")}`);
  sweep();
  const { kind, bots = true, keep = false } = options;
  const template = await ensureTemplate(kind, bots, options.packages);
  const reserved = await reserveLinux(kind, bots, options.name);
  const { name } = reserved;
  await make(name, keep, async () => {
    await makeFileSystem(name, template);
    const record: LinuxRecord = { ...reserved, ...(await personalise(name, reserved.port)) };
    writeRecord(record);
    if (bots) personaliseBots(record.root, record);
    takeAway(record.root, options.without ?? []);
    await boot(record);
  });
  return hostOf(name);
}

/** All running hosts, whoever started them. */
export function listHosts(): Promise<((HostFacts | WindowsFacts) & { kept: boolean })[]> {
  const hosts = hostNames().flatMap((name) => {
    const record = readRecord(name);
    if (!record || !isRunning(record)) return [];
    const { owner, supervisor: _, ...facts } = record;
    return [{ ...facts, kept: owner === undefined }];
  });
  return Promise.resolve(hosts);
}

/** A Linux host that another process may have started. */
export function findHost(name: string): Promise<LabHost | undefined> {
  const record = readRecord(name);
  return Promise.resolve(record && record.kind !== "windows" && isRunning(record) ? hostOf(name) : undefined);
}

/** Stops all hosts of a process. Synchronous, because it runs while a test run exits. */
export function stopHostsOf(owner: ProcessId): void {
  for (const name of hostNames()) {
    const theirs = readRecord(name)?.owner;
    if (theirs?.pid === owner.pid && theirs.startTime === owner.startTime) tearDown(name);
  }
}
