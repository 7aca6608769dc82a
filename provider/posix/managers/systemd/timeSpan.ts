const SECOND = 1_000_000;

/** Units of systemd.time(7), in microseconds. */
const UNITS: readonly (readonly [RegExp, number])[] = [
  [/^(usec|us|[µμ]s)$/, 1],
  [/^(msec|ms)$/, 1_000],
  [/^(seconds?|sec|s|)$/, SECOND],
  [/^(minutes?|min|m)$/, 60 * SECOND],
  [/^(hours?|hr|h)$/, 3_600 * SECOND],
  [/^(days?|d)$/, 86_400 * SECOND],
  [/^(weeks?|w)$/, 7 * 86_400 * SECOND],
  [/^(months?|M)$/, 2_629_800 * SECOND],
  [/^(years?|y)$/, 31_557_600 * SECOND],
];

/** The seconds of a time span of systemd.time(7). Undefined for "infinity" and for fractions of a microsecond. */
export function parseTimeSpan(text: string): number | undefined {
  const part = /\s*(\d+(?:\.\d+)?)\s*([A-Za-zµμ]*)/y;
  const span = text.trim();
  let total = 0;
  do {
    const [, number, unit = ""] = part.exec(span) ?? [];
    const size = UNITS.find(([name]) => name.test(unit))?.[1];
    if (number === undefined || !size) return undefined;
    const microseconds = Number(number) * size;
    if (Math.abs(microseconds - Math.round(microseconds)) > 1e-3) return undefined;
    total += Math.round(microseconds);
  } while (part.lastIndex < span.length);
  return Number.isSafeInteger(total) ? total / SECOND : undefined;
}

/** Seconds as systemd reads them: decimal, without an exponent. */
export function formatTimeSpan(seconds: number): string {
  return Number.isInteger(seconds) ? seconds.toFixed(0) : String(Number(seconds.toFixed(6)));
}

/** Whether systemd can represent this number of seconds exactly. */
export function isTimeSpan(seconds: number): boolean {
  return seconds >= 0 && seconds <= 1e9 && parseTimeSpan(formatTimeSpan(seconds)) === seconds;
}
