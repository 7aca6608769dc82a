import { setTimeout as sleep } from "node:timers/promises";
import { HostError } from "../../model/errors";
import { abortError } from "../transports/abort";
import type { Lines, Step } from "./block/block";
import type { Carrier } from "./carrier";
import { newNonce } from "./nonce";
import { textIn, type RegistryKey } from "./registry/values";
import { claimKey } from "./reading/record";
import { keyPath, setValue } from "./scm/steps";

/**
 * One operation at a time for each service: a claim in the registry, under the lock that each block takes. Its holder changes
 * the value `beat` every few seconds; a claim that stays as it is for a while is of an operation that was killed.
 */
const NONCE = "nonce";
const HOLDER = "holder";
const BEAT = "beat";

/** How often the holder shows that it lives, and after how much silence another operation takes over, in milliseconds. */
const BEAT_INTERVAL = 4_000;
const SILENCE = 15_000;
const POLL = 1_000;

/** The exit code of a block whose claim is no longer there. */
export const CLAIMED = 171;

const text = (data: string) => ({ type: "sz" as const, data });

/** Begins a block of an operation: nothing is done once another operation has taken over. */
export function holdStep(name: string, nonce: string): Step {
  const hold: Lines = (pen) => [
    ...pen.attempt({ program: "reg.exe", args: ["query", keyPath(claimKey(name)), "/v", NONCE] }),
    ...pen.find(nonce),
    `if not "!R!"=="0" (set "RC=${CLAIMED}" & goto :eof)`,
  ];
  return { name: "hold the claim", commands: [hold] };
}

/** Takes the claim if nobody has it, or if it is still that of `former`. */
function takeStep(name: string, nonce: string, holder: string, former: string | undefined): Step {
  const key = claimKey(name);
  const free: Lines = (pen) => {
    const label = pen.label();
    return [
      ...pen.attempt({ program: "reg.exe", args: ["query", keyPath(key), "/v", NONCE] }),
      `if "!R!"=="1" goto ${label}`,
      ...(former === undefined ? [] : [...pen.find(former), `if "!R!"=="0" goto ${label}`]),
      `set "RC=${CLAIMED}" & goto :eof`,
      `:${label}`,
    ];
  };
  return {
    name: "take the claim",
    commands: [
      free,
      setValue(key, NONCE, text(nonce)),
      setValue(key, HOLDER, text(holder)),
      setValue(key, BEAT, text("0")),
    ],
  };
}

export interface ClaimRequest {
  name: string;
  nonce: string;
  holder: string;
  waitSeconds: number;
  signal: AbortSignal;
}

/** Takes the claim, and waits for it while a living operation has it. */
export async function claim(carrier: Carrier, request: ClaimRequest): Promise<void> {
  const { name, nonce, holder, waitSeconds, signal } = request;
  const end = performance.now() + waitSeconds * 1000;
  const look = () => carrier.reader.key(claimKey(name), signal);
  let seen: { beat: string; since: number } | undefined;
  let former: string | undefined;
  for (;;) {
    const left = Math.max(1, Math.ceil((end - performance.now()) / 1000));
    const block = { nonce: newNonce(), lock: name, lockSeconds: left, steps: [takeStep(name, nonce, holder, former)] };
    const { busy, failed, output } = await carrier.run(block, signal).catch((error: unknown) => {
      if (!(error instanceof HostError && error.kind === "lostConnection")) throw error;
      return { busy: true, failed: undefined, output: "" }; // the key tells whether it was taken
    });
    if (!busy && failed === undefined) return;
    if (failed && failed.code !== CLAIMED)
      throw new HostError(
        "remote",
        carrier.host,
        `the lock on ${name} can't be taken (code ${failed.code}): ${output}`,
      );
    for (;;) {
      const key = await look();
      const now = `${textIn(key, NONCE) ?? ""} ${textIn(key, BEAT) ?? ""}`;
      if (seen?.beat !== now) seen = { beat: now, since: performance.now() };
      former = textIn(key, NONCE);
      if (former === nonce) return;
      if (former === undefined || performance.now() - seen.since >= SILENCE) break;
      if (performance.now() >= end) throw busyError(carrier.host, key);
      await sleep(POLL, undefined, { signal }).catch(() => {
        throw abortError(carrier.host, signal, `waiting for the lock on ${name}`);
      });
    }
    if (performance.now() >= end) throw busyError(carrier.host, await look());
  }
}

function busyError(host: string, key: RegistryKey | undefined): HostError {
  const holder = textIn(key, HOLDER) ?? "owner unknown";
  return new HostError("remote", host, `another operation holds the lock of this service: ${holder}`);
}

/** Shows every few seconds that the operation lives, until the returned function is called. */
export function keepClaim(carrier: Carrier, name: string): () => Promise<void> {
  let beats = 0;
  let last = Promise.resolve();
  const beat = () => {
    const signal = AbortSignal.timeout(BEAT_INTERVAL);
    // The next one may get through.
    last = carrier.setText(claimKey(name), BEAT, String(++beats), signal).catch(() => {});
  };
  const timer = setInterval(beat, BEAT_INTERVAL);
  return () => {
    clearInterval(timer);
    return last; // a late one must not come after the release
  };
}

/** Gives the claim back, unless another operation has taken it over. */
export async function release(carrier: Carrier, name: string, nonce: string): Promise<void> {
  const signal = AbortSignal.timeout(10_000);
  try {
    const key = await carrier.reader.key(claimKey(name), signal);
    if (textIn(key, NONCE) === nonce) await carrier.deleteKey(claimKey(name), signal);
  } catch {
    // The next operation takes it over after some seconds.
  }
}
