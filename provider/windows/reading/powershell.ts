import type { Listener, Process } from "./record";

/**
 * What only WMI knows, on a host that is reached without it: one PowerShell with cmdlets and properties alone, which Constrained
 * Language Mode allows too. Each line begins with a word; without `end` the script did not come to its end.
 */
const script = (...parts: string[]): string => ["$ErrorActionPreference='Stop'", ...parts, "'end'"].join("; ");

const each = (source: string, format: string, ...properties: string[]): string =>
  `${source} | ForEach-Object { '${format}' -f ${properties.map((name) => `$_.${name}`).join(",")} }`;

/** When the host booted, and its processes. Times with the host's zone. */
export const PROCESSES = script(
  each("Get-CimInstance Win32_OperatingSystem", "boot {0:o} {1:o}", "LastBootUpTime", "LocalDateTime"),
  each(
    "Get-CimInstance Win32_Process",
    "process {0} {1} {2:o} {3}",
    ...["ProcessId", "ParentProcessId", "CreationDate", "Name"],
  ),
);

/** The TCP ports on which processes listen: 2 is Listen. */
export const LISTENERS = script(
  each(
    "Get-CimInstance -Namespace root/standardcimv2 -ClassName MSFT_NetTCPConnection -Filter 'State=2'",
    "listener {0} {1} {2}",
    ...["LocalAddress", "LocalPort", "OwningProcess"],
  ),
);

export const powerShell = (commands: string): string[] => ["-NoProfile", "-NonInteractive", "-Command", commands];

/** The times of the host in seconds, and its processes. Undefined when PowerShell did not answer. */
export function parseProcesses(lines: readonly string[]): { boot: number; now: number; all: Process[] } | undefined {
  const times = lines.flatMap((line) => /^boot (\S+) (\S+)\s*$/.exec(line)?.slice(1) ?? []).map(secondsOf);
  const [boot, now] = times;
  if (!isWhole(lines) || boot === undefined || now === undefined || times.some(Number.isNaN)) return undefined;
  const all = lines.flatMap((line): Process[] => {
    // The first processes of a host have no time.
    const [, pid, parent, created, name = ""] = /^process (\d+) (\d+) (\S*) (.*)$/.exec(line.trimEnd()) ?? [];
    if (pid === undefined) return [];
    return [{ pid: Number(pid), parent: Number(parent), name, created: created ? secondsOf(created) - boot : 0 }];
  });
  return { boot, now, all };
}

/** Undefined when PowerShell did not answer. */
export function parseListeners(lines: readonly string[]): Listener[] | undefined {
  if (!isWhole(lines)) return undefined;
  return lines.flatMap((line) => {
    const [, address, port, pid] = /^listener (\S+) (\d+) (\d+)\s*$/.exec(line) ?? [];
    return address === undefined ? [] : [{ address, port: Number(port), pid: Number(pid) }];
  });
}

const isWhole = (lines: readonly string[]) => lines.some((line) => line.trim() === "end");

/** Ticks of 100 ns have more digits than a time in JavaScript. */
const secondsOf = (text: string): number => Date.parse(text.replace(/(\.\d{3})\d+/, "$1")) / 1000;
