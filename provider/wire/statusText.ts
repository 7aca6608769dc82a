import { wellFormed } from "./codec";
import { printable } from "./printable";

/** The text of an error travels in an HTTP/2 header, percent-encoded; with all headers above 64 KiB nothing is sent. */
const MAX_BYTES = 8_000;

/** The text of an error, fit to be sent: of a very long one the beginning (what) and the end (the last log lines). */
export function statusText(raw: string): string {
  const text = printable(raw);
  const bytes = Buffer.from(text, "utf8");
  if (bytes.length <= MAX_BYTES) return wellFormed(text);
  const part = (from: number, to?: number): string => bytes.subarray(from, to).toString("utf8");
  return `${part(0, MAX_BYTES / 2)}\n… (${bytes.length - MAX_BYTES} bytes left out) …\n${part(-MAX_BYTES / 2)}`;
}
