/** The error in a service's name, if any. In OpenRC, a name is the name of a file in /etc/init.d. */
export function checkName(name: string): string | undefined {
  if (!name) return "must not be empty";
  if (!/^[A-Za-z0-9_.+-]+$/.test(name)) return `may contain only letters, digits and _ . + -, not "${name}"`;
  if (name.length > 200) return "must have at most 200 characters";
  if (/^[.+-]/.test(name)) return 'must not begin with ".", "+" or "-"';
  // rc(8) does not treat files with such names as services.
  if (/(\.sh|~|\.(bak|orig|dpkg-\w+|apk-\w+))$/.test(name))
    return "must not end like the name of a script or a backup copy (.sh, ~, .bak, .orig, …)";
  if (["depend", "functions.sh", "openrc", "rc", "rcS"].includes(name)) return `"${name}" is OpenRC's own`;
  return undefined;
}

/** The paths of a service. */
export const scriptPath = (name: string) => `/etc/init.d/${name}`;
/** The administrator's settings for a script, which we never write. */
export const confPath = (name: string) => `/etc/conf.d/${name}`;
export const LOG_FOLDER = "/var/log/pulumi-bots";
/** The default log file, because OpenRC has no log of its own. */
export const defaultLog = (name: string) => `${LOG_FOLDER}/${name}.log`;
export const DEFAULT_RUNLEVEL = "default";
