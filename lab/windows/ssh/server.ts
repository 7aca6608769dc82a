import { spawn } from "node:child_process";
import { timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Server, utils, type AuthContext, type Connection, type ServerChannel } from "ssh2";
import { AUTHORIZED_KEYS, onDrive } from "./drive";
import { inLoginShell, type LoginShell } from "./loginShells";
import { serveSftp } from "./sftp";

/**
 * An SSH service as OpenSSH for Windows is one, for a host of the lab: our model, by ssh2. Commands run in Wine, with
 * exit codes of 32 bits and their output as it is, and end with the connection. Run with a file of JSON (`SshSettings`).
 */
export interface SshSettings {
  port: number;
  user: string;
  password: string;
  /** The private host key, in OpenSSH's form. */
  hostKey: string;
  prefix: string;
  shell: LoginShell;
}

function main(settings: SshSettings): void {
  const root = join(settings.prefix, "drive_c");
  const server = new Server({ hostKeys: [settings.hostKey], ident: "OpenSSH_for_Windows_9.5" }, (client) => {
    client.on("error", () => {}); // it has gone
    client.on("authentication", (login) => {
      if (login.username === settings.user && isAccepted(login, settings, root)) login.accept();
      else login.reject(["password", "publickey"]);
    });
    client.on("ready", () => serve(client, settings, root));
  });
  server.listen(settings.port, "127.0.0.1");
}

function isAccepted(login: AuthContext, settings: SshSettings, root: string): boolean {
  if (login.method === "password") return isSame(Buffer.from(login.password), Buffer.from(settings.password));
  if (login.method !== "publickey") return false;
  const { key, signature, blob, hashAlgo } = login;
  return authorizedKeys(root).some((line) => {
    const known = utils.parseKey(line);
    if (known instanceof Error || !isSame(known.getPublicSSH(), key.data)) return false;
    // Without a signature it asks whether the key would do.
    return !signature || !blob || known.verify(blob, signature, hashAlgo) === true;
  });
}

const isSame = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b);

function authorizedKeys(root: string): string[] {
  try {
    const lines = readFileSync(onDrive(root, AUTHORIZED_KEYS)!, "utf8").split(/\r?\n/);
    return lines.filter((line) => line.trim() !== "" && !line.startsWith("#"));
  } catch {
    return [];
  }
}

function serve(client: Connection, settings: SshSettings, root: string): void {
  client.on("session", (accept) => {
    const session = accept();
    session.on("exec", (acceptCommand, _, { command }) => run(acceptCommand(), settings, command, client));
    session.on("sftp", (acceptSftp) => serveSftp(acceptSftp(), root));
  });
}

function run(channel: ServerChannel, { prefix, shell }: SshSettings, command: string, client: Connection): void {
  const { argv, env, code } = inLoginShell(shell, prefix, command);
  const [program, ...args] = argv;
  const child = spawn(program, args, { cwd: "/", env, stdio: "pipe" });
  const end = () => child.kill("SIGKILL");
  client.on("close", end);
  channel.on("close", end);
  child.stdin.on("error", () => {}); // it may end without reading
  channel.pipe(child.stdin);
  child.stdout.pipe(channel, { end: false });
  child.stderr.pipe(channel.stderr, { end: false });
  child.on("error", (error) => channel.stderr.write(`${error.message}\n`));
  child.on("close", (status) => {
    channel.exit(codeOf(() => code(status), channel));
    channel.end();
  });
}

/** The exit code of a command; of one that never began, that of a killed one, and why. The service goes on. */
function codeOf(code: () => number | undefined, channel: ServerChannel): number {
  try {
    return code() ?? 0xffffffff;
  } catch (error) {
    channel.stderr.write(`${(error as Error).message}\n`);
    return 0xffffffff;
  }
}

main(JSON.parse(readFileSync(process.argv[2]!, "utf8")) as SshSettings);
