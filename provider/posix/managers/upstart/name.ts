/** The error in a job's name, which has no ".conf", if any. */
export function checkName(name: string): string | undefined {
  if (!name) return "must not be empty";
  if (!/^[A-Za-z0-9_.+:@-]+$/.test(name)) return `may contain only letters, digits and _ . + : @ -, not "${name}"`;
  if (/^[.-]/.test(name)) return 'must not begin with "." or "-"';
  if (/\.(conf|override)$/.test(name)) return 'must be given without ".conf"';
  return undefined;
}

const ETC = "/etc/init";
export const jobPath = (name: string) => `${ETC}/${name}.conf`;
/** The administrator's override of a job. The word `manual` in it keeps the job from starting at boot. */
export const overridePath = (name: string) => `${ETC}/${name}.override`;
/** The log file of `console log` (init(5) of upstart). */
export const consoleLogPath = (name: string) => `/var/log/upstart/${name}.log`;
