import { stringify } from "yaml";

/** A heading of the demo: what is done, and why. */
export function say(what: string, why?: string): void {
  const bold = (text: string) => (process.stdout.isTTY ? `\u001b[1m${text}\u001b[0m` : text);
  console.log(`\n━━ ${bold(what)}${why === undefined ? "" : `\n   ${why}`}\n`);
}

/** Servers in the form of `Pulumi.STACK.yaml`. */
export function showConfiguration(servers: Record<string, object>): void {
  const text = stringify({ config: { "edi:servers": servers } }, { lineWidth: 0 });
  console.log(text.trimEnd().replace(/^/gm, "  "));
}
