import type { Consequence } from "../../../manager";
import { consequences } from "../common/consequence";

const BY_OPTION: Readonly<Record<string, Consequence>> = { author: "none", startOn: "reload" };

/** Nearly all of a job is fixed from its start to its stop. Signals are looked up, and sent, by our own script. */
export const consequence = consequences(
  "upstart",
  { displayName: "none", description: "none", restart: "restart" },
  ([option]) => BY_OPTION[String(option)] ?? "restart",
);
