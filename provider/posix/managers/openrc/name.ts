/** What is wrong with a service's name; undefined when nothing. OpenRC takes a name that is a file in /etc/init.d. */
export function checkName(name: string): string | undefined {
  if (!name) return "must not be empty";
  if (!/^[A-Za-z0-9_.+-]+$/.test(name)) return `may hold letters, digits and _ . + - only, not "${name}"`;
  if (name.length > 200) return "must have at most 200 characters";
  if (/^[.+-]/.test(name)) return 'must not begin with ".", "+" or "-"';
  // rc(8) takes no scripts that look like these for services, and `local`, `net` and the like are others' names for a role.
  if (/(\.sh|~|\.(bak|orig|dpkg-\w+|apk-\w+))$/.test(name)) return "must not end like a script's or a copy's name";
  if (["depend", "functions.sh", "openrc", "rc", "rcS"].includes(name)) return `"${name}" is OpenRC's own`;
  return undefined;
}

/** Where everything of a service lies. */
export const scriptPath = (name: string) => `/etc/init.d/${name}`;
/** The administrator's settings over a script: never ours. */
export const confPath = (name: string) => `/etc/conf.d/${name}`;
export const LOG_FOLDER = "/var/log/pulumi-bots";
/** Where output goes that no property sends elsewhere: OpenRC has no log of its own. */
export const defaultLog = (name: string) => `${LOG_FOLDER}/${name}.log`;
export const DEFAULT_RUNLEVEL = "default";
