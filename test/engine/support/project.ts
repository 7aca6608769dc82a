import { execFile, spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { keyEnvironment, keySettings, makeStack, ownResources, readStack, type ResourceState } from "./backend";
import { Plugin } from "../../wire/plugin";

/** How a run of the CLI ended. */
export interface CliResult {
  code: number;
  stdout: string;
  stderr: string;
  /** Both, as a person sees them. */
  output: string;
}

/** What a run has found or would do: resources by name, each with its properties, or with the word for what happens to it. */
export interface Steps {
  code: number;
  /** `command[1]`, `running` ...; `create`, `delete`, `replace` where it is not an update. Nothing for what stays the same. */
  found: Record<string, string[] | string>;
  output: string;
}

export interface ProjectOptions {
  /** Variables for the CLI, and for the plugin where each run starts its own. */
  env?: NodeJS.ProcessEnv;
  /** Encrypt secrets with a passphrase, as a stack does by default? It takes 0.6 s of CPU at each run. */
  passphrase?: boolean;
  /**
   * Does each run start plugins of its own, as it does for users? Otherwise all runs attach to one, as to one that is
   * being debugged. That is quicker, but it can't be the default provider and an explicit one at the same time.
   */
  ownPlugins?: boolean;
}

const provider = resolve(process.cwd(), "provider");

/** A Pulumi project in YAML in a folder of its own, with its own local backend, driven by the real CLI. */
export class YamlProject {
  readonly folder = mkdtempSync(join(tmpdir(), "pulumi-bots-"));
  readonly env: NodeJS.ProcessEnv;
  /** The stack that the runs are about. */
  stack = "dev";

  #plugin: Plugin | undefined;

  constructor(
    readonly name: string,
    private readonly options: ProjectOptions = {},
  ) {
    mkdirSync(join(this.folder, "state"));
    this.env = { ...process.env, ...engineEnvironment(this.folder), ...options.env };
  }

  /** The resources of the program. */
  write(resources: object, more: object = {}): this {
    const program = {
      name: this.name,
      runtime: "yaml",
      plugins: { providers: [{ name: "bots", path: provider }] },
      resources,
      ...more,
    };
    writeFileSync(join(this.folder, "Pulumi.yaml"), JSON.stringify(program, undefined, 2));
    return this;
  }

  /** Runs the CLI to its end; a failure is a result. */
  pulumi(...args: string[]): Promise<CliResult> {
    return new Promise((done) => {
      const options = { cwd: this.folder, env: this.env, maxBuffer: 64 << 20 };
      execFile("pulumi", this.#arguments(args), options, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === "number" ? error.code : 255;
        done({ code, stdout, stderr, output: stdout + stderr });
      });
    });
  }

  #arguments(args: string[]): string[] {
    return [...args, "--stack", this.stack, "--non-interactive", "--color=never"];
  }

  /** Runs the CLI and insists that it ends with 0. */
  async must(...args: string[]): Promise<CliResult> {
    const result = await this.pulumi(...args);
    const said = result.output.slice(Math.max(0, result.output.lastIndexOf("Diagnostics:")));
    if (result.code !== 0) throw new Error(`pulumi ${args.join(" ")} ended with ${result.code}:\n${said}`);
    return result;
  }

  /** Starts the CLI in a process group of its own, to be interrupted or killed. */
  start(...args: string[]): ChildProcess {
    return spawn("pulumi", this.#arguments(args), {
      cwd: this.folder,
      env: this.env,
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
  }

  /** The plugin to which all runs attach. */
  get pluginPid(): number | undefined {
    return this.#plugin?.process.pid;
  }

  async init(stack = "dev"): Promise<this> {
    this.stack = stack;
    if (!this.options.ownPlugins) {
      this.#plugin ??= await Plugin.start({ cwd: this.folder });
      this.env["PULUMI_DEBUG_PROVIDERS"] = `bots:${this.#plugin.port}`;
    }
    if (this.options.passphrase) {
      await this.must("stack", "init");
      return this;
    }
    Object.assign(this.env, await keyEnvironment());
    const { secretsProvider, encryptedKey } = keySettings;
    const settings = `secretsprovider: ${secretsProvider}\nencryptedkey: ${encryptedKey}\n`;
    writeFileSync(join(this.folder, `Pulumi.${stack}.yaml`), settings);
    makeStack(this.folder, this.name, stack);
    return this;
  }

  up(...args: string[]): Promise<CliResult> {
    return this.pulumi("up", "--yes", "--skip-preview", ...args);
  }

  /** Is the host as the state says? Exit code 7 when not; changes nothing. */
  drift(...args: string[]): Promise<CliResult> {
    return this.pulumi("refresh", "--preview-only", "--expect-no-changes", "--diff", ...args);
  }

  /** The same, with the properties as data. */
  drifted(...args: string[]): Promise<Steps> {
    return this.#steps("refresh", "--preview-only", "--expect-no-changes", ...args);
  }

  /** What `up` would do. */
  planned(...args: string[]): Promise<Steps> {
    return this.#steps("preview", ...args);
  }

  async #steps(...args: string[]): Promise<Steps> {
    const { code, stdout, output } = await this.pulumi(...args, "--json");
    type Step = { op: string; urn: string; detailedDiff: Record<string, unknown> | null };
    const { steps = [] } = (stdout.startsWith("{") ? JSON.parse(stdout) : {}) as { steps?: Step[] };
    const changes = steps.filter(({ op }) => !["same", "refresh", "read"].includes(op));
    const entries = changes.map(({ op, urn, detailedDiff }) => {
      return [urn.split("::").at(-1)!, op === "update" ? Object.keys(detailedDiff ?? {}).sort() : op] as const;
    });
    return { code, found: Object.fromEntries(entries), output };
  }

  /** The resources of our own types in the state, by name. */
  async resources(): Promise<Record<string, ResourceState>> {
    if (!this.options.passphrase) return ownResources(readStack(this.folder, this.name, this.stack));
    const { stdout } = await this.must("stack", "export", "--show-secrets");
    return ownResources((JSON.parse(stdout) as { deployment: object }).deployment);
  }

  /** Puts a state in place, as `stack export` prints it. */
  async load(state: object): Promise<void> {
    const file = join(this.folder, "state.json");
    writeFileSync(file, JSON.stringify(state));
    await this.must("stack", "import", "--file", file);
  }

  /** Everything that the backend has written: to look for secrets in. */
  stateText(): string {
    const texts: string[] = [];
    const walk = (folder: string) => {
      for (const entry of readdirSync(folder, { withFileTypes: true })) {
        const path = join(folder, entry.name);
        if (entry.isDirectory()) walk(path);
        else texts.push(readFileSync(path, "utf8"));
      }
    };
    walk(join(this.folder, "state"));
    return texts.join("\n");
  }

  /** The program as YAML text, below the head that finds the plugin. */
  writeText(yaml: string): this {
    this.write({});
    const head = JSON.parse(readFileSync(join(this.folder, "Pulumi.yaml"), "utf8")) as Record<string, unknown>;
    delete head["resources"];
    const lines = Object.entries(head).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
    writeFileSync(join(this.folder, "Pulumi.yaml"), `${lines.join("\n")}\n${yaml}`);
    return this;
  }

  destroy(...args: string[]): Promise<CliResult> {
    return this.pulumi("destroy", "--yes", "--skip-preview", ...args);
  }

  async remove(): Promise<void> {
    await this.#plugin?.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The engine on its own: a local backend in `folder`, no look for updates, and hardly any garbage collection in short runs. */
export function engineEnvironment(folder: string): Record<string, string> {
  return {
    PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
    PULUMI_CONFIG_PASSPHRASE: "lab",
    PULUMI_HOME: join(folder, "home"),
    PULUMI_SKIP_UPDATE_CHECK: "1",
    GOGC: "1000",
    NO_COLOR: "1",
  };
}
