import { spawn } from "node:child_process";
import { homedir } from "node:os";
import { HostError } from "../../model/errors";
import { abortError } from "./abort";
import { collect } from "./exec";
import type { Channel, Command, Transport } from "./transport";

/** The variables that a login sets. Programs on a host must not see PULUMI_CONFIG, cloud keys and the like. */
const INHERITED = ["PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "TMPDIR"];

/** Runs programs on the machine that runs Pulumi. */
export class LocalTransport implements Transport {
  readonly #running = new Set<Channel>();

  constructor(readonly host: string) {}

  open({ argv }: Command, signal?: AbortSignal): Promise<Channel> {
    if (signal?.aborted) return Promise.reject(abortError(this.host, signal, "starting a program"));
    const [program = "", ...args] = argv;
    const env = Object.fromEntries(INHERITED.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
    // A session of its own, so that Ctrl-C in the terminal does not interrupt a step that has begun.
    const child = spawn(program, args, { env, cwd: homedir(), stdio: "pipe", detached: true });
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream.on("error", () => {});
    let fail: (error: HostError) => void = () => {};
    const closed = new Promise<{ code: number | null; signal: string | null }>((resolve, reject) => {
      fail = reject;
      child.on("close", (code, signal) => resolve({ code, signal }));
      child.on("error", (error) => reject(new HostError("remote", this.host, error.message)));
    });
    const channel: Channel = {
      stdin: child.stdin,
      stdout: child.stdout,
      stderr: child.stderr,
      closed,
      abort: () => {
        for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
        child.unref();
        fail(new HostError("lostConnection", this.host, "the program was abandoned"));
      },
    };
    this.#running.add(channel);
    closed.catch(() => {}).finally(() => this.#running.delete(channel));
    return Promise.resolve(channel);
  }

  async exec(request: { command: Command; stdin?: string | Buffer; signal?: AbortSignal }) {
    return collect(await this.open(request.command, request.signal), this.host, request);
  }

  close(): void {
    for (const channel of this.#running) channel.abort();
  }
}
