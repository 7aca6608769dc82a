import { shQuote } from "../../../model/quote";
import type { Definition } from "../../../model/service";
import { parseTimeSpan } from "./timeSpan";
import { valuesOf } from "./directives";

/** Seconds for a start: systemd's own limit is 90. */
export const START_SECONDS = 150;

/** A bounded systemctl(1), which asks for no password and whose words go into the error. */
export function systemctl(seconds: number, verb: string, ...args: string[]): string {
  const command = ["systemctl", "--no-ask-password", verb, ...args.map(shQuote)].join(" ");
  const late = shQuote(`systemctl ${verb}: not done within ${seconds} seconds`);
  return `{ timeout -k 10 ${seconds} ${command} >&2 || { rc=$?; [ $rc != 124 ] || echo ${late} >&2; (exit $rc); }; }`;
}

/** How long a stop may take: the time that systemd gives the service, and some more for the kill after it. */
export function stopSeconds(definition: Definition): number {
  const raw = definition.options?.systemd?.service?.["TimeoutStopSec"];
  const limit = raw === undefined ? (definition.stop?.timeoutSeconds ?? 90) : parseTimeSpan(valuesOf(raw).at(-1) ?? "");
  return Math.ceil(limit || 240) + 30;
}
