import { sha256 } from "../../../../model/hash";
import { hostScript } from "../../shell/library";

/** The line between the settings, which differ, and the machinery. */
export const DIVIDER = "# Below this line all services of pulumi-bots are the same. Settings go above it.";

/** Attempts that OpenRC makes by itself when nothing is said: supervise-daemon(8), --respawn-max 10. */
export const DEFAULT_RESPAWN_MAX = 10;
/** Seconds of supervise-daemon(8) and start-stop-daemon(8) of OpenRC between the signal and the next. */
export const DEFAULT_STOP_SECONDS = 5;

/** The part of the script that does the work: shell/openrc/script.sh. */
export const machinery = (): string => hostScript("openrc/script");

/** Tells whether the machinery in a script is as it was written, whichever version wrote it. */
export function machineryHash(text: string): string {
  return sha256(text);
}
