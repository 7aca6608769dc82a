import { readFileSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { hostPaths, labFolder } from "./paths";
import { identify, isAlive, type ProcessId } from "./processes";
import type { HostFacts } from "./types";
import type { WindowsFacts } from "./windows/types";

interface Life {
  /** The process it is bound to: when that is gone, the host goes too. Missing: it was started to stay. */
  owner?: ProcessId | undefined;
  /** The shell around nspawn, or the WinRM service of a Windows host. Missing: not booted yet. */
  supervisor?: ProcessId | undefined;
}

export type LinuxRecord = HostFacts & Life;
export type WindowsRecord = WindowsFacts & Life;

/** What is kept of a host in a file, so that any later process finds it, and can stop it. */
export type HostRecord = LinuxRecord | WindowsRecord;

export function readRecord(name: string): HostRecord | undefined {
  try {
    return JSON.parse(readFileSync(hostPaths(name).record, "utf8")) as HostRecord;
  } catch {
    return undefined;
  }
}

/** Replaced whole: a reader never sees half a record. It holds a private key. */
export function writeRecord(record: HostRecord): void {
  const { record: file } = hostPaths(record.name);
  writeFileSync(`${file}.new`, JSON.stringify(record, null, 2), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** Names of all hosts that have left a folder, with a record or not. */
export function hostNames(): string[] {
  return readdirSync(labFolder("hosts"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

/** A host is alive while its supervisor is that very process. */
export function isRunning(record: HostRecord): boolean {
  return record.supervisor !== undefined && isAlive(record.supervisor);
}

/** The variable by which jest's main process tells its workers whom their hosts belong to. */
export const ownerVariable = "PULUMI_BOTS_LAB_OWNER";

/** Whom a host of this process belongs to. */
export function currentOwner(): ProcessId {
  const given = process.env[ownerVariable];
  if (given) return JSON.parse(given) as ProcessId;
  const self = identify(process.pid);
  if (!self) throw new Error("/proc is not readable");
  return self;
}
