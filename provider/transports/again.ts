import { HostError } from "../../model/errors";

/** Repeats work over a new connection if the old one turns out to be dead. Only for work that changes nothing. */
export async function again<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof HostError && error.kind === "lostConnection") return work();
    throw error;
  }
}
