import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, type NetConnectOpts, type Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { inCgroups } from "../cgroups";
import { LabError } from "../errors";
import { exec } from "../exec";
import { hostPaths } from "../paths";
import { identify, isAlive, type ProcessId } from "../processes";
import { writeRecord, type WindowsRecord } from "../records";
import { killProcesses } from "../sweep";
import { winRmArguments } from "./control";
import { python, repository, servicePath } from "./python";
import type { SshSettings } from "./ssh/server";
import { WINE, WINESERVER, wineEnvironment } from "./wine";

const bootTimeout = 60_000;

/** The service control manager starts what starts automatically, and then there are SSH and WinRM. */
const start = `
hostname "$1"
${WINESERVER} -p
${WINE} C:\\\\windows\\\\system32\\\\wineboot.exe
"$2" "$3" "$4" &
shift 4
exec "$@"`;

/** Boots a host whose file system is ready. The processes live on when this one ends. */
export async function bootWindows(record: WindowsRecord): Promise<void> {
  const { name, port, user, password, winRm, ssh } = record;
  const { folder, root, control, sshHostKey, console: consoleFile } = hostPaths(name);
  const file = (label: string, content: string) => {
    writeFileSync(join(folder, label), content, { mode: 0o600 });
    return join(folder, label);
  };
  rmSync(control, { force: true });
  const users = file("users", `:${user}:${password}\n`);
  const service = [python(), "-B", servicePath(), "--runner", "wine", "--port", String(port), "--control", control];
  const hostKey = readFileSync(sshHostKey, "utf8");
  const settings: SshSettings = { port: ssh.port, user, password, hostKey, prefix: root, shell: ssh.shell };
  // Compiled: it goes on without jest.
  const sshd = [
    process.execPath,
    join(repository(), "dist/lab/windows/ssh/server.js"),
    file("ssh.json", JSON.stringify(settings)),
  ];
  const boot = ["unshare", "--uts", "sh", "-c", start, "lab", name, ...sshd, ...service, "--users", users];
  const [sh, args] = inCgroups(name, [...boot, ...winRmArguments(winRm, file)]);
  const output = openSync(consoleFile, "a", 0o600);
  const child = spawn(sh, args, {
    detached: true,
    stdio: ["ignore", output, output],
    cwd: "/",
    env: wineEnvironment(root),
  });
  closeSync(output);
  child.on("error", () => {}); // no pid then
  child.unref();
  const supervisor = child.pid === undefined ? undefined : identify(child.pid);
  if (!supervisor) throw new LabError(`${name} can't be booted: see ${consoleFile}`);
  writeRecord({ ...record, supervisor });
  await Promise.all([
    connectTo({ path: control }, name, supervisor).then((socket) => socket.destroy()),
    connectTo({ port: ssh.port, host: "127.0.0.1" }, name, supervisor).then((socket) => socket.destroy()),
  ]);
}

/** A connection to a service of the host, once it listens. */
export async function connectTo(to: NetConnectOpts, name: string, supervisor: ProcessId): Promise<Socket> {
  for (const until = Date.now() + bootTimeout; ; await sleep(20)) {
    const socket = connect(to);
    const isOpen = await once(socket, "connect").then(
      () => true,
      () => false,
    );
    if (isOpen) return socket;
    if (isAlive(supervisor) && Date.now() < until) continue;
    const console = readFileSync(hostPaths(name).console, "utf8").slice(-2000);
    throw new LabError(`${name} is not up. Its console:\n${console}`);
  }
}

/** Ends all that runs in a host. The registry is written to its files first, unless the plug is pulled. */
export async function shutDown(record: WindowsRecord, pullsPlug: boolean): Promise<WindowsRecord> {
  const { name } = record;
  // Between the two it is not one that has ended: nobody may sweep it.
  const down = { ...record, supervisor: undefined };
  writeRecord(down);
  const [sh, args] = inCgroups(name, [WINESERVER, "-k"]);
  if (!pullsPlug) await exec(sh, args, { env: wineEnvironment(hostPaths(name).root) });
  killProcesses(name);
  return down;
}
