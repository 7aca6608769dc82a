import { daemons, defaultPorts, type Daemon } from "../bots";
import type { Issue } from "../model/errors";
import type { Path } from "../model/props";
import { withPort } from "../model/text";
import type { Connection } from "../schema/connection";
import type { ServerInputs } from "../schema/server";

/**
 * Two servers in a configuration may be two Bots environments on one machine. This finds what they can't share there, each at
 * its key. They are on one machine if they have the same `host` or the same address and port, which also finds an entry that
 * was copied and only half edited.
 */
export function conflicts(servers: Readonly<Record<string, ServerInputs>>): Issue[] {
  const issues: Issue[] = [];
  const taken = new Map<string, string>();
  for (const [name, server] of Object.entries(servers)) {
    const own = claims(server).flatMap((claim) => machines(name, server).map((machine) => ({ ...claim, machine })));
    for (const { what, path, machine } of own) {
      const other = taken.get(`${what} on ${machine}`);
      if (other !== undefined) {
        issues.push({ path: ["servers", name, ...path], message: `${what} on ${machine} is already used by ${other}` });
      }
    }
    for (const { what, machine } of own) taken.set(`${what} on ${machine}`, name);
  }
  return issues;
}

/** The identities of a machine. */
function machines(name: string, { connection = {} }: ServerInputs): string[] {
  const { type, host = name, address = host, port, jump } = connection;
  if (type === "local") return [host];
  const isUsual = port === undefined || port === usualPort(connection);
  const via = jump === undefined ? "" : ` through ${jump.host}`;
  return [...new Set([host, `${isUsual ? address : withPort(address, port)}${via}`])];
}

/** The port of a connection without one. SSH and WinRM with their usual ports are two ways to one machine. */
const usualPort = ({ type, tls }: Connection): number => (type !== "winrm" ? 22 : tls === undefined ? 5985 : 5986);

/** The resources of the machine that a server uses, and their keys. */
function claims({ daemons: given = {}, environment }: ServerInputs): { what: string; path: Path }[] {
  const all: { what: string; path: Path }[] = [];
  const on = { webserver: given.webserver ?? true, jobQueue: given.jobQueue, dirMonitor: given.dirMonitor };
  for (const [daemon, value] of Object.entries(on)) {
    if (value === undefined || value === false) continue;
    const own = value === true ? undefined : value.name;
    const what = `the service ${own ?? daemons[daemon as Daemon].program}`;
    all.push({ what, path: ["daemons", daemon, "name"] });
  }
  const { web, queue } = environment;
  if (on.webserver) all.push({ what: `port ${web?.port ?? defaultPorts.web}`, path: ["environment", "web", "port"] });
  if (on.jobQueue)
    all.push({ what: `port ${queue?.port ?? defaultPorts.queue}`, path: ["environment", "queue", "port"] });
  return all;
}
