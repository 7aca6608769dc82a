import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { automation } from "@pulumi/pulumi";
import { keyEnvironment, keySettings, makeStack, ownResources, readStack, type ResourceState } from "./backend";
import { engineEnvironment } from "./project";

/** The program of an inline project: makes resources, may give back outputs. */
export type Program = automation.PulumiFn;

/** A project whose program is a function, driven by the Automation API. A local backend of its own. */
export class InlineProject {
  readonly folder = mkdtempSync(join(tmpdir(), "pulumi-bots-"));
  #stack: automation.Stack | undefined;

  constructor(readonly name: string) {
    mkdirSync(join(this.folder, "state"));
  }

  async init(program: Program): Promise<this> {
    // The SDK's type of project settings does not know this key.
    const plugins = { plugins: { providers: [{ name: "bots", path: resolve(process.cwd(), "provider") }] } };
    makeStack(this.folder, this.name, "dev");
    this.#stack = await automation.LocalWorkspace.selectStack(
      { stackName: "dev", projectName: this.name, program },
      {
        projectSettings: { name: this.name, runtime: "nodejs", ...plugins },
        stackSettings: { dev: keySettings },
        envVars: { ...engineEnvironment(this.folder), ...(await keyEnvironment()) },
      },
    );
    return this;
  }

  get stack(): automation.Stack {
    return this.#stack!;
  }

  program(program: Program): void {
    this.stack.workspace.program = program;
  }

  /** Runs it, and insists that it fails: its exit code and what it said. */
  async failure(run: (stack: automation.Stack) => Promise<unknown>): Promise<{ code: number; output: string }> {
    try {
      await run(this.stack);
    } catch (error) {
      const output = error instanceof Error ? error.message : String(error);
      return { code: Number(/exit code (\d+)/.exec(output)?.[1] ?? /code: (\d+)/.exec(output)?.[1]), output };
    }
    throw new Error("it succeeded, and should have failed");
  }

  /** The resources of our own types in the state, by name. */
  resources(): Record<string, ResourceState> {
    return ownResources(readStack(this.folder, this.name, "dev"));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
