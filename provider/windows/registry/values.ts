/** A typed value. See "Registry value types" in Microsoft's documentation. */
export type RegistryValue =
  | { type: "sz" | "expandSz"; data: string }
  | { type: "multiSz"; data: readonly string[] }
  | { type: "dword"; data: number }
  | { type: "qword"; data: bigint }
  | { type: "binary"; data: Buffer }
  /** A value of another type, or a value whose bytes don't match its type. */
  | { type: "other"; number: number; data: Buffer };

/** A key with its values, by name as spelled in the registry. The default value has the name "". */
export interface RegistryKey {
  /** The path with the full name of the hive: `HKEY_LOCAL_MACHINE\SYSTEM\…`. */
  path: string;
  values: ReadonlyMap<string, RegistryValue>;
}

/** Compares names of keys or values, which are case-insensitive. */
export const sameName = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** The value with this name. */
export function valueIn(key: Pick<RegistryKey, "values"> | undefined, name: string): RegistryValue | undefined {
  return [...(key?.values ?? [])].find(([one]) => sameName(one, name))?.[1];
}

/** A text. Undefined when the value is missing or of another type. */
export function textIn(key: Pick<RegistryKey, "values"> | undefined, name: string): string | undefined {
  const value = valueIn(key, name);
  return value?.type === "sz" || value?.type === "expandSz" ? value.data : undefined;
}

/** A 32-bit number. Undefined when the value is missing or of another type. */
export function numberIn(key: Pick<RegistryKey, "values"> | undefined, name: string): number | undefined {
  const value = valueIn(key, name);
  return value?.type === "dword" ? value.data : undefined;
}
