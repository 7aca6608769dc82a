import { createHmac } from "node:crypto";
import type { Path } from "../../../../model/props";
import type { Definition, Live } from "../../../../model/service";

/** The property with the password of an account. No host tells a password, so the marker has a hash of it. */
export const PASSWORD: Path = ["runAs", "password"];

/**
 * The hash of the password for the marker, with the key that only the state has: every user of the host can read the marker.
 * Undefined without a password, and without a key, which {@link triggersOf} makes for it.
 */
export function passwordHash({ runAs }: Definition, key: string | undefined): string | undefined {
  if (runAs?.password === undefined || key === undefined) return undefined;
  return createHmac("sha256", key).update(`password ${runAs.password}`).digest("hex");
}

/** The definition on the host, with its password if that is one of the given definitions. */
export function withPassword(
  { definition, marker }: Pick<Live, "definition" | "marker">,
  key: string | undefined,
  known: readonly (Definition | undefined)[],
): Definition {
  const password = known.find((one) => one !== undefined && isSet(one, marker?.password, key))?.runAs?.password;
  return password === undefined ? definition : { ...definition, runAs: { ...definition.runAs, password } };
}

const isSet = (definition: Definition, hash: string | undefined, key: string | undefined): boolean =>
  hash !== undefined && passwordHash(definition, key) === hash;

export function withoutPassword({ runAs, ...definition }: Definition): Definition {
  if (runAs === undefined) return definition;
  const { password: _, ...rest } = runAs;
  return { ...definition, runAs: rest };
}
