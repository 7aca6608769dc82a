import type { Duplex } from "node:stream";
import type { Client } from "ssh2";
import { HostError } from "../../model/errors";
import { abortError } from "./abort";
import { MayHeal, type Budget } from "./attempt";
import { credentials } from "./credentials";
import { hostKeyCheck } from "./hostKey";
import { login, NoKnownKeyType } from "./login";
import type { Hop } from "./resolve";
import { tcp } from "./tcp";
import type { Slots } from "./slots";

/** How a hop is reached: by TCP from here, or through the hop before it. */
export type Road = (hop: Hop, budget: Budget, signal: AbortSignal) => Promise<Duplex>;

/** Who has not logged in after that long no longer counts: a dead host must not keep others from dialling. */
const SLOW = 2000;

/** Connects to one hop and logs in, again and again as long as that may help and the budget lasts. */
export async function dial(hop: Hop, road: Road = tcp, budget: Budget, signal: AbortSignal, dials: Slots) {
  const keys = credentials(hop);
  const check = hostKeyCheck(hop);
  const attempt = async (): Promise<Client> => {
    const leave = await dials.take();
    const timer = setTimeout(leave, SLOW);
    try {
      return await once(check);
    } finally {
      clearTimeout(timer);
      leave();
    }
  };
  const once = async (known: typeof check): Promise<Client> => {
    const socket = await road(hop, budget, signal);
    try {
      return await login({ hop, socket, credentials: keys, check: known, budget, signal });
    } catch (error) {
      // This login can only end in the error that names the key: no other type can be a known one.
      if (error instanceof NoKnownKeyType && known.algorithms) return once({ ...known, algorithms: undefined });
      throw error;
    }
  };
  return repeat(hop, attempt, budget, signal);
}

async function repeat<T>(hop: Hop, attempt: () => Promise<T>, budget: Budget, signal: AbortSignal): Promise<T> {
  const { default: pRetry } = await import("p-retry"); // an ES module: `import` works where `require` of one does not
  let last: HostError | undefined;
  const tracked = () =>
    attempt().catch((error: unknown) => {
      if (error instanceof MayHeal) last = error.error;
      throw error;
    });
  try {
    return await pRetry(tracked, {
      forever: true,
      minTimeout: 200,
      factor: 1.7,
      maxTimeout: 2000,
      randomize: true,
      signal: AbortSignal.any([signal, AbortSignal.timeout(Math.ceil(budget.left))]),
      shouldRetry: (error) => error instanceof MayHeal && budget.left > 0,
    });
  } catch (error) {
    if (error instanceof HostError) throw error;
    if (signal.aborted) throw abortError(hop.name, signal, "connecting");
    throw last ?? new HostError("timeout", hop.name, `no connection within ${budget.seconds} s`);
  }
}
