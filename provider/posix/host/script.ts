import { shQuote } from "../shell/quote";
import type { Step } from "../shell/step";
import { FACTS } from "./facts";
import { LOCK } from "./lock";
import { PRELUDE } from "./prelude";
import { RUNTIME } from "./runtime";

/** Which lock to take before anything else is done. */
export interface LockRequest {
  name: string;
  holder: string;
  waitSeconds: number;
}

/** How long a shell waits for the next block before it takes us for dead: shorter than the next run waits for its lock. */
export const PATIENCE_SECONDS = 45;

/**
 * What a shell is told first. All of it, and each block after it, is one brace group: a shell runs a group when it has
 * arrived whole, and what a broken connection has cut is a syntax error and does nothing.
 */
export function prologue(nonce: string, lock?: LockRequest, patience = PATIENCE_SECONDS): string {
  const take = lock
    ? [
        `if [ "$pb_uid" = 0 ]; then`,
        `  pb_take ${shQuote(lock.name)} ${Math.ceil(lock.waitSeconds)} ${shQuote(oneLine(lock.holder))} </dev/null || exit 0`,
        "  pb_watch",
        "fi",
      ]
    : [];
  return group([
    `pb_nonce=${nonce} pb_patience=${patience}`,
    PRELUDE + RUNTIME + LOCK + FACTS,
    "pb_files",
    `pb_say hello "$$ $pb_me"`,
    "pb_facts </dev/null",
    "pb_pump",
    `pb_say facts "$(pb_told)"`,
    `[ -z "$pb_torn" ] || exit 1`,
    ...take,
    "pb_say ready",
  ]);
}

/** Steps as one block, with `args` in "$@" of each. What they wait for without a limit of its own may take `seconds`. */
export function block(steps: readonly Pick<Step, "script">[], args: readonly string[], seconds?: number): string {
  return group([
    ...(seconds === undefined ? [] : [`pb_deadline=$(($(pb_clock) + ${Math.max(1, Math.floor(seconds))}))`]),
    ...steps.map((step, i) => `pb_${i}() {\n:\n${step.script}\n}`),
    `pb_block ${[String(steps.length), ...args.map(shQuote)].join(" ")}`,
  ]);
}

const group = (lines: string[]) => `{\n${lines.join("\n")}\n}\n`;

const oneLine = (text: string) => text.replace(/\s+/g, " ").slice(0, 500);
