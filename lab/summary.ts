import type { HostFacts } from "./types";

/** The OpenSSH command line for a login. It pins the host key, and reads and writes no file of the user. */
export function sshCommand(
  host: Pick<HostFacts, "address" | "port" | "hostKey" | "privateKeyFile">,
  user: string,
): string[] {
  const knownHosts = `KnownHostsCommand=/bin/echo [${host.address}]:${host.port} ${host.hostKey}`;
  const options = ["-F", "none", "-i", host.privateKeyFile, "-p", String(host.port)];
  const pinned = ["-o", "IdentitiesOnly=yes", "-o", "StrictHostKeyChecking=yes", "-o", knownHosts];
  const noFiles = ["-o", "UserKnownHostsFile=none", "-o", "GlobalKnownHostsFile=none", "-o", "LogLevel=ERROR"];
  return ["ssh", ...options, ...pinned, ...noFiles, `${user}@${host.address}`];
}

export function quoted(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`;
}

/** The commands and settings that a person may paste after a host is up. */
export function summary(host: HostFacts): string {
  const bots = host.bots
    ? `
Bots 3.3.1 is in /opt/bots, its environment in /srv/bots, none of its daemons runs.
Ports: web ${host.ports.web}, job queue ${host.ports.queue}, engine lock ${host.ports.engine}; free for you: ${host.ports.spare.join(", ")}`
    : `
Ports that are free for you: ${Object.values(host.ports).flat().join(", ")}`;
  return `${host.name} is up.
Logins: root, deploy (sudo with password), ops (sudo without), plain (no sudo)
${bots.trimStart()}

${sshCommand(host, "deploy").map(quoted).join(" ")}

connection:
  type: ssh
  host: ${host.name}
  address: ${host.address}
  port: ${host.port}
  user: deploy
  privateKeyFile: ${host.privateKeyFile}
  hostKey: ${host.hostKey}
  become:
    method: sudo
    password: ${host.deployPassword}`;
}
