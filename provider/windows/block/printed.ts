import { SYSTEM, type Block, type Lines } from "./block";

/** How files of reg.exe come back over a way that has output only. */
export type Printing = "type" | "certutil";

/**
 * A block that prints the files at its end. `type` turns a file in UTF-16 into the code page of the remote shell, which is UTF-8
 * over WinRM. Where it stops at the first NUL, as in Wine, certutil.exe encodes the file.
 */
export function printing(block: Block, files: readonly string[], how: Printing): Block {
  const print: Lines = (pen) =>
    files.flatMap((name, i) => {
      const [file, encoded] = [pen.file(name), pen.file("encoded.txt")];
      const encode = `if exist ${file} <nul ${SYSTEM}\\certutil.exe -f -encode ${file} ${encoded} >nul 2>nul`;
      const shown = how === "type" ? file : encoded;
      return [
        ...(how === "type" ? [] : [`if exist ${encoded} del ${encoded}`, encode]),
        `echo ${mark(block.nonce, i)}>>${pen.output}`,
        `if exist ${file} type ${shown} >>${pen.output}`,
      ];
    });
  const last = block.steps.at(-1)!;
  const steps = [...block.steps.slice(0, -1), { ...last, commands: [...last.commands, print] }];
  return files.length === 0 ? block : { ...block, steps };
}

const mark = (nonce: string, i: number): string => `@${nonce}@file${i}@`;

/** The output without the files, and the files as text. Undefined when a file can't have been printed as it is. */
export function unprinted(
  { nonce }: Block,
  files: readonly string[],
  how: Printing,
  output: string,
): { output: string; texts: Map<string, string> } | undefined {
  const parts: string[][] = [[]];
  for (const line of output.split(/\r?\n/)) {
    if (line.trimEnd() === mark(nonce, parts.length - 1)) parts.push([]);
    else parts.at(-1)!.push(line);
  }
  const [rest = [], ...printed] = parts.map((lines) => lines.join("\r\n"));
  const texts = new Map<string, string>();
  for (const [i, part] of printed.entries()) {
    if (part.trim() === "") continue; // there is no such file
    const text = (how === "type" ? part : decoded(part)).replace(/^\uFEFF/, "");
    if (how === "type" && !isWhole(text)) return undefined;
    texts.set(files[i]!, text);
  }
  return { output: String(rest), texts };
}

/** Not in another code page, and not cut. */
const isWhole = (text: string) => text.startsWith("Windows Registry Editor") && !/[\0\uFFFD]/.test(text);

function decoded(text: string): string {
  const lines = text.split(/\r?\n/).filter((line) => !line.startsWith("-----"));
  return Buffer.from(lines.join(""), "base64").toString("utf16le");
}
