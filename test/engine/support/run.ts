import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { YamlProject } from "./project";

/** A run of the CLI that is under way, to be disturbed. */
export class Run {
  /** Its exit code, `null` when it was killed, and all that it said. */
  readonly ended: Promise<{ code: number | null; output: string }>;
  readonly #cli: ChildProcess;

  constructor(project: YamlProject, ...args: string[]) {
    this.#cli = project.start(...args);
    let output = "";
    for (const stream of [this.#cli.stdout, this.#cli.stderr]) stream?.on("data", (chunk) => (output += String(chunk)));
    this.ended = once(this.#cli, "close").then(([code]) => ({ code: code as number | null, output }));
  }

  /** The processes of our plugin that it has started: one to be asked for the schema, one that works. */
  plugins(): number[] {
    const parents = new Map<number, number>();
    for (const pid of readdirSync("/proc").map(Number).filter(Boolean)) {
      const parent = /\) \S (\d+)/.exec(read(`/proc/${pid}/stat`))?.[1];
      if (parent !== undefined) parents.set(pid, Number(parent));
    }
    const isBelow = (pid: number | undefined): boolean =>
      pid !== undefined && (pid === this.#cli.pid || isBelow(parents.get(pid)));
    return [...parents.keys()].filter(
      (pid) => isBelow(pid) && read(`/proc/${pid}/cmdline`).includes("dist/plugin/main.js"),
    );
  }

  killPlugins(): void {
    for (const pid of this.plugins()) process.kill(pid, "SIGKILL");
  }

  /** Ctrl-C: the terminal tells the whole process group. */
  interrupt(): void {
    process.kill(-this.#cli.pid!, "SIGINT");
  }

  killEngine(): void {
    this.#cli.kill("SIGKILL");
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return ""; // it has ended meanwhile
  }
}

/** Waits for an event. The limit is for what never comes: a busy machine may take a minute for what is done in a second. */
export async function until(isSo: () => Promise<boolean> | boolean, what: string, seconds = 120): Promise<void> {
  for (const end = Date.now() + seconds * 1000; !(await isSo()); await sleep(50)) {
    if (Date.now() > end) throw new Error(`not within ${seconds} s: ${what}`);
  }
}
