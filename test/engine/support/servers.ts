import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { log, RunError } from "@pulumi/pulumi";
import type { LabHost } from "../../../lab";
import { connectionTo } from "./daemons";
import { InlineProject } from "./inline";

/** The value of a stack configuration, as it stands in `Pulumi.STACK.yaml`. */
export type StackConfig = Record<string, object>;

/** The program of `stacks/`, with a stack configuration that is written as a user writes it: as YAML in a file. */
export class ServersProject extends InlineProject {
  constructor() {
    super("edi");
  }

  static async create(config: StackConfig): Promise<ServersProject> {
    const project = new ServersProject();
    await project.init(async () => {
      const { program } = await import("../../../stacks/program.js");
      try {
        return program();
      } catch (error) {
        // As the language host of Node does: it says a RunError without a stack trace. One that got out of an inline program
        // would come back as an unhandled rejection when the SDK no longer listens, and end the test run.
        if (!RunError.isInstance(error)) throw error;
        await log.error(error.message);
        return {};
      }
    });
    await project.configure(config);
    return project;
  }

  async configure(config: StackConfig): Promise<void> {
    const { workspace, name } = this.stack;
    const settings = await workspace.stackSettings(name);
    await workspace.saveStackSettings(name, { ...settings, config });
  }

  /** The same, as text: below the salt of the stack's secrets, which stands in that file too. */
  async configureText(yaml: string): Promise<void> {
    await this.configure({});
    const { workspace, name } = this.stack;
    const settings = await workspace.stackSettings(name);
    delete settings.config;
    await workspace.saveStackSettings(name, settings);
    appendFileSync(join(workspace.workDir, `Pulumi.${name}.yaml`), yaml);
  }

  /** `up`: all that it said, and that again as its failure when it failed. */
  async up(options: { continueOnError?: boolean } = {}): Promise<{ failure: string; output: string }> {
    let output = "";
    const onOutput = (text: string) => (output += text);
    try {
      await this.stack.up({ ...options, onOutput, onError: onOutput, suppressProgress: true });
      return { failure: "", output };
    } catch (error) {
      return { failure: output || String(error), output };
    }
  }

  /** What a refresh would find; nothing when all is as the state says. */
  async drift(): Promise<string> {
    let output = "";
    const onOutput = (text: string) => (output += text);
    try {
      await this.stack.refresh({ previewOnly: true, expectNoChanges: true, onOutput, suppressProgress: true });
      return "";
    } catch (error) {
      if (!String(error).includes("exit code 7")) throw error;
      const found = output.split("\n").filter((line) => line.includes("[diff: "));
      return found.join("\n");
    }
  }
}

/** Asks the daemons themselves, past everything of ours: the web, the queue, and the monitor by a file that it must see. */
export async function answers(host: LabHost): Promise<string> {
  await host.run(
    `for i in $(seq 30); do curl -s -o /dev/null http://127.0.0.1:${host.ports.web}/ && break; sleep 0.5; done`,
  );
  const { stdout } = await host.run(`
    curl -s -o /dev/null -w 'web %{http_code}\\n' http://127.0.0.1:${host.ports.web}/login/
    python3 -c '
import xmlrpc.client
try: xmlrpc.client.ServerProxy("http://localhost:${host.ports.queue}").nothing_of_this_name()
except xmlrpc.client.Fault as fault: print("queue", "is not supported" in fault.faultString)'
    sent() { grep -c "Send to queue" /srv/bots/botssys/logging/dirmonitor.log; }
    before=$(sent)
    echo x >/srv/bots/inbox/part && mv /srv/bots/inbox/part /srv/bots/inbox/$(date +%s%N).edi
    for i in 1 2 3 4 5 6; do [ $(sent) -gt $before ] && { echo monitor True; break; }; sleep 1; done`);
  return stdout;
}
/** What {@link answers} says when all is well. */
export const allAnswer = "web 200\nqueue True\nmonitor True\n";

/** A server of `edi:servers`: the Bots of a lab host. */
export function labServer(host: LabHost, more: object = {}): Record<string, unknown> {
  const { host: _, ...connection } = connectionTo(host);
  return {
    connection,
    bots: { existing: true, bin: "/opt/bots/bin" },
    environment: { path: "/srv/bots", web: { port: host.ports.web }, queue: { port: host.ports.queue } },
    daemons: { webserver: true, jobQueue: true, dirMonitor: true },
    ...more,
  };
}
