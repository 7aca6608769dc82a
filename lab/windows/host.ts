import { randomBytes, randomUUID } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { LabError } from "../errors";
import { makeFileSystem } from "../filesystem";
import { make, reserve, stopHost } from "../lifetime";
import { hostPaths } from "../paths";
import { keyPair } from "../personalise";
import { portsPerHost } from "../ports";
import { isRunning, readRecord, writeRecord, type WindowsRecord } from "../records";
import { sweep } from "../sweep";
import { bootWindows, connectTo, shutDown } from "./boot";
import { WinRmControl } from "./control";
import { runInWine, servicesOf } from "./run";
import { AUTHORIZED_KEYS, onDrive } from "./ssh/drive";
import { labPrograms, prefixTemplate } from "./template";
import type { WindowsHost, WindowsOptions } from "./types";
import { missingForWindows, nssm } from "./wine";

/** Programs of the lab that take the place of Wine's own, which lack what the provider needs. */
const SYSTEM_FOLDERS: Record<string, string> = {
  "sc.exe": "windows/system32",
  "certutil.exe": "windows/system32",
  "curl.exe": "windows/system32",
  "powershell.exe": "windows/system32/WindowsPowerShell/v1.0",
};

/** Where a program of the lab lies on drive C:. */
const folderOf = (program: string): string => join(SYSTEM_FOLDERS[program] ?? "lab", program);

/** Boots a new Windows host. It ends with this process (or its test run) unless `keep` says otherwise. */
export async function startWindowsHost(options: WindowsOptions = {}): Promise<WindowsHost> {
  const missing = missingForWindows();
  if (missing.length > 0) throw new LabError(`The lab can't start Windows hosts here:\n  ${missing.join("\n  ")}`);
  sweep();
  const [template, programs] = [await prefixTemplate(), await labPrograms()];
  const reserved = await reserve<WindowsRecord>("windows", options.name, (name, port) => ({
    ...{ name, kind: "windows", address: "127.0.0.1", port, user: "Administrator" },
    password: randomBytes(12).toString("base64url"),
    machineId: randomUUID(),
    root: join(hostPaths(name).root, "drive_c"),
    winRm: options.winRm ?? {},
    ssh: {
      port: port + 1,
      shell: options.shell ?? "cmd",
      hostKey: "",
      privateKey: "",
      privateKeyFile: hostPaths(name).key,
      publicKey: "",
    },
    ports: { spare: Array.from({ length: portsPerHost - 2 }, (_, i) => port + 2 + i) },
  }));
  const { name, root, machineId } = reserved;
  await make(name, options.keep ?? false, async () => {
    await makeFileSystem(name, template);
    for (const program of readdirSync(programs)) copyFileSync(join(programs, program), join(root, folderOf(program)));
    if (options.nssm) copyFileSync(nssm(), join(root, "tools/nssm.exe"));
    setMachineId(hostPaths(name).root, machineId);
    const record = { ...reserved, ssh: { ...reserved.ssh, ...(await makeKeys(name, root)) } };
    writeRecord(record);
    await bootWindows(record);
  });
  return (await findWindowsHost(name))!;
}

function setMachineId(prefix: string, machineId: string): void {
  const registry = join(prefix, "system.reg");
  const text = readFileSync(registry, "latin1");
  writeFileSync(registry, text.replace(/^"MachineGuid"=".*"$/m, `"MachineGuid"="${machineId}"`), "latin1");
}

/** A host key, and a key for the login, which the host accepts from the start. */
async function makeKeys(name: string, root: string) {
  const { key, sshHostKey } = hostPaths(name);
  const [publicKey, hostKey] = await Promise.all([keyPair("ed25519", key), keyPair("ed25519", sshHostKey)]);
  const authorized = onDrive(root, AUTHORIZED_KEYS)!;
  mkdirSync(dirname(authorized));
  writeFileSync(authorized, `${publicKey}\r\n`);
  return { hostKey, publicKey, privateKey: readFileSync(key, "utf8") };
}

/** A Windows host that another process may have started. */
export async function findWindowsHost(name: string): Promise<WindowsHost | undefined> {
  const found = readRecord(name);
  if (found?.kind !== "windows" || !isRunning(found)) return undefined;
  const { owner: _, supervisor: __, ...facts } = found;
  const winRmService = new WinRmControl();
  const attach = async () => {
    const socket = await connectTo({ path: hostPaths(name).control }, name, current().supervisor!);
    await winRmService.attach(socket, socket);
    socket.unref(); // it keeps no process waiting
  };
  const current = (): WindowsRecord => {
    const record = readRecord(name);
    if (record?.kind !== "windows") throw new LabError(`The host ${name} no longer exists.`);
    return record;
  };
  const restart = async (pullsPlug: boolean) => {
    await bootWindows(await shutDown(current(), pullsPlug));
    await attach();
  };
  await attach();
  return {
    ...facts,
    winRmService,
    run: (line, runOptions) => runInWine(name, line, runOptions),
    services: () => servicesOf(name),
    reboot: () => restart(false),
    powerCycle: () => restart(true),
    stop: () => stopHost(name),
  };
}
