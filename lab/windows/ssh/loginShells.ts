import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { launch } from "../launcher";
import { wineEnvironment } from "../wine";

/** The login shell of a host, which is cmd.exe unless `DefaultShell` in the registry names another. */
export type LoginShell = "cmd" | "powershell" | "bash";

/** How a command is run, and its exit code from that of the process on this computer. */
export interface Started {
  argv: [program: string, ...args: string[]];
  env: Record<string, string>;
  code: (status: number | null) => number | undefined;
}

export function inLoginShell(shell: LoginShell, prefix: string, command: string): Started {
  if (shell === "powershell") return inPowerShell(prefix, command);
  return shell === "bash" ? inBash(prefix, command) : inCmd(prefix, command);
}

function inCmd(prefix: string, command: string): Started {
  const { argv, code } = launch(prefix, `C:\\windows\\system32\\cmd.exe /d /s /c "${command}"`);
  return { argv, env: wineEnvironment(prefix), code };
}

/** Our model of PowerShell: it prints a text in quotes, runs what comes after `&`, and knows nothing else. */
function inPowerShell(prefix: string, command: string): Started {
  const program = /^& '([^']*)'$/.exec(command)?.[1];
  if (program !== undefined) return inCmd(prefix, `"${program}"`);
  const isText = /^"[^"]*"$/.test(command);
  const script = isText ? `printf '%s\\r\\n' "$1"` : `echo "The term is not recognized: $1" >&2; exit 1`;
  return { argv: ["/bin/sh", "-c", script, "sh", command], env: {}, code: (status) => status ?? undefined };
}

/** The bash of this computer, with a `cmd.exe` that treats arguments as that of MSYS does. */
function inBash(prefix: string, command: string): Started {
  const folder = join(prefix, "bash");
  mkdirSync(folder, { recursive: true });
  const script = `#!/bin/sh\nexec "${process.execPath}" "${join(__dirname, "msysCmd.js")}" "$@"\n`;
  writeFileSync(join(folder, "cmd.exe"), script, { mode: 0o755 });
  const env = { ...wineEnvironment(prefix), PATH: `${folder}:/usr/bin:/bin` };
  return { argv: ["/bin/bash", "-c", command], env, code: (status) => status ?? undefined };
}
