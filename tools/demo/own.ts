import { homedir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { DemoProject } from "./project";
import { say, showConfiguration } from "./say";

/** What the command line says of a host of the user's own. */
export interface OwnHost {
  host: string;
  identity?: string;
  bin: string;
  path: string;
  runAs: string;
  webPort: string;
  yes?: boolean;
}

/** The same on a host of the user's own: shows what it would do, asks, does it, and offers to take it away again. */
export async function ownStory(options: OwnHost): Promise<void> {
  const { user, machine, port } = parse(options.host);
  const ask = asker(options.yes ?? false);
  const servers = {
    [machine]: {
      connection: {
        ...(port === undefined ? {} : { port }),
        user,
        ...(options.identity === undefined ? {} : { privateKeyFile: options.identity }),
        ...(user === "root" ? {} : { become: { method: "sudo" } }),
      },
      bots: { existing: true, bin: options.bin },
      environment: { path: options.path, web: { port: Number(options.webPort) } },
      daemons: { webserver: true },
      runAs: { user: options.runAs },
    },
  };
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache");
  const folder = join(cache, "pulumi-bots", "demo", machine);

  say("The stack configuration", `for ${machine}; the state is in ${folder}`);
  showConfiguration(servers);
  const project = await DemoProject.create(folder, servers);

  say("pulumi preview", "touches no host");
  await project.preview();
  if (!(await ask(`Make bots-webserver a service on ${machine}, and start it?`))) return;

  say("pulumi up");
  await project.up();

  say("pulumi refresh --preview-only --expect-no-changes");
  const code = await project.drift();
  console.log(`\n  exit code ${code}`);

  if (await ask(`Take it away from ${machine} again?`)) {
    say("pulumi destroy");
    await project.destroy();
  } else {
    console.log(
      `\n  It stays. Run the same command again to go on; "Your own servers" in README.md is the way for good.`,
    );
  }
}

/** `user@machine[:port]`, as ssh has it. */
function parse(text: string): { user: string; machine: string; port?: number } {
  const match = /^([^@\s]+)@([A-Za-z0-9_.-]+)(?::(\d+))?$/.exec(text);
  if (match === null) throw new Error(`--host must be user@machine or user@machine:port, not "${text}"`);
  const [, user = "", machine = "", port] = match;
  return { user, machine, ...(port === undefined ? {} : { port: Number(port) }) };
}

function asker(yes: boolean): (question: string) => Promise<boolean> {
  if (yes) return () => Promise.resolve(true);
  if (!process.stdin.isTTY)
    throw new Error("this asks before it changes your host, which needs a terminal; or say --yes");
  return async (question) => {
    const terminal = createInterface({ input: process.stdin, output: process.stdout });
    const answer = await terminal.question(`\n${question} [y/N] `);
    terminal.close();
    return /^y(es)?$/i.test(answer.trim());
  };
}
