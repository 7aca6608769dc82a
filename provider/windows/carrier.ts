import type { Block, Outcome } from "./block/block";
import type { Reader } from "./reading/reader";
import type { Upload } from "./verbs/upload";

/** An account with a password, for a service. */
export interface Account {
  service: string;
  user: string;
  password: string;
}

/** What carries the reads and the changes of a platform to one Windows host. */
export interface Carrier {
  readonly host: string;
  readonly reader: Reader;
  /**
   * Carries out a block. Throws HostError (`lostConnection`, `timeout`, `cancelled`) when its outcome is unknown. Over WinRM the
   * host completes it even when the connection is lost; over SSH it may end with the connection, between any two commands.
   */
  run(block: Block, signal: AbortSignal): Promise<Outcome>;
  /**
   * Sets the account of a service and its password, which stands on no command line. Returns 0, or a code of
   * Win32_Service.Change. Missing where there is no such way.
   */
  setAccount?(account: Account, signal: AbortSignal): Promise<number>;
  /** Puts a program into the folder of the provider's programs, unless it is there. Undefined where no file can be moved. */
  upload?(program: Upload, signal: AbortSignal): Promise<void>;
  /** Sets a text of a key that exists. */
  setText(path: string, name: string, text: string, signal: AbortSignal): Promise<void>;
  /** Deletes a key without subkeys. That it is gone already is fine. */
  deleteKey(path: string, signal: AbortSignal): Promise<void>;
}

/** Carries out a block in which reg.exe exports keys to files (`Pen.file`), and brings them back. */
export interface Gatherer {
  readonly host: string;
  gather(block: Block, files: readonly string[], signal: AbortSignal): Promise<Gathered>;
}

export interface Gathered {
  outcome: Outcome;
  /** The text of the files that the block has written. */
  files: ReadonlyMap<string, string>;
}
