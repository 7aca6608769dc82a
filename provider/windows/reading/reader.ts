import type { RegistryKey } from "../registry/values";
import type { Listener, ServiceRecord } from "./record";

/** Reads from a Windows host, without a change there. Paths of keys are below HKEY_LOCAL_MACHINE. */
export interface Reader {
  /** Reads services by their names, in one pass over the host. */
  services(names: readonly string[], signal: AbortSignal): Promise<ServiceRecord[]>;
  /** The TCP ports on which processes listen. */
  listeners(signal: AbortSignal): Promise<Listener[]>;
  /** Undefined when there is no such key. */
  key(path: string, signal: AbortSignal): Promise<RegistryKey | undefined>;
  /** The names of the keys right below a key; none when there is no such key. */
  subkeys(path: string, signal: AbortSignal): Promise<readonly string[]>;
  /** What people should know of how it reads, once. */
  remark?(): string | undefined;
}
