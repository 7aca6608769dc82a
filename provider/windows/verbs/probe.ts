import type { Ready } from "../../../schema/ready";
import type { Readiness } from "../../platform";
import { portOf, readinessOf, requestedUrl, type Found } from "../../readiness";
import { SYSTEM, type Lines, type Step } from "../block/block";
import type { Carrier } from "../carrier";
import type { Listener, Process, ServiceRecord } from "../reading/record";
import { value } from "../scm/steps";

/** Time limit of a command or a request, in milliseconds, with the way there and back. */
const LIMIT = 15_000;

/**
 * Probes a service once. Who listens on a port is read like everything else; a URL and a command are asked by a process on the
 * host. A port counts only if one of the service's own processes listens on it.
 */
export async function probe(
  { ready, record, own }: { ready: Ready; record: ServiceRecord; own: readonly Process[] },
  { carrier, nonce, signal }: { carrier: Carrier; nonce: string; signal: AbortSignal },
): Promise<Readiness> {
  const port = portOf(ready);
  const listeners = port === undefined ? [] : await carrier.reader.listeners(signal);
  const ours = listeners.filter(({ pid }) => own.some((process) => process.pid === pid));
  const asked = {
    ...(port !== undefined && { port: holder(port, listeners, ours, record) }),
    ownPorts: ours.map((one) => one.port),
  };
  if (asked.port !== undefined && asked.port !== "own") return readinessOf(ready, asked);
  const step = ready.http ? request(ready.http.url) : ready.command ? command(ready.command, own) : undefined;
  if (step === undefined) return readinessOf(ready, asked);
  const block = { nonce, lock: `${record.name}.probe`, lockSeconds: 10, steps: [step] };
  const { failed, output } = await carrier.run(block, AbortSignal.any([signal, AbortSignal.timeout(LIMIT)]));
  return readinessOf(ready, { ...asked, http: output, command: { code: String(failed?.code ?? 0), output } });
}

function holder(
  port: number,
  listeners: readonly Listener[],
  ours: readonly Listener[],
  { processes }: ServiceRecord,
): NonNullable<Found["port"]> {
  if (ours.some((one) => one.port === port)) return "own";
  const stranger = listeners.find((one) => one.port === port);
  if (stranger === undefined) return "none";
  const program = processes.find(({ pid }) => pid === stranger.pid)?.name ?? "";
  return { stranger: stranger.pid === 0 ? undefined : { pid: String(stranger.pid), program } };
}

/** curl.exe is part of Windows 10 1803, Windows Server 2019, and later. */
function request(url: string): Step {
  const ask: Lines = (pen) => [
    `if not exist ${SYSTEM}\\curl.exe echo the host has no curl.exe, which ready.http needs>>${pen.output}`,
    ...pen.attempt({
      program: "curl.exe",
      args: ["-q", "-g", "-skS", "--noproxy", "*", "-o", "NUL", "-D", "-", "-m", "10", value(requestedUrl(url))],
    }),
  ];
  return { name: "probe", commands: [ask] };
}

function command(argv: readonly string[], own: readonly Process[]): Step {
  const run: Lines = (pen) => [
    `set "SERVICE_PIDS=${own.map(({ pid }) => pid).join(" ")}"`,
    `<nul ${argv.map((one) => pen.argument(value(one))).join(" ")} >>${pen.output} 2>&1`,
    'set "RC=!ERRORLEVEL!"',
    "goto :eof",
  ];
  return { name: "probe", commands: [run] };
}
