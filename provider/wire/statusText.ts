import { wellFormed } from "./codec";
import { printable } from "./printable";

/** The text of an error is sent percent-encoded in an HTTP/2 header. If all headers exceed 64 KiB, nothing is sent. */
const MAX_BYTES = 8_000;

/** Fits the text of an error into a status: keeps the beginning (the error) and the end (the last log lines) of a long text. */
export function statusText(raw: string): string {
  const text = printable(raw);
  const bytes = Buffer.from(text, "utf8");
  if (bytes.length <= MAX_BYTES) return wellFormed(text);
  const part = (from: number, to?: number): string => bytes.subarray(from, to).toString("utf8");
  return `${part(0, MAX_BYTES / 2)}\n… (${bytes.length - MAX_BYTES} bytes left out) …\n${part(-MAX_BYTES / 2)}`;
}
