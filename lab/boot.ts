import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { hostInit, inCgroups } from "./cgroups";
import { LabError } from "./errors";
import { runInside } from "./inside";
import { kinds } from "./kinds";
import { hostPaths } from "./paths";
import { identify } from "./processes";
import { isRunning, readRecord, writeRecord, type LinuxRecord } from "./records";

const bootTimeout = 60_000;

function readOr(file: string, otherwise: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return otherwise;
  }
}

/** sshd's log, in the host's own file system. */
export function sshLog(name: string): string {
  return readOr(join(hostPaths(name).root, "var/log/sshd.log"), "");
}

function sshdStarts(name: string): number {
  return sshLog(name).match(/^Server listening on /gm)?.length ?? 0;
}

/** Waits for a new PID 1, for an sshd that it has started, and for all other services. */
async function waitUntilUp(
  { name, kind }: LinuxRecord,
  before: { init: number | undefined; starts: number },
): Promise<void> {
  const until = Date.now() + bootTimeout;
  const problem = (what: string) =>
    new LabError(`${name} ${what}. Its console:\n${readOr(hostPaths(name).console, "").slice(-2000)}`);
  for (;;) {
    const record = readRecord(name);
    if (!record || !isRunning(record)) throw problem("has stopped while it was booting");
    const init = hostInit(name);
    if (init !== undefined && init !== before.init && sshdStarts(name) > before.starts) {
      await runInside(name, kinds[kind].waitUntilUp, { timeout: bootTimeout });
      return;
    }
    if (Date.now() > until) throw problem(`is not up after ${bootTimeout / 1000} s`);
    await sleep(25);
  }
}

/** Boots a host whose file system is ready. Its processes survive this process. */
export async function boot(record: LinuxRecord): Promise<void> {
  const { name } = record;
  const { root, console: consoleFile } = hostPaths(name);
  const starts = sshdStarts(name);
  const output = openSync(consoleFile, "a", 0o600);
  const nspawn = ["systemd-nspawn", "-D", root, `--machine=${name}`, "--boot"];
  const options = ["--register=no", "--keep-unit", "--resolv-conf=off", "--link-journal=no"];
  const [sh, args] = inCgroups(name, [...nspawn, ...options], true); // nspawn exits with 133 when the host reboots
  const child = spawn(sh, args, {
    detached: true,
    stdio: ["ignore", output, output],
    cwd: "/",
    env: { PATH: process.env["PATH"] ?? "/usr/sbin:/usr/bin:/sbin:/bin" },
  });
  closeSync(output);
  child.on("error", () => {}); // then there is no pid
  child.unref();
  const supervisor = child.pid === undefined ? undefined : identify(child.pid);
  if (!supervisor) throw new LabError(`${name} can't be booted: see ${consoleFile}`);
  writeRecord({ ...record, supervisor });
  await waitUntilUp(record, { init: undefined, starts });
}

/** Reboots the host in an orderly way, from the inside. */
export async function reboot(record: LinuxRecord): Promise<void> {
  const before = { init: hostInit(record.name), starts: sshdStarts(record.name) };
  // The command may die with its host, so its exit code tells nothing. The wait for the boot tells whether it worked.
  await runInside(record.name, kinds[record.kind].reboot, { timeout: bootTimeout });
  await waitUntilUp(record, before);
}
