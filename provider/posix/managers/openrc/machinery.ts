import { sha256 } from "../../../../model/hash";
import { hostScript } from "../../shell/library";

/** The line between the settings, which differ between services, and the machinery. */
export const DIVIDER = "# Below this line all services of pulumi-bots are the same. Settings go above it.";

/** OpenRC's default number of attempts (supervise-daemon(8), --respawn-max). */
export const DEFAULT_RESPAWN_MAX = 10;
/** Seconds between one signal and the next in OpenRC's supervise-daemon(8) and start-stop-daemon(8). */
export const DEFAULT_STOP_SECONDS = 5;

/** The part of the script that does the work (shell/openrc/script.sh). */
export const machinery = (): string => hostScript("openrc/script");

/** A hash that shows whether the machinery in a script is unchanged, whichever version wrote it. */
export function machineryHash(text: string): string {
  return sha256(text);
}
