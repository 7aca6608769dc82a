import { joined, typed, TYPES } from "./bytes";
import type { RegistryKey, RegistryValue } from "./values";

/**
 * The first line of the files of `reg export` and `reg import`, which are UTF-16 text. Texts are in quotes, all other values in
 * hexadecimal. See "Registration entries (.reg) files" in Microsoft's documentation.
 */
const HEAD = "Windows Registry Editor Version 5.00";

/** An error in a file, with its line. */
export class RegFileError extends Error {
  override name = "RegFileError";
}

/** The keys of an exported file, in the file's order. */
export function parseRegFile(text: string): RegistryKey[] {
  const content = text.replace(/^\uFEFF/, "");
  if (!content.startsWith(HEAD)) throw new RegFileError(`the file does not begin with "${HEAD}"`);
  const keys: { path: string; values: Map<string, RegistryValue> }[] = [];
  let at = HEAD.length;
  const fail = (what: string): never => {
    throw new RegFileError(`line ${content.slice(0, at).split("\n").length}: ${what}`);
  };
  const take = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = at;
    const match = pattern.exec(content) ?? undefined;
    if (match) at = pattern.lastIndex;
    return match;
  };
  for (;;) {
    take(/(?:[ \t\r\n]|;.*)*/y);
    if (at >= content.length) return keys;
    // The name of a key may contain brackets, so it ends at the last one of the line.
    const key = take(/\[(.+)\][ \t]*(?=\r?\n|$)/y);
    if (key) {
      keys.push({ path: key[1]!, values: new Map() });
      continue;
    }
    const name = take(/(?:@|"((?:[^"\\]|\\[\s\S])*)")[ \t]*=[ \t]*/y) ?? fail("a key or a value is expected");
    const values = keys.at(-1)?.values ?? fail("a value stands before the first key");
    values.set(unescaped(name[1] ?? ""), valueAt(take) ?? fail("the value can't be read"));
  }
}

function valueAt(take: (pattern: RegExp) => RegExpExecArray | undefined): RegistryValue | undefined {
  // A text may contain line breaks.
  const text = take(/"((?:[^"\\]|\\[\s\S])*)"/y);
  if (text) return { type: "sz", data: unescaped(text[1]!) };
  const dword = take(/dword:([0-9a-f]{1,8})/iy);
  if (dword) return { type: "dword", data: parseInt(dword[1]!, 16) };
  const hex = take(/hex(?:\(([0-9a-f]+)\))?:((?:[0-9a-f]{2},?|[ \t]|\\[ \t]*\r?\n)*)/iy);
  if (!hex) return undefined;
  const digits = hex[2]!.replace(/[^0-9a-f]/gi, "");
  return typed(hex[1] === undefined ? TYPES.binary : parseInt(hex[1], 16), Buffer.from(digits, "hex"));
}

const unescaped = (text: string): string => text.replace(/\\([\s\S])/g, "$1");

/** A change of a key: delete the whole key first, or set values. */
export interface RegistryChange {
  path: string;
  removed?: boolean;
  values?: Iterable<readonly [string, RegistryValue]>;
}

/** A file for `reg import`, which applies it from top to bottom. */
export function renderRegFile(changes: Iterable<RegistryChange>): string {
  const lines = [...changes].flatMap(({ path, removed = false, values }) => [
    ...(removed ? ["", `[-${path}]`] : []),
    ...(values === undefined
      ? []
      : ["", `[${path}]`, ...[...values].map(([name, value]) => `${nameText(name)}=${valueText(value)}`)]),
  ]);
  return [HEAD, ...lines, ""].join("\r\n");
}

const nameText = (name: string): string => (name === "" ? "@" : `"${escaped(name)}"`);

const escaped = (text: string): string => text.replace(/[\\"]/g, "\\$&");

function valueText(value: RegistryValue): string {
  // Quotes can't carry control characters safely.
  if (value.type === "sz" && !/[\x00-\x1f]/.test(value.data)) return `"${escaped(value.data)}"`;
  if (value.type === "dword") return `dword:${value.data.toString(16).padStart(8, "0")}`;
  const { number, data } = joined(value);
  const kind = number === TYPES.binary ? "hex" : `hex(${number.toString(16)})`;
  return `${kind}:${[...data].map((byte) => byte.toString(16).padStart(2, "0")).join(",")}`;
}
