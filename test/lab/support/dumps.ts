import fc from "fast-check";
import type { LabHost } from "../../../lab";
import { anyText } from "../../support/definitions";

const variable = fc.stringMatching(/^[A-Z][A-Z0-9_]{0,5}X$/);

/** Arguments and variables of a program, with every kind of text in them; `text` is for what stands in the definition. */
export const programModel = (text = anyText) => ({
  args: fc.array(text, { maxLength: 6 }),
  plain: fc.dictionary(variable, text),
  secret: fc.dictionary(variable, anyText),
});

/** What a shell script has got, as it has left it in the files `file(i, "cmdline")` and `file(i, "environ")` of /run/dump. */
export async function dumpsOf(
  host: LabHost,
  count: number,
  file: (i: string, what: string) => string,
): Promise<{ args: string[]; variables: Record<string, string> }[]> {
  const print = (what: string) => `base64 -w0 ${file("$i", what)}; echo`;
  const { stdout } = await host.run(
    `cd /run/dump; for i in $(seq 0 ${count - 1}); do ${print("cmdline")}; ${print("environ")}; done`,
  );
  const dumps = stdout.split("\n").map((line) => Buffer.from(line, "base64").toString().split("\0").slice(0, -1));
  return Array.from({ length: count }, (_, i) => {
    const pairs = dumps[2 * i + 1]!.map((line) => [
      line.slice(0, line.indexOf("=")),
      line.slice(line.indexOf("=") + 1),
    ]);
    // Behind the shell and the script's own name.
    return { args: dumps[2 * i]!.slice(2), variables: Object.fromEntries(pairs) as Record<string, string> };
  });
}
