/** The signals by number (signal(7)) on the common architectures. */
const SIGNALS = (
  "HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG " +
  "XCPU XFSZ VTALRM PROF WINCH IO PWR SYS"
).split(" ");

/** "SIGTERM" for "SIGTERM", "TERM" and "15". Undefined when it is not a signal. */
export function normaliseSignal(text: string): string | undefined {
  if (/^\d+$/.test(text)) return signalName(Number(text));
  const name = text.replace(/^SIG/, "");
  const realTime = /^RTMIN\+(\d{1,2})$/.exec(name);
  return SIGNALS.includes(name) || (realTime && Number(realTime[1]) <= 30) ? `SIG${name}` : undefined;
}

/** The name of the signal with this number. */
export function signalName(number: number): string | undefined {
  const name = SIGNALS[number - 1];
  return name && `SIG${name}`;
}
