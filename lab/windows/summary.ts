import { quoted, sshCommand } from "../summary";
import type { WindowsFacts } from "./types";

/** The commands and settings that a person may paste after a Windows host is up. */
export function windowsSummary(host: WindowsFacts): string {
  return `${host.name} is up: Wine, with the WinRM and SSH services of the lab.
NSSM is C:\\tools\\nssm.exe. Drive C: is ${host.root}
Ports that are free for you: ${host.ports.spare.join(", ")}

${sshCommand({ address: host.address, ...host.ssh }, host.user)
  .map(quoted)
  .join(" ")}

connection:
  type: winrm
  host: ${host.name}
  address: ${host.address}
  port: ${host.port}
  user: ${host.user}
  password: ${host.password}`;
}
