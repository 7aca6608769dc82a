import type { Step } from "../shell/step";
import { call, definitions, prelude } from "../shell/library";
import { TOOLS } from "./facts";

/** The lock to take before anything else. */
export interface LockRequest {
  name: string;
  holder: string;
  waitSeconds: number;
}

/** The field in which `pb_lenient` emits the exit code of a failed step. */
export const FAILED = "pb_failed";

/** How long a shell waits for the next block before it gives up: less than the next run waits for the lock. */
export const PATIENCE_SECONDS = 45;

/**
 * The first script for a shell. It is one brace group, like each later block: a shell runs a group only when it is complete,
 * so a group that a lost connection cuts off is a syntax error and does nothing. `sent`: the functions that the shell has;
 * the missing ones are sent and added. `areFactsKnown`: the host is only asked which one it is.
 */
export function prologue(
  nonce: string,
  lock?: LockRequest,
  patience = PATIENCE_SECONDS,
  sent = new Set<string>(),
  areFactsKnown = false,
): string {
  const lines = [
    "pb_begin",
    `${call("pb_facts", ...(areFactsKnown ? [] : TOOLS))} </dev/null`,
    "pb_tell_facts",
    ...(lock ? [`${call("pb_operate", lock.name, Math.ceil(lock.waitSeconds), oneLine(lock.holder))} </dev/null`] : []),
    "pb_say ready",
  ].join("\n");
  return group([`pb_nonce=${nonce} pb_patience=${patience}`, prelude(lines, sent), lines]);
}

/** Steps as one block. `seconds`: the limit for waits that have none of their own. */
export function block(steps: readonly Omit<Step, "name">[], seconds?: number, sent = new Set<string>()): string {
  const lines = [
    ...(seconds === undefined ? [] : [call("pb_limit", Math.max(1, Math.floor(seconds)))]),
    ...steps.map(shellFunction),
    call("pb_block", steps.length),
  ].join("\n");
  return group([definitions(lines, sent), lines]);
}

function shellFunction({ script, args = [], lenient = false }: Omit<Step, "name">, i: number): string {
  const named = (name: string, body: string) => `${name}() {\n:\n${body}\n}`;
  const step = `pb_${i}`;
  if (args.length === 0 && !lenient) return named(step, script);
  const inner = `${step}_`;
  const called = call(inner, ...args);
  return `${named(inner, script)}\n${named(step, lenient ? `pb_lenient ${called}` : called)}`;
}

const group = (lines: string[]) => `{\n${lines.join("\n")}\n}\n`;

const oneLine = (text: string) => text.replace(/\s+/g, " ").slice(0, 500);
