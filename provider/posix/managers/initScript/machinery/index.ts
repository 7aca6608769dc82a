import type { ScriptManagerName } from "../name";
import { ACTIONS } from "./actions";
import { DISPATCH } from "./dispatch";
import { LSB } from "./lsb";
import { PATHS } from "./paths";
import { PROCESSES } from "./processes";
import { RECORD } from "./record";
import { RUN } from "./run";
import { START_STOP_DAEMON } from "./startStopDaemon";
import { SUPERVISE } from "./supervise";

/**
 * What our init scripts do, in POSIX sh: one text for all services, below the settings. It needs a shell, awk and the usual
 * small programs, and uses setsid, setpriv and the like where a host has them.
 *
 * A process is known by pid, start time (proc_pid_stat(5), field 22) and boot id: a pid alone is used again. These stand in
 * the record, /var/run/pulumi-bots/NAME; the pid file is for others, and who could write it is not believed. Whoever starts a process hands on its own identity,
 * and the new one ends again when that is gone: so a killed start leaves nothing behind that nobody knows of.
 */
const FUNCTIONS = [RECORD, PATHS, PROCESSES, ACTIONS, SUPERVISE, RUN].join("");

/** The functions of a manager's scripts: also of use where there is no script any more. */
export const functionsOf = (manager: ScriptManagerName): string =>
  FUNCTIONS + (manager === "lsb" ? LSB : START_STOP_DAEMON);

/** All that a manager's scripts have below the settings. */
export const machineryOf = (manager: ScriptManagerName): string => functionsOf(manager) + DISPATCH;
