import type { FileEntryWithStats, SFTPWrapper } from "ssh2";
import { HostError } from "../../../model/errors";

/** Status codes of SFTP (draft-ietf-secsh-filexfer-02, 7). */
const NO_SUCH_FILE = 2;

/** What is in a folder. */
export interface Entry {
  name: string;
  isFolder: boolean;
  /** Seconds, by the clock of the host. */
  changed: number;
}

type Callback<T> = (error: Error | null | undefined, result?: T) => void;

/** The files of a host, over SFTP. Windows has the path `C:\x` as `/C:/x`. */
export class Files {
  readonly #waiting = new Set<(error: HostError) => void>();
  #isClosed = false;

  constructor(
    private readonly host: string,
    private readonly sftp: SFTPWrapper,
    onClose: () => void,
  ) {
    sftp.on("error", () => {}); // `close` follows
    sftp.on("close", () => {
      this.#isClosed = true;
      for (const fail of this.#waiting) fail(this.#lost());
      onClose();
    });
  }

  /** Creates a folder. False when the folder above it does not exist. */
  async makeFolder(path: string): Promise<boolean> {
    return (await this.#ask(`creating ${path}`, (done) => this.sftp.mkdir(path, done), true)) !== "none";
  }

  /** Writes a file as a whole. */
  async write(path: string, data: string | Buffer): Promise<void> {
    await this.#ask(`writing ${path}`, (done) => this.sftp.writeFile(path, data, done));
  }

  /** Gives a file its name. False when it can't be had, because there is such a file, for example. */
  async rename(from: string, to: string): Promise<boolean> {
    try {
      await this.#ask(`renaming ${from}`, (done) => this.sftp.rename(from, to, done));
      return true;
    } catch (error) {
      if (error instanceof HostError && error.kind === "remote") return false;
      throw error;
    }
  }

  async remove(path: string): Promise<void> {
    await this.#ask(`removing ${path}`, (done) => this.sftp.unlink(path, done), true);
  }

  /** Undefined when there is no such file. */
  async read(path: string): Promise<Buffer | undefined> {
    const found = await this.#ask<Buffer>(`reading ${path}`, (done) => this.sftp.readFile(path, done), true);
    return found === "none" ? undefined : found;
  }

  /** Empty when there is no such folder. */
  async list(path: string): Promise<Entry[]> {
    const read = (done: Callback<FileEntryWithStats[]>) => this.sftp.readdir(path, done);
    const found = await this.#ask<FileEntryWithStats[]>(`listing ${path}`, read, true);
    const entries = found === "none" || found === undefined ? [] : found;
    return entries
      .filter(({ filename }) => filename !== "." && filename !== "..")
      .map(({ filename, attrs }) => ({ name: filename, isFolder: attrs.isDirectory(), changed: attrs.mtime }));
  }

  /** Removes a folder with all that is in it. That it is gone already is fine. */
  async removeFolder(path: string): Promise<void> {
    const inside = await this.list(path);
    const remove = (wanted: boolean) => inside.filter(({ isFolder }) => isFolder === wanted).map(({ name }) => name);
    await Promise.all(remove(true).map((name) => this.removeFolder(`${path}/${name}`)));
    await this.#removeAll(path, remove(false), []);
  }

  /** The same for a folder whose content is known, in fewer round trips. Files that are not there are fine. */
  async removeKnown(path: string, files: readonly string[], folders: readonly string[]): Promise<void> {
    await this.#removeAll(path, files, folders).catch(() => this.removeFolder(path));
  }

  async #removeAll(path: string, files: readonly string[], folders: readonly string[]): Promise<void> {
    const file = (name: string) => this.remove(`${path}/${name}`);
    const folder = (each: string) => this.#ask(`removing ${each}`, (done) => this.sftp.rmdir(each, done), true);
    await Promise.all([...files.map(file), ...folders.map((name) => folder(`${path}/${name}`))]);
    await folder(path);
  }

  /** A request and its answer. `mayLack`: that there is no such file is the answer "none". */
  #ask<T>(doing: string, send: (done: Callback<T>) => void, mayLack = false): Promise<T | "none" | undefined> {
    return new Promise((resolve, reject) => {
      if (this.#isClosed) return reject(this.#lost());
      this.#waiting.add(reject);
      send((error, result) => {
        this.#waiting.delete(reject);
        if (!error) return resolve(result);
        const { code } = error as { code?: unknown };
        if (mayLack && code === NO_SUCH_FILE) return resolve("none");
        // An answer of the host has a code; the other errors are ssh2's, at the end of the session.
        if (typeof code !== "number") return reject(this.#lost());
        reject(new HostError("remote", this.host, `SFTP failed while ${doing}: ${error.message}`));
      });
    });
  }

  #lost(): HostError {
    return new HostError("lostConnection", this.host, "the connection was lost");
  }
}
