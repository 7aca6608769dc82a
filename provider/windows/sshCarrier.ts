import { createHash } from "node:crypto";
import { HostError } from "../../model/errors";
import { again } from "../transports/again";
import type { SshTransport } from "../transports/ssh";
import type { Files } from "../transports/ssh/files";
import { BlockError, OUTPUT, readOutcome, render, RUN, type Block, type Lines, type Outcome } from "./block/block";
import { asFile, PROTECT } from "./block/carrier";
import type { Carrier, Gathered, Gatherer } from "./carrier";
import { LOGIN_SHELLS, runFolder, RUN_PARENTS } from "./loginShell";
import { newNonce } from "./nonce";
import { BatchReader } from "./reading/batchReader";
import { deleteKeyBlock, setTextBlock } from "./registryBlocks";
import { PROGRAMS, type Upload } from "./verbs/upload";

/** What a connection that was cut has left on a host is removed after so many seconds: an operation that lives needs its files. */
const FORGOTTEN = 24 * 60 * 60;

/** What is known of a connection. */
interface Known {
  /** Index in LOGIN_SHELLS. */
  shell?: number;
  /** That what former runs have left was removed. */
  swept?: Promise<void>;
}

/** The connection of a login, opened again when it was lost. */
export type Login = (signal: AbortSignal) => Promise<SshTransport>;

const known = new WeakMap<SshTransport, Known>();

/** Moves each block by SFTP into a folder of its own, and runs it there. */
export class SshCarrier implements Carrier, Gatherer {
  readonly reader: BatchReader;

  constructor(
    readonly host: string,
    private readonly login: Login,
  ) {
    this.reader = new BatchReader(this);
  }

  async run(block: Block, signal: AbortSignal): Promise<Outcome> {
    return (await this.gather(block, [], signal)).outcome;
  }

  async gather(block: Block, files: readonly string[], signal: AbortSignal): Promise<Gathered> {
    const file = this.#written(block);
    const folder = runFolder(block.nonce);
    let isAgain = false;
    // Nothing runs before all of it is there.
    const transport = await again(async () => {
      const login = await this.login(signal);
      if (isAgain) await (await login.files()).removeFolder(folder);
      isAgain = true;
      await this.#upload(login, folder, file, signal);
      return login;
    });
    const sftp = await transport.files();
    try {
      const outcome = await this.#start(transport, block.nonce, signal);
      const read = async (name: string) => [name, await sftp.read(`${folder}/${name}`)] as const;
      const all = await Promise.all(files.map(read));
      return {
        outcome,
        files: new Map(all.flatMap(([name, data]) => (data ? [[name, data.toString("utf16le")]] : []))),
      };
    } finally {
      // What is left after a cut is removed by a later run.
      await sftp.removeKnown(folder, ["op.cmd", OUTPUT, ...files], file.folders).catch(() => {});
    }
  }

  #written(block: Block) {
    try {
      return asFile(render(block));
    } catch (error) {
      if (!(error instanceof BlockError)) throw error;
      throw new HostError("remote", this.host, error.message, { cause: error });
    }
  }

  async #upload(
    transport: SshTransport,
    folder: string,
    { text, folders }: { text: string; folders: string[] },
    signal: AbortSignal,
  ): Promise<void> {
    const sftp = await transport.files();
    if (!(await this.#makeFolder(sftp, folder))) {
      for (const parent of RUN_PARENTS) await sftp.makeFolder(parent).catch(() => {}); // it may exist
      if (!(await this.#makeFolder(sftp, folder))) throw this.#noFolder("the folder above it can't be created");
      // Before there is anything in it that others should not read.
      const { failed, output } = await this.run(protectBlock(), signal);
      if (failed) throw this.#noFolder(`icacls.exe failed with code ${failed.code}: ${output}`);
    }
    await Promise.all([
      sftp.write(`${folder}/op.cmd`, text),
      ...folders.map((name) => sftp.makeFolder(`${folder}/${name}`)),
      this.#sweep(transport, folder),
    ]);
  }

  async #makeFolder(sftp: Files, folder: string): Promise<boolean> {
    return sftp.makeFolder(folder).catch((error: unknown) => {
      throw error instanceof HostError && error.kind === "remote" ? this.#noFolder(error.reason) : error;
    });
  }

  #noFolder(why: string): HostError {
    const text = `the provider can't write in C:\\Program Files\\pulumi-bots\\run: the login must be an administrator of the host (${why})`;
    return new HostError("remote", this.host, text);
  }

  /** Removes, once per connection, what was left by runs whose connection was cut. */
  #sweep(transport: SshTransport, own: string): Promise<void> {
    const about = aboutOf(transport);
    about.swept ??= (async () => {
      const sftp = await transport.files();
      const [, run] = RUN_PARENTS;
      const all = await sftp.list(run);
      const now = all.find(({ name }) => `${run}/${name}` === own)?.changed ?? 0;
      const old = all.filter(({ changed, isFolder }) => isFolder && changed < now - FORGOTTEN);
      await Promise.all(old.map(({ name }) => sftp.removeFolder(`${run}/${name}`)));
    })().catch(() => {}); // the next connection tries again
    return about.swept;
  }

  /** Runs the batch file, in the way of the login shell. */
  async #start(transport: SshTransport, nonce: string, signal: AbortSignal): Promise<Outcome> {
    const about = aboutOf(transport);
    let said = "";
    for (const shell of about.shell === undefined ? LOGIN_SHELLS.keys() : [about.shell]) {
      const line = LOGIN_SHELLS[shell]!(nonce);
      const { stdout, stderr } = await transport.exec({ command: { argv: [], line }, signal });
      const printed = stdout.toString();
      const outcome = readOutcome(nonce, printed);
      if (outcome !== undefined) {
        about.shell = shell;
        return outcome;
      }
      if (printed.includes(`#${nonce}#`))
        throw new HostError("lostConnection", this.host, "the batch file was ended: it is unknown how far it came");
      said ||= `${printed}${stderr.toString()}`.trim();
    }
    throw new HostError("remote", this.host, `the host did not run the provider's batch file: ${said || "no output"}`);
  }

  async upload({ name, data, sha256 }: Upload, signal: AbortSignal): Promise<void> {
    const [home] = RUN_PARENTS;
    const [file, temporary] = [`${home}/bin/${name}`, `${home}/bin/${name}.${newNonce()}`];
    await again(async () => {
      const sftp = await (await this.login(signal)).files();
      for (const folder of [home, `${home}/bin`]) await sftp.makeFolder(folder).catch(() => {}); // it may exist
      await sftp.write(temporary, data);
      // A program that runs can't be replaced, and what has this name is whole.
      if (!(await sftp.rename(temporary, file))) await sftp.remove(temporary);
      const found = createHash("sha256").update((await sftp.read(file)) ?? "");
      if (found.digest("hex") === sha256) return;
      const where = `${PROGRAMS}\\${name}`;
      throw new HostError("remote", this.host, `${where} is not the file that was uploaded: remove it, and try again`);
    });
  }

  async setText(path: string, name: string, text: string, signal: AbortSignal): Promise<void> {
    await this.run(setTextBlock(path, name, text), signal);
  }

  async deleteKey(path: string, signal: AbortSignal): Promise<void> {
    await this.run(deleteKeyBlock(path), signal);
  }
}

function aboutOf(transport: SshTransport): Known {
  const about = known.get(transport) ?? {};
  known.set(transport, about);
  return about;
}

/** The folder must be readable by administrators only. */
function protectBlock(): Block {
  const protect: Lines = (pen) => [`<nul ${PROTECT} >>${pen.output} 2>&1`, 'set "RC=!ERRORLEVEL!"'];
  return { nonce: newNonce(), steps: [{ name: `protect ${RUN}`, commands: [protect] }] };
}
