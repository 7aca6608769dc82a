/** Why a server opens no channel (RFC 4254, 5.1). ssh2 gives the code as `reason`, besides the server's own words. */
export const PROHIBITED = 1;
export const CONNECT_FAILED = 2;
export const UNKNOWN_TYPE = 3;
export const SHORTAGE = 4;

/** The code and the server's words. Undefined: the server did not refuse the channel. */
export function channelFailure(error: Error | undefined): { code: number; words: string } | undefined {
  const code = (error as { reason?: unknown } | undefined)?.reason;
  if (typeof code !== "number") return undefined;
  const words = (error?.message ?? "").replace(/^.*Channel open failure: /, "").toLowerCase();
  return { code, words: words || "no reason given" };
}
