import { mkdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { automation } from "@pulumi/pulumi";
import { program } from "../../stacks/program";
import { Interrupted, type Interruption } from "./interruption";

/** Lines about progress, which are left out: in a terminal they are one line that changes. */
const passing =
  / (creating|updating|deleting|refreshing) |running $|@ (updating|destroying|refreshing|previewing)|^\s*$/;

/** How long the engine may take to report that it has received a signal. */
const hearingMilliseconds = 2000;

interface Options {
  onOutput(text: string): void;
  onError(text: string): void;
  color: "always" | "never";
  suppressProgress: true;
  signal: AbortSignal;
}

/** The program of stacks/ with its own configuration and state, run by the real engine. */
export class DemoProject {
  private constructor(
    private readonly stack: automation.Stack,
    private readonly interruption: Interruption,
  ) {}

  static async create(
    folder: string,
    servers: Record<string, object>,
    interruption: Interruption,
  ): Promise<DemoProject> {
    const workDir = join(folder, "work");
    rmSync(workDir, { recursive: true, force: true });
    for (const each of ["state", "work"]) mkdirSync(join(folder, each), { recursive: true });
    // The SDK's type of project settings does not know this key.
    const plugins = { plugins: { providers: [{ name: "bots", path: resolve(__dirname, "../../../provider") }] } };
    const stack = await automation.LocalWorkspace.createOrSelectStack(
      { stackName: "demo", projectName: "edi", program: () => Promise.resolve(program()) },
      {
        workDir,
        projectSettings: { name: "edi", runtime: "nodejs", ...plugins },
        envVars: {
          PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
          PULUMI_CONFIG_PASSPHRASE: "demo",
          PULUMI_HOME: join(folder, "home"),
          PULUMI_SKIP_UPDATE_CHECK: "1",
        },
      },
    );
    await stack.setConfig("edi:servers", { value: JSON.stringify(servers) });
    // Nobody else uses this state, so a lock in it is from a run that was killed.
    await stack.cancel().catch(() => undefined);
    return new DemoProject(stack, interruption);
  }

  preview = () => this.run((options) => this.stack.preview(options));
  up = async () => {
    await this.run((options) => this.stack.up(options));
    await this.forgetCutOff();
  };
  repair = () => this.run((options) => this.stack.up({ ...options, refresh: true }));
  destroy = () => this.run((options) => this.stack.destroy(options));

  /** The exit code of `pulumi refresh --preview-only --expect-no-changes`: 0, or 7 if there is drift. */
  async drift(): Promise<number> {
    try {
      await this.run((options) => this.stack.refresh({ ...options, previewOnly: true, expectNoChanges: true }));
      return 0;
    } catch (error) {
      if (error instanceof Failed && error.code === 7) return 7;
      throw error;
    }
  }

  /** The services in the state, and whether an operation was cut off, so that some may be missing there. */
  async left(): Promise<{ services: string[]; cutOff: boolean }> {
    const { deployment } = (await this.stack.exportStack()) as { deployment: State | null };
    const services = (deployment?.resources ?? []).filter(({ type }) => type === "bots:index:Service");
    return {
      services: services.map(({ outputs }) => `${outputs?.name ?? "a service"} (${outputs?.status ?? "unknown"})`),
      cutOff: (deployment?.pending_operations ?? []).length > 0,
    };
  }

  /** Everything is as it should be, so pending operations of a killed run no longer matter. */
  private async forgetCutOff(): Promise<void> {
    const exported = await this.stack.exportStack();
    const deployment = exported.deployment as State;
    if ((deployment.pending_operations ?? []).length === 0) return;
    await this.stack.importStack({ ...exported, deployment: { ...deployment, pending_operations: [] } });
  }

  private async run(work: (options: Options) => Promise<unknown>): Promise<void> {
    if (this.interruption.came) throw new Interrupted();
    const engine = new AbortController();
    let said = "";
    const onOutput = (text: string) => {
      said += text;
      const lines = text.split("\n").filter((line) => !passing.test(stripVTControlCharacters(line)));
      if (lines.length > 0) process.stdout.write(`${lines.map((line) => `  ${line}`).join("\n")}\n`);
    };
    const color = process.stdout.isTTY ? "always" : "never";
    const options: Options = {
      onOutput,
      onError: onOutput,
      color,
      suppressProgress: true,
      signal: engine.signal,
    };
    // A terminal sends SIGINT to the engine too, and a second one makes the engine stop at once. So it gets none from here if
    // it has received the first.
    const tell = () => {
      const late = () => {
        if (!said.includes("^C received")) engine.abort();
      };
      setTimeout(late, hearingMilliseconds).unref();
    };
    try {
      await this.interruption.during(() => work(options), tell);
    } catch (error) {
      if (this.interruption.came) throw new Interrupted();
      throw new Failed(String(error), said);
    }
    if (this.interruption.came) throw new Interrupted();
  }
}

/** The part of a state that is read. */
interface State {
  resources?: { type: string; outputs?: { name?: string; status?: string } }[];
  pending_operations?: unknown[];
}

/** Pulumi has printed the reason; repeating it would hide it. */
export class Failed extends Error {
  readonly code: number | undefined;

  constructor(error: string, said: string) {
    const silent = said.trim() === "";
    super(silent ? `pulumi failed:\n${error.trim()}` : "pulumi failed: see its output above");
    const code = /exit code (\d+)|code: (\d+)/.exec(error);
    this.code = code === null ? undefined : Number(code[1] ?? code[2]);
  }
}
