import { copyFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { startWindowsHost } from "../../../../lab/windows/host";
import { nssm } from "../../../../lab/windows/wine";
import { onDrive } from "../../../../lab/windows/ssh/drive";
import type { WindowsHost, WindowsOptions } from "../../../../lab/windows/types";
import type { Values } from "../../../../model/props";
import type { Connection } from "../../../../schema/connection";
import { counted } from "../../../support/hosts";
import { REAL_HOST } from "../../../support/requirements";
import { FOLDER, PROGRAMS, RealMachine } from "./realMachine";

/** A Windows host as a test sees it, past the code that is tested. */
export interface Machine {
  name: string;
  machineId: string;
  /** Nothing listens there. */
  freePort: number;
  /** As `connection` of a service has it. */
  connection(way: "WinRM" | "SSH"): Values;
  /** Runs a command line in cmd.exe. */
  run(line: string): Promise<{ code: number; stdout: string; stderr: string }>;
  /** The content of a file in UTF-8, undefined when there is none. Paths are `C:\…`. */
  read(path: string): Promise<string | undefined>;
  /** Creates the folder of the copy as well. */
  copy(from: string, to: string): Promise<void>;
  stop(): Promise<void>;
}

/** A host of the lab, which does as a test says. */
export interface LabMachine extends Machine {
  lab: WindowsHost;
  /** A file of drive C:, as a path of this computer. */
  file(path: string): string;
}

/** The real host that the tests are for, if there is one. */
export function realConnection(): (Connection & { host: string }) | undefined {
  const text = process.env[REAL_HOST];
  return text === undefined ? undefined : (JSON.parse(text) as Connection & { host: string });
}

export async function startMachine(options: WindowsOptions): Promise<Machine> {
  const connection = realConnection();
  return connection === undefined ? startLabMachine(options) : RealMachine.start(connection);
}

export async function startLabMachine(options: WindowsOptions): Promise<LabMachine> {
  const host = await counted(() => startWindowsHost(options));
  const { name, machineId, address, port, user, password, ssh } = host;
  const file = (path: string) => onDrive(host.root, `/${path}`)!;
  // Where a real host has them, too.
  mkdirSync(file(FOLDER));
  for (const program of PROGRAMS) copyFileSync(file(`C:\\lab\\${program}`), file(`${FOLDER}\\${program}`));
  copyFileSync(nssm(), file(`${FOLDER}\\nssm.exe`));
  return {
    name,
    machineId,
    freePort: host.ports.spare[0]!,
    connection: (way) => {
      const login = { host: name, address, user, password };
      return way === "WinRM" ? { type: "winrm", ...login, port } : { ...login, port: ssh.port, hostKey: ssh.hostKey };
    },
    run: (line) => host.run(line),
    read: (path) => Promise.resolve(existsSync(file(path)) ? readFileSync(file(path), "utf8") : undefined),
    copy: (from, to) => {
      mkdirSync(dirname(file(to)), { recursive: true });
      copyFileSync(file(from), file(to));
      return Promise.resolve();
    },
    lab: host,
    file,
    stop: () => host.stop(),
  };
}
