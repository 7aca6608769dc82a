import { spawn } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { identify } from "../../lab/processes";

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined; // kernels differ in what they have
  }
}

const settings = ["printk", "sysrq", "core_pattern", "panic", "hostname", "domainname", "pid_max"];

/** All of the computer that the root of a host could do harm to, its clock and its processes aside. */
export function computer() {
  const interfaces = readdirSync("/sys/class/net").map((name) => [
    name,
    read(`/sys/class/net/${name}/flags`),
    read(`/sys/class/net/${name}/mtu`),
  ]);
  return {
    // With the options of the mount and of the file system. Other runs may start and stop hosts meanwhile.
    mounts: readFileSync("/proc/self/mountinfo", "utf8")
      .split("\n")
      .filter((line) => !line.includes("pulumi-bots-lab")),
    swaps: read("/proc/swaps"),
    hierarchies: read("/proc/self/cgroup"),
    interfaces,
    addresses: read("/proc/net/fib_trie"),
    kernel: settings.map((name) => [name, read(`/proc/sys/kernel/${name}`)]),
    machine: [read("/etc/hostname"), read("/etc/hosts"), read("/etc/resolv.conf")],
  };
}

/** How far the clock of the wall has moved against the one that nobody can set, in milliseconds. */
export const clockOffset = () => Date.now() - Number(process.hrtime.bigint() / 1_000_000n);

/** A process that nothing in a host may reach, as root's own as any. */
export function bystander() {
  const child = spawn("sleep", ["1000"], { stdio: "ignore", detached: true });
  const id = identify(child.pid!);
  return { id, end: () => child.kill("SIGKILL") };
}
