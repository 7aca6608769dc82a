import type { Duplex } from "node:stream";
import type { Client } from "ssh2";
import { HostError } from "../../../model/errors";
import { withPort } from "../../../model/text";
import { abortError } from "../abort";
import { TransientError, type Deadline } from "../retry";
import { credentials } from "./credentials";
import { hostKeyCheck } from "./hostKey";
import { login, NoKnownKeyType } from "./login";
import type { Hop } from "../target";
import { tcp } from "./tcp";
import type { Semaphore } from "../semaphore";

/** Opens a stream to a hop: by TCP from here, or through the hop before it. */
export type Road = (hop: Hop, deadline: Deadline, signal: AbortSignal) => Promise<Duplex>;

/** Hears why a connection takes long: when the first attempt has failed and is repeated, or when none has ended yet. */
export type OnWaiting = (reason: string) => void;

/** After so many milliseconds an attempt no longer counts towards the limit, so a dead host does not block the others. */
const SLOW = { connect: 500, login: 2000, silent: 3000 };

/** Connects to one hop and logs in. Retries transient errors until the deadline. */
export async function dial(
  hop: Hop,
  road: Road = tcp,
  deadline: Deadline,
  signal: AbortSignal,
  dials: Semaphore,
  onWaiting: OnWaiting = () => {},
) {
  const keys = credentials(hop);
  const check = hostKeyCheck(hop);
  const attempt = async (): Promise<Client> => {
    const leave = await dials.acquire();
    try {
      return await once(check, leave);
    } finally {
      leave();
    }
  };
  const once = async (known: typeof check, leave: () => void): Promise<Client> => {
    const socket = await unhurried(road(hop, deadline, signal), SLOW.connect, leave);
    try {
      const parts = { hop, socket, credentials: keys, check: known, deadline, signal };
      return await unhurried(login(parts), SLOW.login, leave);
    } catch (error) {
      // A login with any key type can only fail, but its error names the key that the host has.
      if (error instanceof NoKnownKeyType && known.algorithms) return once({ ...known, algorithms: undefined }, leave);
      throw error;
    }
  };
  const slow = setTimeout(() => onWaiting(`${withPort(hop.address, hop.port)}: no answer yet`), SLOW.silent);
  return repeat(hop, attempt, deadline, signal, onWaiting).finally(() => clearTimeout(slow));
}

async function unhurried<T>(work: Promise<T>, limit: number, slow: () => void): Promise<T> {
  const timer = setTimeout(slow, limit);
  return work.finally(() => clearTimeout(timer));
}

async function repeat<T>(
  hop: Hop,
  attempt: () => Promise<T>,
  deadline: Deadline,
  signal: AbortSignal,
  onWaiting: OnWaiting,
): Promise<T> {
  const { default: pRetry } = await import("p-retry"); // an ES module: `import` works where `require` of one does not
  let last: HostError | undefined;
  const tracked = () => {
    // An attempt that the deadline cuts short has a less useful error than the one before.
    const isLong = deadline.left > SLOW.connect;
    return attempt().catch((error: unknown) => {
      if (error instanceof TransientError && last === undefined) onWaiting(error.error.reason);
      if (error instanceof TransientError && (isLong || last === undefined)) last = error.error;
      throw error;
    });
  };
  try {
    return await pRetry(tracked, {
      forever: true,
      minTimeout: 200,
      factor: 1.7,
      maxTimeout: 2000,
      randomize: true,
      // A little later than the attempt's own time limit, whose error says what it waited for.
      signal: AbortSignal.any([signal, AbortSignal.timeout(Math.ceil(deadline.left) + 250)]),
      shouldRetry: (error) => error instanceof TransientError && deadline.left > 0,
    });
  } catch (error) {
    if (error instanceof HostError) throw error;
    if (signal.aborted) throw abortError(hop.name, signal, "connecting");
    throw last ?? new HostError("timeout", hop.name, `no connection within ${deadline.seconds} s`);
  }
}
