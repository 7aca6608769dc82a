import type { Block, Outcome } from "./block/block";
import type { Reader } from "./reading/reader";

/** What carries the reads and the changes of a platform to one Windows host. */
export interface Carrier {
  readonly host: string;
  readonly reader: Reader;
  /**
   * Carries out a block. Throws HostError (`lostConnection`, `timeout`, `cancelled`) when its outcome is unknown; the host
   * completes it even when the connection is lost.
   */
  run(block: Block, signal: AbortSignal): Promise<Outcome>;
  /** Sets a text of a key, without a process on the host where there is a way. */
  setText(path: string, name: string, text: string, signal: AbortSignal): Promise<void>;
  /** Deletes a key without subkeys. That it is gone already is fine. */
  deleteKey(path: string, signal: AbortSignal): Promise<void>;
}
