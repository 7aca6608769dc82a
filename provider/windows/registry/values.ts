/** A value as the registry types it. See "Registry value types" in Microsoft's documentation. */
export type RegistryValue =
  | { type: "sz" | "expandSz"; data: string }
  | { type: "multiSz"; data: readonly string[] }
  | { type: "dword"; data: number }
  | { type: "qword"; data: bigint }
  | { type: "binary"; data: Buffer }
  /** Of another type, or one that does not hold what its type says. */
  | { type: "other"; number: number; data: Buffer };

/** A key with its values, by name as they are written there. The default value has the name "". */
export interface RegistryKey {
  /** With the hive in full: `HKEY_LOCAL_MACHINE\SYSTEM\…`. */
  path: string;
  values: ReadonlyMap<string, RegistryValue>;
}

/** Names of keys and values are compared without case. */
export const sameName = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** A value by its name. */
export function valueIn(key: Pick<RegistryKey, "values"> | undefined, name: string): RegistryValue | undefined {
  return [...(key?.values ?? [])].find(([one]) => sameName(one, name))?.[1];
}

/** A text; undefined when it is not there or is none. */
export function textIn(key: Pick<RegistryKey, "values"> | undefined, name: string): string | undefined {
  const value = valueIn(key, name);
  return value?.type === "sz" || value?.type === "expandSz" ? value.data : undefined;
}

/** A number of 32 bits; undefined when it is not there or is none. */
export function numberIn(key: Pick<RegistryKey, "values"> | undefined, name: string): number | undefined {
  const value = valueIn(key, name);
  return value?.type === "dword" ? value.data : undefined;
}
