import { HostError } from "../../../model/errors";
import type { Client } from "./client";
import { NS } from "./envelope";
import { escapeXml, find, type Element } from "./xml";

/** WS-Enumeration (2004/09). */
const ENUMERATION = "http://schemas.xmlsoap.org/ws/2004/09/enumeration";
const WMI = "http://schemas.microsoft.com/wbem/wsman/1/wmi";
const CIMV2 = `${WMI}/root/cimv2`;
const WQL = "http://schemas.microsoft.com/wbem/wsman/1/WQL";
const OPERATION_SECONDS = 20;
/** The most items in one answer. A host sends fewer when they are long. */
const MAX_ITEMS = 500;
/** The most items of one query. No host has more services or processes. */
const MOST_ITEMS = 20_000;

/** The value of a property: the host's text (numbers in decimal, times in ISO 8601), or a list of texts. */
export type WmiValue = string | readonly string[] | null;

/** The properties of an instance, by name. */
export type WmiItem = Readonly<Record<string, WmiValue>>;

/** A client for WMI on a host. It starts no process there and needs no remote shell. */
export type WmiClient = Pick<Client, "host" | "call">;

/**
 * All items of a query in WQL ([MS-WSMV] 3.1.4.8). Some hosts return only one item at first, whatever the request asks for, so
 * this always pulls until the host reports the end.
 */
export async function query(
  client: WmiClient,
  wql: string,
  signal: AbortSignal,
  namespace = "root/cimv2",
): Promise<WmiItem[]> {
  const filter = `<w:Filter Dialect="${WQL}">${escapeXml(wql)}</w:Filter>`;
  const first = `<n:Enumerate xmlns:n="${ENUMERATION}"><w:OptimizeEnumeration/><w:MaxElements>${MAX_ITEMS}</w:MaxElements>${filter}</n:Enumerate>`;
  const items: WmiItem[] = [];
  let context: string | undefined;
  for (let [verb, body] = ["Enumerate", first]; ;) {
    const answer = await client.call(message(`${ENUMERATION}/${verb}`, `${WMI}/${namespace}/*`, body), signal);
    const response = find(answer, [ENUMERATION, `${verb}Response`]);
    if (response === undefined)
      throw new HostError("remote", client.host, "the provider does not understand an answer of WMI");
    // The first answer has its items in the namespace of WS-Management, later ones in the namespace of WS-Enumeration.
    const list = find(response, [NS.wsman, "Items"]) ?? find(response, [ENUMERATION, "Items"]);
    items.push(...(list?.children ?? []).map(itemOf));
    // An empty context marks the end, like a missing one.
    context = find(response, [ENUMERATION, "EnumerationContext"])?.text.trim();
    const isEnd = [NS.wsman, ENUMERATION].some((uri) => find(response, [uri, "EndOfSequence"]) !== undefined);
    if (isEnd || !context) return items;
    if (items.length > MOST_ITEMS)
      throw new HostError("remote", client.host, `a WMI query returned more than ${MOST_ITEMS} results`);
    verb = "Pull";
    body = `<n:Pull xmlns:n="${ENUMERATION}"><n:EnumerationContext>${escapeXml(context)}</n:EnumerationContext><n:MaxElements>${MAX_ITEMS}</n:MaxElements></n:Pull>`;
  }
}

/** The result of a method: return value 0 is success, the meaning of all others depends on the method. */
export interface WmiResult {
  returnValue: number;
  outputs: WmiItem;
}

/** Calls a method of a class, or of the instance that the selectors name. Check the return value: a failure does not throw. */
export async function invoke(
  client: WmiClient,
  call: {
    className: string;
    method: string;
    args: Readonly<Record<string, string>>;
    selectors?: Record<string, string>;
  },
  signal: AbortSignal,
): Promise<WmiResult> {
  const { className, method, args, selectors } = call;
  const uri = `${CIMV2}/${className}`;
  const parameters = Object.entries(args).map(([name, value]) => `<c:${name}>${escapeXml(value)}</c:${name}>`);
  const body = `<c:${method}_INPUT xmlns:c="${uri}">${parameters.join("")}</c:${method}_INPUT>`;
  const request = { ...message(`${uri}/${method}`, uri, body), ...(selectors && { selectors }) };
  const answer = await client.call(request, signal);
  const output = answer.children.find(({ local }) => local === `${method}_OUTPUT`);
  const { ReturnValue, ...outputs } = output === undefined ? {} : itemOf(output);
  if (typeof ReturnValue !== "string" || !/^\d+$/.test(ReturnValue))
    throw new HostError("remote", client.host, `the provider does not understand the answer of ${className}.${method}`);
  return { returnValue: Number(ReturnValue), outputs };
}

function message(action: string, resource: string, body: string) {
  return { action, resource, body, timeoutSeconds: OPERATION_SECONDS };
}

/** The properties of an item, by local name because hosts differ in namespaces. A repeated element becomes a list. */
function itemOf(element: Element): WmiItem {
  const item: Record<string, WmiValue> = {};
  for (const child of element.children) {
    const value = valueOf(child);
    const before = item[child.local];
    if (before === undefined) item[child.local] = value;
    else item[child.local] = [...(Array.isArray(before) ? (before as string[]) : [String(before)]), String(value)];
  }
  return item;
}

function valueOf(element: Element): string | null {
  // `attributes` has local names: this is xsi:nil.
  if (element.attributes["nil"] === "true") return null;
  // A time is in a nested element.
  const time = element.children.find(({ local }) => local === "Datetime");
  return time === undefined ? element.text : time.text.trim();
}
