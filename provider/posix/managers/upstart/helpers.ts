import type { StopMode } from "../../../../model/service";
import { hostLines } from "../../shell/library";

/** Seconds before upstart kills a job (init(5), `kill timeout`). */
export const STOP_SECONDS = 5;

/** Scripts of the job for features without a stanza: a property in the first line, then the same text for all jobs. */

/** Delays a restart. */
export const delayScript = (seconds: number): string[] => [`delay=${seconds}`, ...hostLines("upstart/postStop")];

/** Ends the program as `stop` says. */
export const stopScript = (mode: StopMode): string[] => [`mode=${mode}`, ...hostLines("upstart/preStop")];

/** The properties in these scripts, by the line that sets them. */
export const DELAY_LINE = /^delay=(\d+)$/;
export const MODE_LINE = /^mode=(mixed|process|group)$/;
