import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import type { Readable } from "node:stream";
import { WireClient } from "./support/client";
import { LogEngine, type LogLine } from "./support/engine";

export { props, urnOf, type DiffAnswer, type Failure } from "./support/client";
export { WireError } from "./support/wireError";
export type { LogLine } from "./support/engine";

const START_MS = 120_000;
/** The real one, also when this file runs compiled, below dist. */
export const LAUNCHER = path.resolve(process.cwd(), "provider", "pulumi-resource-bots");

export interface PluginOptions {
  /** The program to start. Default: the provider's own launcher, which needs a built dist. */
  launcher?: string;
  /** Arguments before the engine's address. */
  args?: string[];
  /** Beside what this process has. */
  env?: NodeJS.ProcessEnv;
  /** The engine starts a plugin in the project of the consumer. */
  cwd?: string;
}

/** A plugin in a process of its own, started and spoken to as the engine does it. */
export class Plugin extends WireClient {
  private constructor(
    readonly engine: LogEngine,
    readonly process: ChildProcessByStdio<null, Readable, Readable>,
    readonly port: number,
    /** What the process has printed so far. */
    readonly printed: { stdout: string; stderr: string },
  ) {
    super(port);
  }

  static async start(options: PluginOptions = {}): Promise<Plugin> {
    const engine = await LogEngine.start();
    const child = spawn(options.launcher ?? LAUNCHER, [...(options.args ?? []), engine.address], {
      cwd: options.cwd ?? process.cwd(),
      env: { ...process.env, ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const printed = { stdout: "", stderr: "" };
    child.stderr.on("data", (chunk: Buffer) => (printed.stderr += chunk.toString()));
    const port = await new Promise<number>((resolve, reject) => {
      const fail = (why: string): void => {
        child.kill("SIGKILL");
        engine.stop();
        reject(new Error(`${why}\n${printed.stderr}`));
      };
      const timer = setTimeout(() => fail("the plugin printed no port"), START_MS);
      child.once("error", (error) => fail(`the plugin did not start: ${error.message}`));
      child.once("exit", (code) => fail(`the plugin ended with ${code} before it printed a port`));
      child.stdout.on("data", (chunk: Buffer) => {
        printed.stdout += chunk.toString();
        const line = /^(\d+)\n/.exec(printed.stdout);
        if (!line) return;
        clearTimeout(timer);
        child.removeAllListeners("exit");
        resolve(Number(line[1]));
      });
    });
    const plugin = new Plugin(engine, child, port, printed);
    await plugin.handshake(engine.address);
    return plugin;
  }

  /** All lines logged so far. */
  get logs(): readonly LogLine[] {
    return this.engine.lines;
  }

  /** Told of each line as it arrives. Progress ("daemon-reload") comes as `ephemeral` ones: the place to cut in. */
  onLog(listener: (line: LogLine) => void): () => void {
    return this.engine.onLine(listener);
  }

  /** Resolves with the first line that fits, also one that is there already. */
  logged(fits: (line: LogLine) => boolean): Promise<LogLine> {
    const there = this.logs.find(fits);
    if (there) return Promise.resolve(there);
    return new Promise((resolve) => this.onLog((line) => fits(line) && resolve(line)));
  }

  /** How the process ended. */
  async ended(): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
    const { exitCode, signalCode } = this.process;
    if (exitCode === null && signalCode === null) await once(this.process, "exit");
    return { code: this.process.exitCode, signal: this.process.signalCode };
  }

  /** Ends the process as the operating system can at any moment. */
  async kill(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    this.process.kill(signal);
    await this.ended();
  }

  /** Ends it as the engine does after a run, and cleans up. */
  async stop(): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      await this.cancel().catch(() => undefined);
      await this.kill("SIGINT");
    }
    this.close();
    this.engine.stop();
  }
}
