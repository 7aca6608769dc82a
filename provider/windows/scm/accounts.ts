import { sameName } from "../registry/values";

/** The accounts that every Windows host has, as the service control manager writes them, and in other common spellings. */
const BUILT_IN: Readonly<Record<string, readonly string[]>> = {
  LocalSystem: ["LocalSystem", "SYSTEM", "NT AUTHORITY\\SYSTEM"],
  "NT AUTHORITY\\LocalService": ["LocalService", "NT AUTHORITY\\LocalService", "NT AUTHORITY\\LOCAL SERVICE"],
  "NT AUTHORITY\\NetworkService": ["NetworkService", "NT AUTHORITY\\NetworkService", "NT AUTHORITY\\NETWORK SERVICE"],
};

/**
 * An account that needs no password, as the service control manager writes it: one of every host, or a virtual account
 * (`NT SERVICE\NAME`). Undefined for any other account.
 */
export function accountWithoutPassword(user: string): string | undefined {
  const name = user.replace(/^\.\\/, "");
  const builtIn = Object.entries(BUILT_IN).find(([, spellings]) => spellings.some((one) => sameName(one, name)))?.[0];
  const service = virtualAccountOf(name);
  return builtIn ?? (service === undefined ? undefined : `NT SERVICE\\${service}`);
}

/** Is it an account that has a password of its own, one of the host or of a domain? A group managed account has none (`NAME$`). */
export const hasPassword = (user: string): boolean => accountWithoutPassword(user) === undefined && !user.endsWith("$");

/** An account in one spelling. */
export const accountOf = (user: string): string => accountWithoutPassword(user) ?? user;

/** The name of the service that a virtual account belongs to. */
export function virtualAccountOf(user: string): string | undefined {
  return /^NT SERVICE\\(.+)$/i.exec(user)?.[1];
}
