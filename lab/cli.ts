#!/usr/bin/env node
import { spawnSync } from "node:child_process";
import { Command } from "commander";
import { LabError, findHost, listHosts, startHost, stopHost, sweep, type LabHost } from "./index";
import { inCgroups } from "./cgroups";
import { entering } from "./inside";
import { kinds } from "./kinds";
import { hostPaths } from "./paths";
import { sshCommand, summary } from "./summary";
import type { HostKind } from "./types";
import { findWindowsHost, startWindowsHost } from "./windows/host";
import { launch } from "./windows/launcher";
import { windowsSummary } from "./windows/summary";
import type { WindowsHost } from "./windows/types";
import { wineEnvironment } from "./windows/wine";

const program = new Command("lab")
  .description(
    "Throw-away hosts for tests and for trying things out: Debian with a real service manager and a real sshd, and Wine",
  )
  .enablePositionalOptions();

const kindNames = [...Object.keys(kinds), "windows"].join(", ");

async function existing(name: string): Promise<LabHost | WindowsHost> {
  const host = (await findHost(name)) ?? (await findWindowsHost(name));
  if (!host) throw new LabError(`There is no host ${name}. "lab list" shows those that are up.`);
  return host;
}

const summaryOf = (host: LabHost | WindowsHost): string =>
  host.kind === "windows" ? windowsSummary(host) : summary(host);

/** The exit code of a program that has our terminal; of a Windows program, the 8 bits that Linux has for it. */
function inTerminal(program: string, args: string[], env?: Record<string, string>): number {
  return spawnSync(program, args, { stdio: "inherit", ...(env && { env }) }).status ?? 1;
}

program
  .command("up")
  .description("boot a host that stays until it is taken down")
  .argument("[kind]", `its service manager: ${kindNames}`, "systemd")
  .option("--name <name>", "its host name (default: made up)")
  .option("--no-bots", "without Bots on it")
  .option("--without <programs>", "programs to leave out: flock,timeout", (list) => list.split(","))
  .action(async (kind: string, options: { name?: string; bots: boolean; without?: string[] }) => {
    if (kind === "windows") {
      const named = options.name === undefined ? {} : { name: options.name };
      return console.log(windowsSummary(await startWindowsHost({ keep: true, nssm: true, ...named })));
    }
    if (!(kind in kinds)) throw new LabError(`"${kind}" is not a kind of host. The kinds are ${kindNames}.`);
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
  .action(async (name: string) => console.log(summaryOf(await existing(name))));

program
  .command("enter")
  .description("a root shell (cmd.exe on Windows), or one command, in a host, without SSH")
  .argument("<name>")
  .argument("[command...]")
  .passThroughOptions()
  .action(async (name: string, command: string[]) => {
    const host = await existing(name);
    if (host.kind === "windows") return enterWindows(host, command);
    // A single word is a line for a shell. Several words are a program and its arguments, which stay as given.
    const line = command.length === 1 ? ["/bin/sh", "-c", ...command] : command;
    const argv = command.length > 0 ? line : ["/bin/bash", "-l"];
    const [nsenter, args] = entering(name, [`TERM=${process.env["TERM"] ?? "dumb"}`], argv);
    process.exitCode = inTerminal(nsenter, args);
  });

function enterWindows({ name }: WindowsHost, command: string[]): void {
  const { root } = hostPaths(name);
  const { argv, code } = launch(root, command.join(" ") || "C:\\windows\\system32\\cmd.exe");
  const [sh, args] = inCgroups(name, argv);
  inTerminal(sh, args, { ...wineEnvironment(root), TERM: process.env["TERM"] ?? "dumb" });
  process.exitCode = (code() ?? 1) & 0xff;
}

program
  .command("ssh")
  .description("log in to a host, or run one command there, through SSH")
  .argument("<name>")
  .argument("[user]", "root, deploy, ops or plain; on Windows Administrator")
  .argument("[command...]")
  .passThroughOptions()
  .action(async (name: string, user: string | undefined, command: string[]) => {
    const host = await existing(name);
    const [ssh, ...args] =
      host.kind === "windows"
        ? sshCommand({ address: host.address, ...host.ssh }, user ?? host.user)
        : sshCommand(host, user ?? "root");
    process.exitCode = inTerminal(ssh!, [...args, ...command]);
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
