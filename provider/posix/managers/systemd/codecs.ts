import type { RestartPolicy, StopMode } from "../../../../model/service";
import { escapeSpecifiers, unescapeSpecifiers } from "./escape";
import { normaliseSignal } from "../common/signals";
import * as values from "../common/values";
import { formatTimeSpan, isTimeSpan, parseTimeSpan } from "./timeSpan";
import { checkValue } from "./unitFile";

/** Converts the value of a property to unit file syntax and back. `parse` returns undefined for text without an exact value. */
export interface Codec<T> {
  /** The error in the value, if any. */
  check(value: T): string | undefined;
  format(value: T): string;
  parse(text: string): T | undefined;
}

/** Text that systemd does not interpret. */
export const plainText: Codec<string> = {
  check: (value) => (value === "" ? "must not be empty" : checkValue(value)),
  format: (value) => value,
  parse: (text) => text,
};

/** Text in which systemd expands specifiers. */
export const text: Codec<string> = {
  check: (value) => plainText.check(value),
  format: escapeSpecifiers,
  parse: unescapeSpecifiers,
};

/** An absolute path without "..": systemd refuses others (systemd.exec(5)). */
export const path: Codec<string> = {
  check: (value) => text.check(value) ?? checkPath(value),
  format: escapeSpecifiers,
  parse: (raw) => {
    const value = unescapeSpecifiers(raw);
    return value !== undefined && !checkPath(value) ? value : undefined;
  },
};

/** UMask= of systemd.exec(5). */
export const umask: Codec<string> = {
  check: values.checkUmask,
  format: (value) => value.padStart(4, "0"),
  parse: (raw) => (/^0*[0-7]{1,3}$/.test(raw) ? raw.replace(/^0+/, "").padStart(4, "0") : undefined),
};

/** A user or group name as User= takes it (systemd.exec(5)), or a numeric id. */
export const account: Codec<string> = {
  check: (value) => text.check(value) ?? values.checkAccount(value),
  format: escapeSpecifiers,
  parse: (raw) => {
    const value = unescapeSpecifiers(raw);
    return value !== undefined && !values.checkAccount(value) ? value : undefined;
  },
};

/** Seconds, in any spelling of systemd.time(7). */
export const seconds: Codec<number> = {
  check: (value) => (isTimeSpan(value) ? undefined : "must be a number of seconds from 0, with at most 6 decimals"),
  format: formatTimeSpan,
  parse: parseTimeSpan,
};

/** Seconds where 0 means "no limit" to systemd, which no property can express. */
export const secondsAboveZero: Codec<number> = {
  check: (value) => (value === 0 ? "must be more than 0: systemd treats 0 as no limit" : seconds.check(value)),
  format: formatTimeSpan,
  parse: (raw) => parseTimeSpan(raw) || undefined,
};

/** KillSignal= of systemd.kill(5). */
export const signal: Codec<string> = {
  check: values.checkSignal,
  format: (value) => normaliseSignal(value) ?? value,
  parse: normaliseSignal,
};

/** Where output goes: a file, or nowhere (StandardOutput= of systemd.exec(5)). */
export const log: Codec<string> = {
  check: (value) => (value === "discard" ? undefined : (values.checkLog(value) ?? path.check(value))),
  format: (value) => (value === "discard" ? "null" : `append:${path.format(value)}`),
  parse: (raw) => (raw === "null" ? "discard" : raw.startsWith("append:") ? path.parse(raw.slice(7)) : undefined),
};

/** Restart= of systemd.service(5). */
export const restartPolicy = choice<RestartPolicy>({ always: "always", onFailure: "on-failure", never: "no" });

/** KillMode= of systemd.kill(5). */
export const stopMode = choice<StopMode>({ mixed: "mixed", process: "process", group: "control-group" });

function choice<T extends string>(words: Readonly<Record<T, string>>): Codec<T> {
  const entries = Object.entries(words) as [T, string][];
  return {
    check: (value) => (Object.hasOwn(words, value) ? undefined : `must be one of ${Object.keys(words).join(", ")}`),
    format: (value) => words[value],
    parse: (raw) => entries.find(([, word]) => word === raw)?.[0],
  };
}

/** The error in a path, if any. */
export function checkPath(value: string): string | undefined {
  const isAround = value.split("/").some((part) => part === "." || part === "..");
  return values.checkPath(value) ?? (isAround ? 'must not hold "." or ".." parts' : undefined);
}
