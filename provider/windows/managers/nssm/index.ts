import { win32 } from "node:path";
import type { RunState } from "../../../../model/service";
import { sameName, textIn } from "../../registry/values";
import { descendants, type Process, type ServiceRecord } from "../../reading/record";
import { programOf } from "../../scm/imagePath";
import { scmDefinition } from "../../scm/definition";
import { stateOf } from "../../scm/state";
import { oddKeys, oddSettings } from "../../scm/unmapped";
import type { Driver } from "../driver";
import { isGivenWrapper } from "../marker";
import { parseParameters, renderParameters } from "./parameters";
import { rules } from "./rules";

/** Sizes of nssm.exe 2.24 for 64 and 32 bits. */
const OLD_SIZES = [331_264, 294_912];
const PARAMETERS = "Parameters";
const EXIT = "Parameters\\AppExit";

/** NSSM (nssm.cc), from 2.24 on. */
export const nssm: Driver = {
  ...rules,
  claims: (record) =>
    wrapperOf(record) !== undefined && textIn(record.keys.get("parameters"), "Application") !== undefined,
  wrapper: {
    property: ["options", "nssm", "path"],
    of: wrapperOf,
    // Of Chocolatey and Scoop not the shims, which start the program and are no service themselves.
    candidates: [
      "%ProgramFiles%\\pulumi-bots\\bin\\nssm.exe",
      "%ProgramFiles%\\pulumi-bots\\nssm.exe",
      "%ProgramData%\\chocolatey\\lib\\NSSM\\tools\\nssm.exe",
      "%ProgramData%\\scoop\\apps\\nssm\\current\\nssm.exe",
      "%UserProfile%\\scoop\\apps\\nssm\\current\\nssm.exe",
      "%ProgramFiles%\\nssm\\win64\\nssm.exe",
      "%ProgramFiles%\\nssm\\nssm.exe",
      "nssm.exe",
    ],
    upload: { property: ["options", "nssm", "upload"], name: "nssm.exe" },
    missing:
      "there is no nssm.exe on the host: install it (choco install nssm), copy version 2.24-101 or later to C:\\Program Files\\pulumi-bots\\nssm.exe, or set options.nssm.path, or over SSH options.nssm.upload",

    doubtful: (size, { build }) =>
      OLD_SIZES.includes(size) && build >= 15063
        ? "its nssm.exe is version 2.24, which may fail to start services on Windows 10 1703 and later (nssm.cc): install 2.24-101, or set options.nssm.noConsole"
        : undefined,
  },

  render(definition, program) {
    const { values, exit } = renderParameters(definition);
    const keys = new Map([
      [PARAMETERS, values],
      [EXIT, exit],
    ]);
    return { imagePath: `"${program}"`, keys };
  },

  parse(record) {
    const { keys } = record;
    const path = wrapperOf(record);
    if (path === undefined) return undefined;
    const parameters = keys.get("parameters") ?? { path: "", values: new Map() };
    const { definition, unmapped } = parseParameters(parameters, keys.get("parameters\\appexit"));
    const common = scmDefinition(record);
    const nssm = { ...definition.options?.nssm, ...(isGivenWrapper(record) && { path }) };
    const options = { ...(Object.keys(nssm).length > 0 && { nssm }), ...common.options };
    return {
      definition: { ...definition, ...common, ...(Object.keys(options).length > 0 && { options }) },
      unmapped: [...unmapped, ...oddKeys(keys, [PARAMETERS, EXIT]), ...oddSettings(record, [])],
    };
  },

  state,
  processes: (record) => (record.scm?.pid ? descendants(record.processes, record.scm.pid) : []),
};

function wrapperOf({ scm }: ServiceRecord): string | undefined {
  const program = programOf(scm?.imagePath ?? "");
  return /^nssm[^\\]*\.exe$/i.test(win32.basename(program)) ? program : undefined;
}

/** NSSM runs as long as it is to run the program. While it waits to start it again, the service is paused. */
function state(record: ServiceRecord): RunState {
  const known = stateOf(record);
  const { scm } = record;
  if (scm?.state === "Paused")
    return {
      ...known,
      status: "flapping",
      reason: "the program keeps exiting, and NSSM waits before it starts it again",
    };
  if (known.status !== "running") return known;
  const child = programIn(record);
  if (child === undefined)
    return {
      ...known,
      status: "flapping",
      reason: "NSSM runs, but the program does not: NSSM waits to start it again",
    };
  return {
    ...known,
    pid: child.pid,
    incarnation: `${scm!.pid}/${child.pid}@${child.created}`,
    startedUptime: child.created,
  };
}

/** The process that NSSM has started itself. Windows adds a console to it. */
function programIn({ scm, keys, processes }: ServiceRecord): Process | undefined {
  const children = descendants(processes, scm!.pid).filter(
    ({ parent, name }) => parent === scm!.pid && !sameName(name, "conhost.exe"),
  );
  const program = win32.basename(textIn(keys.get("parameters"), "Application") ?? "");
  return children.find(({ name }) => sameName(name, program)) ?? children[0];
}
