import { readFileSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { hostPaths, labFolder } from "./paths";
import { identify, isAlive, type ProcessId } from "./processes";
import type { HostFacts } from "./types";
import type { WindowsFacts } from "./windows/types";

interface Life {
  /** The process that the host stops with. Missing for a host that is kept. */
  owner?: ProcessId | undefined;
  /** The shell around nspawn, or the WinRM service of a Windows host. Missing until the host has booted. */
  supervisor?: ProcessId | undefined;
}

export type LinuxRecord = HostFacts & Life;
export type WindowsRecord = WindowsFacts & Life;

/** The record of a host in a file, with which any later process can find and stop it. */
export type HostRecord = LinuxRecord | WindowsRecord;

export function readRecord(name: string): HostRecord | undefined {
  try {
    return JSON.parse(readFileSync(hostPaths(name).record, "utf8")) as HostRecord;
  } catch {
    return undefined;
  }
}

/** Replaces the record atomically, so that no reader sees half of it. The file has a private key. */
export function writeRecord(record: HostRecord): void {
  const { record: file } = hostPaths(record.name);
  writeFileSync(`${file}.new`, JSON.stringify(record, null, 2), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** Names of all hosts with a directory, with or without a record. */
export function hostNames(): string[] {
  return readdirSync(labFolder("hosts"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

/** A host is alive while its supervisor runs. */
export function isRunning(record: HostRecord): boolean {
  return record.supervisor !== undefined && isAlive(record.supervisor);
}

/** The variable in which jest's main process tells its workers the owner of their hosts. */
export const ownerVariable = "PULUMI_BOTS_LAB_OWNER";

/** The owner of this process's hosts. */
export function currentOwner(): ProcessId {
  const given = process.env[ownerVariable];
  if (given) return JSON.parse(given) as ProcessId;
  const self = identify(process.pid);
  if (!self) throw new Error("/proc is not readable");
  return self;
}
