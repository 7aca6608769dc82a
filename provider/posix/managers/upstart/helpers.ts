import type { StopMode } from "../../../../model/service";
import { hostLines } from "../../shell/library";

/** Seconds before upstart kills (init(5), `kill timeout`). */
export const STOP_SECONDS = 5;

/** What upstart has no stanza for, as scripts of the job: a property in the first line, and the same for all jobs below it. */

/** Waits before a restart. */
export const delayScript = (seconds: number): string[] => [`delay=${seconds}`, ...hostLines("upstart/postStop")];

/** Ends the program as `stop` says. */
export const stopScript = (mode: StopMode): string[] => [`mode=${mode}`, ...hostLines("upstart/preStop")];

/** The properties that these scripts say, by the one line that is about them. */
export const DELAY_LINE = /^delay=(\d+)$/;
export const MODE_LINE = /^mode=(mixed|process|group)$/;
