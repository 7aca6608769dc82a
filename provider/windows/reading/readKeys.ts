import type { RegistryKey } from "../registry/values";
import type { Reader } from "./reader";
import { ownKey, serviceKey, type ServiceRecord } from "./record";

/** The keys of a service that hold its definition, below its own. */
const PARTS = ["parameters", "parameters\\appexit", "pulumi-bots"];
/** Keys that Windows keeps below the key of a service, and that define nothing. */
const WINDOWS_OWN = ["enum", "security"];

/** Reads the keys of a service, which has the name `there` on the host, and those of the provider. */
export async function readKeys(
  reader: Pick<Reader, "key" | "subkeys">,
  name: string,
  there: string | undefined,
  signal: AbortSignal,
): Promise<Pick<ServiceRecord, "keys" | "own">> {
  const [keys, own] = await Promise.all([
    there === undefined ? new Map<string, RegistryKey>() : definitionKeys(reader, serviceKey(there), signal),
    tree(reader, ownKey(name), ["former", ...PARTS.map((part) => `former\\${part}`)], signal),
  ]);
  return { keys, own };
}

async function definitionKeys(
  reader: Pick<Reader, "key" | "subkeys">,
  root: string,
  signal: AbortSignal,
): Promise<Map<string, RegistryKey>> {
  const [found, below, parameters] = await Promise.all([
    tree(reader, root, PARTS, signal),
    reader.subkeys(root, signal),
    reader.subkeys(`${root}\\Parameters`, signal),
  ]);
  // A key that nobody asked for is part of the definition all the same.
  const others = [...below, ...parameters.map((name) => `Parameters\\${name}`)].filter(
    (path) => !PARTS.includes(path.toLowerCase()) && !WINDOWS_OWN.includes(path.toLowerCase()),
  );
  if (others.length > 0) for (const entry of await tree(reader, root, others, signal)) found.set(...entry);
  return found;
}

async function tree(
  reader: Pick<Reader, "key" | "subkeys">,
  root: string,
  parts: readonly string[],
  signal: AbortSignal,
) {
  const paths = ["", ...parts];
  const keys = await Promise.all(paths.map((path) => reader.key(path === "" ? root : `${root}\\${path}`, signal)));
  const found = new Map<string, RegistryKey>();
  for (const [i, key] of keys.entries()) if (key !== undefined) found.set(paths[i]!.toLowerCase(), key);
  return found;
}
