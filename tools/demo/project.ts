import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { automation } from "@pulumi/pulumi";
import { program } from "../../stacks/program";

/** What still goes on is left out: in a terminal it is one line that changes. */
const passing =
  / (creating|updating|deleting|refreshing) |running $|@ (updating|destroying|refreshing|previewing)|^\s*$/;

/** The program of stacks/ with a configuration and a state of its own, driven by the real engine. */
export class DemoProject {
  private constructor(
    private readonly stack: automation.Stack,
    private readonly options: { onOutput(text: string): void; color: "always" | "never"; suppressProgress: true },
  ) {}

  static async create(folder: string, servers: Record<string, object>): Promise<DemoProject> {
    mkdirSync(join(folder, "state"), { recursive: true });
    // The SDK's type of project settings does not know this key.
    const plugins = { plugins: { providers: [{ name: "bots", path: resolve(__dirname, "../../../provider") }] } };
    const stack = await automation.LocalWorkspace.createOrSelectStack(
      { stackName: "demo", projectName: "edi", program: () => Promise.resolve(program()) },
      {
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
    const onOutput = (text: string) => {
      const lines = text.split("\n").filter((line) => !passing.test(line));
      if (lines.length > 0) process.stdout.write(`${lines.map((line) => `  ${line}`).join("\n")}\n`);
    };
    const color = process.stdout.isTTY ? "always" : "never";
    return new DemoProject(stack, { onOutput, color, suppressProgress: true });
  }

  preview = () => this.run(() => this.stack.preview(this.options));
  up = () => this.run(() => this.stack.up(this.options));
  repair = () => this.run(() => this.stack.up({ ...this.options, refresh: true }));
  destroy = () => this.run(() => this.stack.destroy(this.options));

  /** The exit code of `pulumi refresh --preview-only --expect-no-changes`: 0, or 7 when something is not as it should be. */
  async drift(): Promise<number> {
    try {
      await this.stack.refresh({ ...this.options, previewOnly: true, expectNoChanges: true });
      return 0;
    } catch (error) {
      const code = /exit code (\d+)/.exec(String(error))?.[1];
      if (code !== "7") throw new Failed();
      return 7;
    }
  }

  private async run(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch {
      throw new Failed();
    }
  }
}

/** Pulumi has said why: to say it again would hide it. */
export class Failed extends Error {
  override message = "pulumi failed: what it said is above";
}
