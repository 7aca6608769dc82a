/** What is wrong with a job's name (given without ".conf"); undefined when nothing. */
export function checkName(name: string): string | undefined {
  if (!name) return "must not be empty";
  if (!/^[A-Za-z0-9_.+:@-]+$/.test(name)) return `may hold letters, digits and _ . + : @ - only, not "${name}"`;
  if (/^[.-]/.test(name)) return 'must not begin with "." or "-"';
  if (/\.(conf|override)$/.test(name)) return 'must be given without ".conf"';
  return undefined;
}

const ETC = "/etc/init";
export const jobPath = (name: string) => `${ETC}/${name}.conf`;
/** What an administrator lays over a job; the one word `manual` in it keeps the job from starting at boot. */
export const overridePath = (name: string) => `${ETC}/${name}.override`;
/** Where `console log` writes to (init(5) of upstart). */
export const consoleLogPath = (name: string) => `/var/log/upstart/${name}.log`;
