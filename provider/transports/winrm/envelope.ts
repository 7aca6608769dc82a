import { randomUUID } from "node:crypto";
import { escapeXml, find, parseXml, type Element } from "./xml";

// Namespaces of WS-Management (DSP0226) and of [MS-WSMV].
export const NS = {
  soap: "http://www.w3.org/2003/05/soap-envelope",
  addressing: "http://schemas.xmlsoap.org/ws/2004/08/addressing",
  wsman: "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd",
  microsoft: "http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd",
  shell: "http://schemas.microsoft.com/wbem/wsman/1/windows/shell",
  transfer: "http://schemas.xmlsoap.org/ws/2004/09/transfer",
  fault: "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault",
} as const;

/** A request to the service. */
export interface Message {
  action: string;
  resource: string;
  selectors?: Record<string, string>;
  options?: Record<string, string>;
  /** XML. The prefix `rsp` is bound to the namespace of shells. */
  body: string;
  /** How long the host may take before it answers with the fault "timed out". */
  timeoutSeconds: number;
}

/** The envelope of a message. `mustUnderstand` is set where [MS-WSMV] sets it. */
export function envelope(message: Message, to: string): { id: string; bytes: Buffer } {
  const id = `uuid:${randomUUID().toUpperCase()}`;
  const must = 's:mustUnderstand="true"';
  const pairs = (set: Record<string, string> | undefined, list: string, item: string, attribute = "") =>
    set === undefined || Object.keys(set).length === 0
      ? ""
      : `<w:${list}${attribute}>${Object.entries(set)
          .map(([name, value]) => `<w:${item} Name="${escapeXml(name)}">${escapeXml(value)}</w:${item}>`)
          .join("")}</w:${list}>`;
  const header = [
    `<a:To>${escapeXml(to)}</a:To>`,
    `<a:ReplyTo><a:Address ${must}>${NS.addressing}/role/anonymous</a:Address></a:ReplyTo>`,
    `<w:MaxEnvelopeSize ${must}>153600</w:MaxEnvelopeSize>`,
    `<a:MessageID>${id}</a:MessageID>`,
    '<w:Locale xml:lang="en-US" s:mustUnderstand="false"/>',
    '<p:DataLocale xml:lang="en-US" s:mustUnderstand="false"/>',
    `<w:OperationTimeout>PT${message.timeoutSeconds}S</w:OperationTimeout>`,
    `<w:ResourceURI ${must}>${escapeXml(message.resource)}</w:ResourceURI>`,
    `<a:Action ${must}>${escapeXml(message.action)}</a:Action>`,
    pairs(message.selectors, "SelectorSet", "Selector"),
    pairs(message.options, "OptionSet", "Option", ` ${must}`),
  ];
  const names =
    `xmlns:s="${NS.soap}" xmlns:a="${NS.addressing}" xmlns:w="${NS.wsman}" ` +
    `xmlns:p="${NS.microsoft}" xmlns:rsp="${NS.shell}"`;
  const text = `<s:Envelope ${names}><s:Header>${header.join("")}</s:Header><s:Body>${message.body}</s:Body></s:Envelope>`;
  return { id, bytes: Buffer.from(text) };
}

/** Reads an answer of the service. Throws when it is not an envelope. */
export function readEnvelope(xml: Buffer): { relatesTo: string | undefined; body: Element } {
  const root = parseXml(xml.toString("utf8").replace(/^\uFEFF/, ""));
  const body = root.uri === NS.soap && root.local === "Envelope" ? find(root, [NS.soap, "Body"]) : undefined;
  if (body === undefined) throw new Error("not a SOAP envelope");
  const relatesTo = find(root, [NS.soap, "Header"], [NS.addressing, "RelatesTo"])?.text.trim();
  return { relatesTo, body };
}
