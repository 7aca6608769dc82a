import type { Duplex } from "node:stream";
import type { Client } from "ssh2";
import { HostError } from "../../../model/errors";
import { withPort } from "../../../model/text";
import { abortError } from "../abort";
import { MayHeal, type Budget } from "../attempt";
import { credentials } from "./credentials";
import { hostKeyCheck } from "./hostKey";
import { login, NoKnownKeyType } from "./login";
import type { Hop } from "../resolve";
import { tcp } from "./tcp";
import type { Slots } from "../slots";

/** How a hop is reached: by TCP from here, or through the hop before it. */
export type Road = (hop: Hop, budget: Budget, signal: AbortSignal) => Promise<Duplex>;

/** Told why a connection takes longer: at the first attempt that failed and is repeated, or when none has ended so far. */
export type OnWaiting = (reason: string) => void;

/** Who is not connected, not logged in, after so many milliseconds no longer counts: a dead host keeps nobody waiting. */
const SLOW = { connect: 500, login: 2000, silent: 3000 };

/** Connects to one hop and logs in, again and again as long as that may help and the budget lasts. */
export async function dial(
  hop: Hop,
  road: Road = tcp,
  budget: Budget,
  signal: AbortSignal,
  dials: Slots,
  onWaiting: OnWaiting = () => {},
) {
  const keys = credentials(hop);
  const check = hostKeyCheck(hop);
  const attempt = async (): Promise<Client> => {
    const leave = await dials.take();
    try {
      return await once(check, leave);
    } finally {
      leave();
    }
  };
  const once = async (known: typeof check, leave: () => void): Promise<Client> => {
    const socket = await unhurried(road(hop, budget, signal), SLOW.connect, leave);
    try {
      const parts = { hop, socket, credentials: keys, check: known, budget, signal };
      return await unhurried(login(parts), SLOW.login, leave);
    } catch (error) {
      // This login can only end in the error that names the key: no other type can be a known one.
      if (error instanceof NoKnownKeyType && known.algorithms) return once({ ...known, algorithms: undefined }, leave);
      throw error;
    }
  };
  const slow = setTimeout(() => onWaiting(`${withPort(hop.address, hop.port)}: no answer so far`), SLOW.silent);
  return repeat(hop, attempt, budget, signal, onWaiting).finally(() => clearTimeout(slow));
}

async function unhurried<T>(work: Promise<T>, limit: number, slow: () => void): Promise<T> {
  const timer = setTimeout(slow, limit);
  return work.finally(() => clearTimeout(timer));
}

async function repeat<T>(
  hop: Hop,
  attempt: () => Promise<T>,
  budget: Budget,
  signal: AbortSignal,
  onWaiting: OnWaiting,
): Promise<T> {
  const { default: pRetry } = await import("p-retry"); // an ES module: `import` works where `require` of one does not
  let last: HostError | undefined;
  const tracked = () => {
    // An attempt that the end of the budget cuts short learns less than the one before.
    const isLong = budget.left > SLOW.connect;
    return attempt().catch((error: unknown) => {
      if (error instanceof MayHeal && last === undefined) onWaiting(error.error.reason);
      if (error instanceof MayHeal && (isLong || last === undefined)) last = error.error;
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
      // A little later than the attempt's own end, which knows what it waited for.
      signal: AbortSignal.any([signal, AbortSignal.timeout(Math.ceil(budget.left) + 250)]),
      shouldRetry: (error) => error instanceof MayHeal && budget.left > 0,
    });
  } catch (error) {
    if (error instanceof HostError) throw error;
    if (signal.aborted) throw abortError(hop.name, signal, "connecting");
    throw last ?? new HostError("timeout", hop.name, `no connection within ${budget.seconds} s`);
  }
}
