import { HostError } from "../../../model/errors";
import { invoke, type WmiClient, type WmiItem, type WmiValue } from "./wmi";

/** HKEY_LOCAL_MACHINE, as StdRegProv names it. */
const LOCAL_MACHINE = "2147483650";
/** `ERROR_FILE_NOT_FOUND`: there is no such key. */
const NO_KEY = 2;
const DENIED = 5;
/** A value that went between the list and its reading. */
const NO_VALUE = 1;

/** A value as StdRegProv gives it: its type by number (winnt.h), and its text, texts, number or bytes. */
export interface RawValue {
  name: string;
  type: number;
  data: string | readonly string[] | bigint | Buffer;
}

/** Which method reads a type, and where the value is in its answer. */
const GETTERS: Record<number, { method: string; output: string; read: (value: WmiValue) => RawValue["data"] }> = {
  1: { method: "GetStringValue", output: "sValue", read: textOf },
  // It is given as the host expands it: the raw text can't be had this way.
  2: { method: "GetExpandedStringValue", output: "sValue", read: textOf },
  3: { method: "GetBinaryValue", output: "uValue", read: (value) => Buffer.from(listOf(value).map(Number)) },
  4: { method: "GetDWORDValue", output: "uValue", read: (value) => BigInt(textOf(value)) },
  7: { method: "GetMultiStringValue", output: "sValue", read: listOf },
  11: { method: "GetQWORDValue", output: "uValue", read: (value) => BigInt(textOf(value)) },
};

/**
 * The values of a key below HKEY_LOCAL_MACHINE, by WMI's class StdRegProv; undefined when there is no such key. A value of a
 * type that it can't read is not among them.
 */
export async function readKey(client: WmiClient, path: string, signal: AbortSignal): Promise<RawValue[] | undefined> {
  const listed = await call(client, "EnumValues", { sSubKeyName: path }, signal);
  if (listed === undefined) return undefined;
  const types = listOf(listed["Types"] ?? null);
  const values = listOf(listed["sNames"] ?? null).map(async (name, i): Promise<RawValue | undefined> => {
    const type = Number(types[i]);
    const getter = GETTERS[type];
    const outputs = getter && (await call(client, getter.method, { sSubKeyName: path, sValueName: name }, signal));
    return outputs && { name, type, data: getter.read(outputs[getter.output] ?? null) };
  });
  return (await Promise.all(values)).filter((value) => value !== undefined);
}

/** The keys right below a key; undefined when there is no such key. */
export async function subkeys(
  client: WmiClient,
  path: string,
  signal: AbortSignal,
): Promise<readonly string[] | undefined> {
  const listed = await call(client, "EnumKey", { sSubKeyName: path }, signal);
  return listed && listOf(listed["sNames"] ?? null);
}

/** What a method of StdRegProv gives; undefined when there is no such key or value. */
async function call(
  client: WmiClient,
  method: string,
  args: { sSubKeyName: string; sValueName?: string },
  signal: AbortSignal,
): Promise<WmiItem | undefined> {
  const request = { className: "StdRegProv", method, args: { hDefKey: LOCAL_MACHINE, ...args } };
  const { returnValue, outputs } = await invoke(client, request, signal);
  if (returnValue === 0) return outputs;
  if (returnValue === NO_KEY || returnValue === NO_VALUE) return undefined;
  const why = returnValue === DENIED ? "access was denied" : `StdRegProv.${method} returned ${returnValue}`;
  throw new HostError("remote", client.host, `the registry key HKLM\\${args.sSubKeyName} can't be read: ${why}`);
}

/** An empty text, and an empty list, may come as nothing at all. */
function textOf(value: WmiValue): string {
  return typeof value === "string" ? value : "";
}

function listOf(value: WmiValue): readonly string[] {
  if (value === null) return [];
  return typeof value === "string" ? [value] : value;
}
