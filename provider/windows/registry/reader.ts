import type { UnmappedLine } from "../../../model/service";
import { renderRegFile } from "./regFile";
import { numberIn, textIn, valueIn, type RegistryKey, type RegistryValue } from "./values";

/** `%NAME%`, which Windows replaces in REG_EXPAND_SZ if there is such a variable. */
export const REPLACED = /%[^%]+%/;

/** Reads a key, and notes which of its values it has understood. The rest is in {@link unmapped}. */
export class KeyReader {
  readonly #understood = new Set<string>();

  constructor(readonly key: RegistryKey) {}

  /** A value as the caller understands it; undefined when it is missing, or when the caller gives undefined for it. */
  read<T>(name: string, understand: (value: RegistryValue) => T | undefined): T | undefined {
    const value = valueIn(this.key, name);
    const understood = value === undefined ? undefined : understand(value);
    if (understood !== undefined) this.#understood.add(name.toLowerCase());
    return understood;
  }

  /** A text that Windows takes as it is. */
  text(name: string): string | undefined {
    return this.read(name, (value) => {
      const isPlain = value.type === "sz" || (value.type === "expandSz" && !REPLACED.test(value.data));
      return isPlain ? textIn(this.key, name) : undefined;
    });
  }

  number(name: string): number | undefined {
    return this.read(name, () => numberIn(this.key, name));
  }

  flag(name: string): boolean | undefined {
    const number = this.number(name);
    return number === undefined ? undefined : number !== 0;
  }

  /** A number of milliseconds, in seconds. */
  seconds(name: string): number | undefined {
    const number = this.number(name);
    return number === undefined ? undefined : number / 1000;
  }

  /** The values that nobody has understood, as they would stand in an exported file. */
  get unmapped(): UnmappedLine[] {
    const { path, values } = this.key;
    const rest = [...values].filter(([name]) => !this.#understood.has(name.toLowerCase()));
    return rest.map(([name, value]) => unmappedValue(path, name, value));
  }
}

/** A value that no property covers, as it would stand in an exported file. */
export function unmappedValue(path: string, name: string, value: RegistryValue): UnmappedLine {
  const [, , , line = ""] = renderRegFile([{ path, values: [[name, value]] }]).split("\r\n");
  return { file: path, line };
}
