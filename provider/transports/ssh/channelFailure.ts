/** Reason codes of a refused channel (RFC 4254, 5.1). ssh2 has the code as `reason` of the error. */
export const PROHIBITED = 1;
export const CONNECT_FAILED = 2;
export const UNKNOWN_TYPE = 3;
export const SHORTAGE = 4;

/** The code and the server's message; undefined when the server did not refuse the channel. */
export function channelFailure(error: Error | undefined): { code: number; words: string } | undefined {
  const code = (error as { reason?: unknown } | undefined)?.reason;
  if (typeof code !== "number") return undefined;
  const words = (error?.message ?? "").replace(/^.*Channel open failure: /, "").toLowerCase();
  return { code, words: words || "no reason given" };
}
