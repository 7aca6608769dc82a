import type { Duplex } from "node:stream";
import { retry, type Deadline, type OnWaiting } from "../retry";
import { credentials } from "./credentials";
import { hostKeyCheck } from "./hostKey";
import { login, NoKnownKeyType, type LoggedIn } from "./login";
import type { Hop } from "../target";
import { tcp } from "../tcp";
import { unhurried, type Semaphore } from "../semaphore";

/** Opens a stream to a hop: by TCP from here, or through the hop before it. */
export type Road = (hop: Hop, deadline: Deadline, signal: AbortSignal) => Promise<Duplex>;

/** After so many milliseconds an attempt no longer counts towards the limit, so a dead host does not block the others. */
const SLOW = { connect: 500, login: 2000 };

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
  const attempt = async (): Promise<LoggedIn> => {
    const leave = await dials.acquire();
    try {
      return await once(check, leave);
    } finally {
      leave();
    }
  };
  const once = async (known: typeof check, leave: () => void): Promise<LoggedIn> => {
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
  return retry(hop, attempt, deadline, signal, onWaiting);
}
