import { HostError, type HostErrorKind } from "../../../model/errors";
import { NS } from "./envelope";
import { find, type Element } from "./xml";

/** Codes of faults that are normal parts of a conversation, not errors (wsmerror.h). */
export const FAULT = {
  /** Nothing happened within OperationTimeout: ask again. */
  timedOut: 2150858793,
  /** The shell or command does not exist, or no longer exists. */
  gone: 2150858843,
  schema: 2150858817,
  /** The WMI provider says that access was denied. */
  wmiDenied: 2150859013,
} as const;

/** A fault in an answer of the host. */
export class WsManFault extends HostError {
  constructor(
    host: string,
    readonly code: number,
    said: string,
  ) {
    const [kind, words] =
      MEANINGS[code] ?? (QUOTAS[code] ? quota(QUOTAS[code]) : undefined) ?? (["remote", ""] as const);
    const text = said.replace(/\s{1,100}/g, " ").trim();
    super(
      kind,
      host,
      [words, `${text || "no message"} (WinRM fault ${code})`].filter((part) => part !== "").join(": "),
    );
  }

  /** The host has reached one of its limits; nothing has run. */
  get isQuota(): boolean {
    return this.code in QUOTAS;
  }
}

/** The setting behind each limit. */
const QUOTAS: Record<number, string> = {
  2150859173: "MaxShellsPerUser in winrm/config/winrs",
  2150859174: "MaxConcurrentOperationsPerUser in winrm/config/service",
  2150859175: "the number of requests of one user within a period",
  2150859176: "the number of requests of all users within a period",
  2150859179: "MaxConcurrentUsers in winrm/config/winrs",
  2150859236: "MaxShells in the quotas of the plug-in (WSMan:\\localhost\\Plugin)",
  2150859237: "MaxConcurrentUsers in the quotas of the plug-in (WSMan:\\localhost\\Plugin)",
  2150859238: "MaxShellsPerUser in the quotas of the plug-in (WSMan:\\localhost\\Plugin)",
  2150859239: "MaxConcurrentOperations in the quotas of the plug-in (WSMan:\\localhost\\Plugin)",
  2150859240: "MaxConcurrentOperationsPerUser in the quotas of the plug-in (WSMan:\\localhost\\Plugin)",
  2150859241: "MaxConcurrentCommandsPerShell in the quotas of the plug-in (WSMan:\\localhost\\Plugin)",
};

const quota = (setting: string) => ["remote", `the host has reached a limit: ${setting}`] as const;

const OURS = "the host does not understand a message of the provider; this is a bug in the provider";
const SIZE = "a message is larger than the host allows (MaxEnvelopeSizekb in winrm/config)";
const TOKEN =
  "access was denied: the account needs administrator rights, and a local account other than the built-in Administrator " +
  "gets them only with LocalAccountTokenFilterPolicy=1 (HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System)";

const MEANINGS: Record<number, readonly [HostErrorKind, string]> = {
  [FAULT.gone]: [
    "lostConnection",
    "the remote shell or its command no longer exists: the host or its WinRM service was restarted, or the shell was idle for too long",
  ],
  995: ["lostConnection", "the operation was aborted: was the host's WinRM service restarted?"],
  [FAULT.schema]: ["remote", OURS],
  2150858881: ["remote", OURS],
  87: ["remote", OURS],
  2150858823: ["remote", SIZE],
  2150858824: ["remote", SIZE],
  2150858825: ["remote", SIZE],
  2150859180: [
    "authentication",
    "remote shells are disabled: set AllowRemoteShellAccess in winrm/config/winrs to true",
  ],
  2150859235: [
    "authentication",
    "the host accepts no WinRM connections from other computers: run winrm quickconfig on it",
  ],
  2150859229: ["authentication", "remote access by WinRM is disabled: run winrm quickconfig on the host"],
  2150859177: ["remote", "the shell belongs to another login"],
  5: ["authentication", TOKEN],
  2147942405: ["authentication", TOKEN],
  2147942402: ["remote", "the program was not found: WinRM needs its full path"],
  2147942667: ["remote", "the working directory does not exist"],
};

/** The fault in the body of an answer, if it has one. */
export function readFault(body: Element, host: string): WsManFault | undefined {
  const fault = find(body, [NS.soap, "Fault"]);
  if (fault === undefined) return undefined;
  const detail = find(fault, [NS.soap, "Detail"], [NS.fault, "WSManFault"]);
  const reason = find(fault, [NS.soap, "Reason"], [NS.soap, "Text"])?.text ?? "";
  const code = Number(detail?.attributes["Code"] ?? Number.NaN);
  const message = detail === undefined ? "" : textOf(find(detail, [NS.fault, "Message"]));
  return new WsManFault(host, Number.isNaN(code) ? 0 : code, message || reason);
}

/** The text of an element and its descendants: a WMI provider's own fault is nested in the message. */
function textOf(element: Element | undefined): string {
  return element === undefined ? "" : [element.text, ...element.children.map(textOf)].join(" ").trim();
}
