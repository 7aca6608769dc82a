import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { HostError } from "../../../model/errors";
import { abortError } from "../abort";
import { MOST_PRINTED } from "../exec";
import type { ExecResult } from "../transport";
import type { Client } from "./client";
import { FAULT, WsManFault } from "./faults";
import { SEND_BYTES, Shell, type ShellOptions } from "./shell";

/** A program to run on a Windows host. */
export interface WinRmCommand extends ShellOptions {
  /** The command line. It begins with the full path of a program. */
  line: string;
  /** Standard input. The program must read all of it before it prints much: we receive output only after sending it. */
  stdin?: Buffer;
}

export interface WinRmResult extends ExecResult {
  /** An answer was lost, together with the output in it. The exit code is right nevertheless. */
  hasGap: boolean;
}

/** How long to retry when the host has reached its limit of shells, in milliseconds. */
const PATIENCE = 60_000;
/** Time limit for deleting a shell after an operation, in milliseconds. */
const CLEANING = 10_000;
/** How many connections may break in a row, with nothing received in between, before we give up. */
const TRIES = 4;

const newId = () => randomUUID().toUpperCase();
/** Whether an answer was lost. A fault is an answer, whatever its kind. */
const isLost = (error: unknown) =>
  error instanceof HostError && error.kind === "lostConnection" && !(error instanceof WsManFault);

/**
 * Runs one program in a shell of its own and waits until it exits. Nothing is sent twice blindly: after a lost connection,
 * the program is looked up by its ids and its output is received from there. The error `lostConnection` means that nobody
 * knows whether the program ran and how it ended.
 */
export async function run(client: Client, command: WinRmCommand, signal: AbortSignal): Promise<WinRmResult> {
  try {
    return await runOnce(client, command, signal);
  } catch (error) {
    if (!(error instanceof WsManFault && error.isQuota)) throw error;
    return runOnce(client, command, signal); // the shell took no more commands, so nothing has run
  }
}

async function runOnce(client: Client, command: WinRmCommand, signal: AbortSignal): Promise<WinRmResult> {
  const shell = await create(client, command, signal);
  // A program that has all its input runs to its end even when the connection is lost. Only a cancellation kills it.
  let mayRunOn = command.stdin === undefined;
  let isStarted = false;
  try {
    const id = await start(shell, command, signal);
    isStarted = true;
    await feed(shell, id, command.stdin, signal);
    mayRunOn = true;
    const result = await collect(client, shell, id, signal);
    mayRunOn = false;
    await shell.terminate(id, signal).catch(() => {}); // deleting the shell does the same
    return result;
  } catch (given) {
    const error = isStarted && !signal.aborted ? cutOff(given) : given;
    mayRunOn &&= isLost(error);
    throw error;
  } finally {
    if (!mayRunOn) await remove(shell);
  }
}

/** When we can't reconnect, nobody knows how the started program ends. */
function cutOff(error: unknown): unknown {
  if (!(error instanceof HostError) || (error.kind !== "unreachable" && error.kind !== "timeout")) return error;
  const reason = `the connection was lost and reconnecting failed: ${error.reason}`;
  return new HostError("lostConnection", error.host, reason, { cause: error });
}

/** Creates the shell. Waits while the host is at its limit. */
async function create(client: Client, options: ShellOptions, signal: AbortSignal): Promise<Shell> {
  const start = performance.now();
  for (let [pause, broken] = [250, 0]; ;) {
    const id = newId();
    try {
      return await Shell.create(client, id, options, signal);
    } catch (error) {
      if (error instanceof WsManFault && error.isQuota && performance.now() - start < PATIENCE) {
        const why = error.reason;
        await sleep(pause, undefined, { signal }).catch(() => {
          throw abortError(client.host, signal, `waiting for a free shell: ${why}`);
        });
        pause = Math.min(pause * 2, 5000);
      } else {
        // The shell may exist. If it does, it has our id and nothing runs in it.
        const isUnknown = isLost(error) || signal.aborted;
        if (isUnknown) await remove(Shell.known(client, id));
        if (!isLost(error) || ++broken >= TRIES) throw error;
      }
    }
  }
}

/** Starts the program. When the answer is lost, the host is asked whether it knows the command. */
async function start(shell: Shell, command: WinRmCommand, signal: AbortSignal): Promise<string> {
  const id = newId();
  try {
    return await shell.command(command.line, id, command.stdin !== undefined, signal);
  } catch (error) {
    if (!isLost(error) || !shell.takesIds) throw error;
    if (command.stdin !== undefined) throw error; // it has no input yet; deleting the shell ends it
    return id;
  }
}

async function feed(shell: Shell, id: string, stdin: Buffer | undefined, signal: AbortSignal): Promise<void> {
  if (stdin === undefined) return;
  for (let at = 0; ; at += SEND_BYTES) {
    const isEnd = at + SEND_BYTES >= stdin.length;
    await shell.send(id, stdin.subarray(at, at + SEND_BYTES), isEnd, signal);
    if (isEnd) return;
  }
}

/** Receives output until the program exits, over a new connection when one breaks. */
async function collect(client: Client, shell: Shell, id: string, signal: AbortSignal): Promise<WinRmResult> {
  const output: Record<string, Buffer[]> = { stdout: [], stderr: [] };
  let [length, broken, hasGap] = [0, 0, false];
  for (;;) {
    try {
      const { streams, exitCode } = await shell.receive(id, signal);
      broken = 0;
      for (const { name, data } of streams) {
        length += data.length;
        output[name]?.push(data);
      }
      if (length > MOST_PRINTED)
        throw new HostError("remote", client.host, "the program printed more than 1 MiB and was stopped");
      if (exitCode !== undefined) {
        const [stdout, stderr] = [Buffer.concat(output["stdout"]!), Buffer.concat(output["stderr"]!)];
        return { code: exitCode, stdout, stderr, hasGap };
      }
    } catch (error) {
      if (error instanceof WsManFault && error.code === FAULT.timedOut) continue;
      if (!isLost(error) || ++broken >= TRIES) throw error;
      hasGap = true;
    }
  }
}

/** Deletes a shell, even after a cancellation. If this fails, the host deletes the idle shell after 3 minutes. */
async function remove(shell: Shell): Promise<void> {
  const signal = AbortSignal.timeout(CLEANING);
  await shell
    .delete(signal)
    .catch((error: unknown) => (isLost(error) ? shell.delete(signal) : undefined))
    .catch(() => {});
}
