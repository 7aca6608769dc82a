import { HostError } from "../../../model/errors";
import { invoke, type WmiClient, type WmiItem, type WmiValue } from "./wmi";

/** The number of HKEY_LOCAL_MACHINE in StdRegProv. */
const LOCAL_MACHINE = "2147483650";
/** `ERROR_FILE_NOT_FOUND`: the key does not exist. */
const NO_KEY = 2;
const DENIED = 5;
/** StdRegProv's return value for a value that was deleted after it was listed. */
const NO_VALUE = 1;

/** A value as StdRegProv returns it: the number of its type (winnt.h), and its text, texts, number or bytes. */
export interface RawValue {
  name: string;
  type: number;
  data: string | readonly string[] | bigint | Buffer;
}

/** The method that reads each type, and the output parameter that holds the value. */
const GETTERS: Record<number, { method: string; output: string; read: (value: WmiValue) => RawValue["data"] }> = {
  1: { method: "GetStringValue", output: "sValue", read: textOf },
  // The host expands the text; this method can't return the raw text.
  2: { method: "GetExpandedStringValue", output: "sValue", read: textOf },
  3: { method: "GetBinaryValue", output: "uValue", read: (value) => Buffer.from(listOf(value).map(Number)) },
  4: { method: "GetDWORDValue", output: "uValue", read: (value) => BigInt(textOf(value)) },
  7: { method: "GetMultiStringValue", output: "sValue", read: listOf },
  11: { method: "GetQWORDValue", output: "uValue", read: (value) => BigInt(textOf(value)) },
};

/**
 * The values of a key below HKEY_LOCAL_MACHINE, read by WMI's class StdRegProv. Undefined when the key does not exist. Values
 * of a type that the class can't read are left out.
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

/** The direct subkeys of a key. Undefined when the key does not exist. */
export async function subkeys(
  client: WmiClient,
  path: string,
  signal: AbortSignal,
): Promise<readonly string[] | undefined> {
  const listed = await call(client, "EnumKey", { sSubKeyName: path }, signal);
  return listed && listOf(listed["sNames"] ?? null);
}

/** Sets a REG_SZ of a key that exists. */
export async function setText(
  client: WmiClient,
  { path, name, text }: { path: string; name: string; text: string },
  signal: AbortSignal,
): Promise<void> {
  await call(client, "SetStringValue", { sSubKeyName: path, sValueName: name, sValue: text }, signal);
}

/** Deletes a key without subkeys. That it is gone already is fine. */
export async function deleteKey(client: WmiClient, path: string, signal: AbortSignal): Promise<void> {
  await call(client, "DeleteKey", { sSubKeyName: path }, signal);
}

/** The outputs of a method of StdRegProv. Undefined when the key or value does not exist. */
async function call(
  client: WmiClient,
  method: string,
  args: { sSubKeyName: string; sValueName?: string; sValue?: string },
  signal: AbortSignal,
): Promise<WmiItem | undefined> {
  const request = { className: "StdRegProv", method, args: { hDefKey: LOCAL_MACHINE, ...args } };
  const { returnValue, outputs } = await invoke(client, request, signal);
  if (returnValue === 0) return outputs;
  if (returnValue === NO_KEY || returnValue === NO_VALUE) return undefined;
  const why = returnValue === DENIED ? "access was denied" : `StdRegProv.${method} returned ${returnValue}`;
  throw new HostError("remote", client.host, `WMI can't access the registry key HKLM\\${args.sSubKeyName}: ${why}`);
}

/** Some hosts leave an empty text or list out of the answer. */
function textOf(value: WmiValue): string {
  return typeof value === "string" ? value : "";
}

function listOf(value: WmiValue): readonly string[] {
  if (value === null) return [];
  return typeof value === "string" ? [value] : value;
}
