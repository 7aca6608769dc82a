import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
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
import { python, servicePath } from "./python";
import { WINE, WINESERVER, wineEnvironment } from "./wine";

const bootTimeout = 60_000;

/** The service control manager starts what starts automatically, and then there is WinRM. */
const start = `
hostname "$1"; shift
${WINESERVER} -p
${WINE} C:\\\\windows\\\\system32\\\\wineboot.exe
exec "$@"`;

/** Boots a host whose file system is ready. The processes live on when this one ends. */
export async function bootWindows(record: WindowsRecord): Promise<void> {
  const { name, port, user, password, winRm } = record;
  const { folder, root, control, console: consoleFile } = hostPaths(name);
  const file = (label: string, content: string) => {
    writeFileSync(join(folder, label), content, { mode: 0o600 });
    return join(folder, label);
  };
  rmSync(control, { force: true });
  const users = file("users", `:${user}:${password}\n`);
  const service = [python(), "-B", servicePath(), "--runner", "wine", "--port", String(port), "--control", control];
  const boot = ["unshare", "--uts", "sh", "-c", start, "lab", name, ...service, "--users", users];
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
  (await connectToControl(name, supervisor)).destroy();
}

/** A connection to the host's WinRM service, once there is one. */
export async function connectToControl(name: string, supervisor: ProcessId): Promise<Socket> {
  const { control, console: consoleFile } = hostPaths(name);
  for (const until = Date.now() + bootTimeout; ; await sleep(20)) {
    if (existsSync(control)) {
      const socket = connect(control);
      const isOpen = await once(socket, "connect").then(
        () => true,
        () => false,
      );
      if (isOpen) return socket;
    }
    if (isAlive(supervisor) && Date.now() < until) continue;
    throw new LabError(`${name} is not up. Its console:\n${readFileSync(consoleFile, "utf8").slice(-2000)}`);
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
