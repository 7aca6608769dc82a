import { shQuote } from "../../shell/quote";
import type { HostFile } from "../../shell/step";

/** Puts a file in place with the prelude's `put`; `at` is the path in the words of the shell. */
export function put({ path, owner, group, mode, content }: HostFile, at = shQuote(path)): string {
  return ["put", at, owner, group, mode, shQuote(Buffer.from(content).toString("base64"))].join(" ");
}
