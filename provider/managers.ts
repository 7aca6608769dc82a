import { MANAGERS as ofLinux } from "./posix/managers";
import type { ManagerRules } from "./rules";
import { rules as nssm } from "./windows/managers/nssm/rules";
import { rules as srvany } from "./windows/managers/srvany/rules";
import { rules as scm } from "./windows/managers/scm/rules";

const ofWindows = [nssm, srvany, scm].map((rules): [string, ManagerRules] => [rules.name, rules]);

/** The rules of every service manager, by name. */
export const MANAGERS: ReadonlyMap<string, ManagerRules> = new Map([...ofLinux, ...ofWindows]);
