import type { ManagerName } from "../../../../model/service";

/** The two managers that write init scripts. */
export type ScriptManagerName = Extract<ManagerName, "lsb" | "startStopDaemon">;

/** Files in /etc/init.d that are not services, and names that tools skip: see update-rc.d(8), insserv(8), run-parts(8). */
const RESERVED = new Set(["README", "rc", "rcS", "rc.local", "functions", "skeleton", "halt", "reboot", "single"]);
const PASSED_OVER = /(\.sh|\.dpkg-[a-z]+|\.rpm[a-z]+|\.ucf-[a-z]+|\.orig|\.bak|\.swp)$/;

/** The error in a service's name, if any. */
export function checkName(name: string): string | undefined {
  if (!name) return "must not be empty";
  if (!/^[A-Za-z0-9_.+-]+$/.test(name)) return `may contain only letters, digits and _ . + -, not "${name}"`;
  if (!/^[A-Za-z0-9]/.test(name)) return "must begin with a letter or a digit";
  if (name.length > 200) return "must have at most 200 characters";
  if (RESERVED.has(name)) return `must not be "${name}", which is a script of the init system itself`;
  const ending = PASSED_OVER.exec(name)?.[0];
  return ending === undefined ? undefined : `must not end with "${ending}": init systems skip such scripts`;
}

/** The paths of a service. */
export const scriptPath = (name: string) => `/etc/init.d/${name}`;
export const recordPath = (name: string) => `/var/run/pulumi-bots/${name}`;
export const pidFilePath = (name: string) => `/var/run/${name}.pid`;
export const LOG_FOLDER = "/var/log/pulumi-bots";
export const logPath = (name: string) => `${LOG_FOLDER}/${name}.log`;
