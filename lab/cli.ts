#!/usr/bin/env node
import { spawnSync } from "node:child_process";
import { Command } from "commander";
import { LabError, findHost, listHosts, startHost, stopHost, sweep, type LabHost } from "./index";
import { entering } from "./inside";
import { kinds } from "./kinds";
import { sshCommand, summary } from "./summary";
import type { HostKind } from "./types";

const program = new Command("lab")
  .description(
    "Throw-away Debian hosts with a real service manager and a real sshd, for tests and for trying things out",
  )
  .enablePositionalOptions();

async function existing(name: string): Promise<LabHost> {
  const host = await findHost(name);
  if (!host) throw new LabError(`There is no host ${name}. "lab list" shows those that are up.`);
  return host;
}

program
  .command("up")
  .description("boot a host that stays until it is taken down")
  .argument("[kind]", `its service manager: ${Object.keys(kinds).join(", ")}`, "systemd")
  .option("--name <name>", "its host name (default: made up)")
  .option("--no-bots", "without Bots on it")
  .option("--without <programs>", "programs to leave out: flock,timeout", (list) => list.split(","))
  .action(async (kind: string, options: { name?: string; bots: boolean; without?: string[] }) => {
    if (!(kind in kinds))
      throw new LabError(`"${kind}" is not a kind of host. The kinds are ${Object.keys(kinds).join(", ")}.`);
    console.log(summary(await startHost({ kind: kind as HostKind, keep: true, ...options })));
  });

program
  .command("list")
  .description("the hosts that are up")
  .action(async () => {
    for (const host of await listHosts()) {
      const owner = host.kept ? "" : "  (bound to a test run)";
      const ports = host.kind === "windows" ? `winrm ${host.port}` : `ssh ${host.port}  web ${host.ports.web}`;
      console.log(`${host.name}  ${host.kind}  ${ports}${owner}`);
    }
  });

program
  .command("show")
  .description("how to reach a host")
  .argument("<name>")
  .action(async (name: string) => console.log(summary(await existing(name))));

program
  .command("enter")
  .description("a root shell, or one command, in a host, without SSH")
  .argument("<name>")
  .argument("[command...]")
  .passThroughOptions()
  .action(async (name: string, command: string[]) => {
    await existing(name);
    // A single word is a line for a shell. Several words are a program and its arguments, which stay as given.
    const line = command.length === 1 ? ["/bin/sh", "-c", ...command] : command;
    const argv = command.length > 0 ? line : ["/bin/bash", "-l"];
    const [nsenter, args] = entering(name, [`TERM=${process.env["TERM"] ?? "dumb"}`], argv);
    process.exitCode = spawnSync(nsenter, args, { stdio: "inherit" }).status ?? 1;
  });

program
  .command("ssh")
  .description("log in to a host, or run one command there, through SSH")
  .argument("<name>")
  .argument("[user]", "root, deploy, ops or plain", "root")
  .argument("[command...]")
  .passThroughOptions()
  .action(async (name: string, user: string, command: string[]) => {
    const [ssh, ...args] = sshCommand(await existing(name), user);
    process.exitCode = spawnSync(ssh!, [...args, ...command], { stdio: "inherit" }).status ?? 1;
  });

program
  .command("down")
  .description("kill hosts and remove all of them")
  .argument("[names...]")
  .option("--all", "every host, those of running tests too")
  .action(async (names: string[], options: { all?: boolean }) => {
    if (names.length === 0 && !options.all) throw new LabError("Name the hosts, or use --all.");
    for (const name of options.all ? (await listHosts()).map((host) => host.name) : names) {
      await existing(name);
      await stopHost(name);
      console.log(`${name} is gone`);
    }
  });

program
  .command("sweep")
  .description("remove the hosts of killed test runs")
  .action(() => {
    for (const name of sweep()) console.log(`${name} is gone`);
  });

// Exits in an orderly way, so that a half-built host is removed.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => process.exit(130));

program.parseAsync().catch((error: unknown) => {
  console.error(error instanceof LabError ? error.message : error);
  process.exit(1);
});
