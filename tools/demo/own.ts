import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { Interrupted, Interruption } from "./interruption";
import { DemoProject, Failed } from "./project";
import { say, showConfiguration } from "./say";

/** The options for a host of the user. */
export interface OwnHost {
  host: string;
  identity?: string;
  sudoPasswordEnv?: string;
  bin: string;
  path: string;
  runAs: string;
  webPort: string;
  yes?: boolean;
}

/** The demo on a host of the user: shows the preview, asks, makes the service, and offers to remove it again. */
export async function ownStory(options: OwnHost): Promise<void> {
  const { user, machine, port } = parse(options.host);
  const interruption = new Interruption();
  const ask = asker(options.yes ?? false, interruption);
  const identity = options.identity ?? keyWithoutAgent();
  const servers = {
    [machine]: {
      connection: {
        ...(port === undefined ? {} : { port }),
        user,
        ...(identity === undefined ? {} : { privateKeyFile: identity }),
        ...(user === "root" ? {} : { become: sudo(options) }),
      },
      bots: { existing: true, bin: options.bin },
      environment: { path: options.path, web: { port: Number(options.webPort) } },
      daemons: { webserver: true },
      runAs: { user: options.runAs },
    },
  };
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache");
  const folder = join(cache, "pulumi-bots", "demo", `${machine}-${port ?? 22}`);

  say("The stack configuration", `for ${machine}; the state is in ${folder}`);
  showConfiguration(servers);
  const project = await DemoProject.create(folder, servers, interruption);

  say("pulumi preview", "touches no host");
  await project.preview();
  if (!(await ask(`Make bots-webserver a service on ${machine}, and start it?`))) return;

  try {
    say("pulumi up");
    await project.up();

    say("pulumi refresh --preview-only --expect-no-changes");
    const code = await project.drift();
    console.log(`\n  exit code ${code}`);
  } catch (error) {
    if (error instanceof Interrupted && (await sayWhatIsLeft(project, machine))) console.log(`  ${goOn}.`);
    if (error instanceof Failed) await afterFailure(project, machine, ask);
    throw error;
  }

  if (await ask(`Remove it from ${machine} again?`)) await takeAway(project, machine);
  else console.log(`\n  It stays. ${goOn}. To manage the host permanently, see "Your own servers" in README.md.`);
}

const goOn = "Run the same command again to continue or to remove it";

/** Reports what an unfinished run leaves on the host. Returns whether there is anything. */
async function sayWhatIsLeft(project: DemoProject, machine: string): Promise<boolean> {
  say(`What is left on ${machine}`);
  const { services, cutOff } = await project.left();
  for (const service of services) console.log(`  ${service}`);
  if (cutOff) console.log("  The run was interrupted: parts of what it began may be left too.");
  const something = services.length > 0 || cutOff;
  if (!something) console.log("  Nothing of ours.");
  return something;
}

async function afterFailure(project: DemoProject, machine: string, ask: Ask): Promise<void> {
  if (!(await sayWhatIsLeft(project, machine))) return;
  if (await ask(`Remove it from ${machine}?`)) await takeAway(project, machine);
  else console.log(`\n  It stays. ${goOn}.`);
}

async function takeAway(project: DemoProject, machine: string): Promise<void> {
  say("pulumi destroy");
  try {
    await project.destroy();
  } catch (error) {
    if (await sayWhatIsLeft(project, machine)) console.log(`  ${goOn}.`);
    throw error;
  }
}

/** The first of the usual keys that exists, as ssh(1) chooses it. */
function keyWithoutAgent(): string | undefined {
  if (process.env.SSH_AUTH_SOCK) return undefined;
  const keys = ["id_ed25519", "id_ecdsa", "id_rsa"].map((name) => join(homedir(), ".ssh", name));
  return keys.find((file) => existsSync(file));
}

function sudo({ sudoPasswordEnv }: OwnHost): object {
  if (sudoPasswordEnv === undefined) return { method: "sudo" };
  if (!process.env[sudoPasswordEnv])
    throw new Error(`--sudo-password-env: there is no environment variable ${sudoPasswordEnv}`);
  return { method: "sudo", passwordEnv: sudoPasswordEnv };
}

/** Parses `user@machine[:port]`. */
function parse(text: string): { user: string; machine: string; port?: number } {
  const match = /^([^@\s]+)@([A-Za-z0-9_.-]+)(?::(\d+))?$/.exec(text);
  if (match === null) throw new Error(`--host must be user@machine or user@machine:port, not "${text}"`);
  const [, user = "", machine = "", port] = match;
  return { user, machine, ...(port === undefined ? {} : { port: Number(port) }) };
}

type Ask = (question: string) => Promise<boolean>;

function asker(yes: boolean, interruption: Interruption): Ask {
  if (yes) return () => Promise.resolve(true);
  if (!process.stdin.isTTY)
    throw new Error(
      "the demo asks before it changes your host, which needs a terminal; use --yes to run it without questions",
    );
  return async (question) => {
    const terminal = createInterface({ input: process.stdin, output: process.stdout });
    const closed = new Promise<string>((resolve) => terminal.once("close", () => resolve("")));
    const asked = () => Promise.race([terminal.question(`\n${question} [y/N] `), closed]);
    const answer = await interruption.during(asked, () => terminal.close());
    terminal.close();
    return /^y(es)?$/i.test(answer.trim());
  };
}
