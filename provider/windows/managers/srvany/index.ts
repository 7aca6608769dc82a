import { win32 } from "node:path";
import type { Definition, RunState } from "../../../../model/service";
import { joinArguments } from "../../argv";
import { descendants, type ServiceRecord } from "../../reading/record";
import { KeyReader } from "../../registry/reader";
import { sz } from "../../registry/render";
import { sameName, type RegistryValue } from "../../registry/values";
import { scmDefinition } from "../../scm/definition";
import { variablesIn } from "../../scm/environment";
import { argvOf, programOf, unquotedWarning } from "../../scm/imagePath";
import { stateOf } from "../../scm/state";
import { oddKeys, oddSettings } from "../../scm/unmapped";
import type { Driver } from "../driver";
import { isGivenWrapper } from "../marker";
import { rules } from "./rules";

const PARAMETERS = "Parameters";

/**
 * srvany runs the command line that `Application`, a blank and `AppParameters` make. People often put all of it in `Application`.
 * Its `AppEnvironment` replaces the whole environment in some versions, without which many programs fail, so variables go to the
 * service control manager, which adds them.
 */
export const srvany: Driver = {
  ...rules,
  claims: (record) => wrapperOf(record) !== undefined,
  wrapper: {
    property: ["options", "srvany", "path"],
    of: wrapperOf,
    candidates: [
      "%SystemRoot%\\System32\\srvany.exe",
      "%ProgramFiles%\\pulumi-bots\\srvany.exe",
      "%ProgramFiles%\\pulumi-bots\\srvany-ng.exe",
      "%ProgramFiles(x86)%\\Windows Resource Kits\\Tools\\srvany.exe",
      "%ProgramFiles%\\Windows Resource Kits\\Tools\\srvany.exe",
      "srvany-ng.exe",
      "srvany.exe",
    ],
    missing:
      "there is no srvany.exe on the host: copy Microsoft's, of the Windows Server 2003 Resource Kit, or the free srvany-ng to C:\\Program Files\\pulumi-bots, or set options.srvany.path. NSSM (manager: nssm) does more",
    doubtful: () => undefined,
  },

  render: (definition, wrapper) => ({
    imagePath: `"${wrapper}"`,
    environment: definition.environment,
    keys: new Map([[PARAMETERS, renderParameters(definition)]]),
  }),

  parse(record) {
    const { keys } = record;
    const path = wrapperOf(record);
    if (path === undefined) return undefined;
    const parameters = new KeyReader(keys.get("parameters") ?? { path: "", values: new Map() });
    const [application, rest] = [parameters.text("Application"), parameters.text("AppParameters")];
    const line = application === undefined ? undefined : [application, ...(rest ? [rest] : [])].join(" ");
    const workingDirectory = parameters.text("AppDirectory");
    const environment = variablesIn(record);
    const common = scmDefinition(record);
    const options = { ...(isGivenWrapper(record) && { srvany: { path } }), ...common.options };
    const definition: Definition = {
      ...(line !== undefined && { command: argvOf(line) }),
      ...(workingDirectory && { workingDirectory }),
      ...(environment && { environment }),
      ...common,
      ...(Object.keys(options).length > 0 && { options }),
    };
    const odd = oddSettings(record, environment === undefined ? [] : ["Environment"]);
    const warning = unquotedWarning("the program in its parameter Application", line ?? "");
    return {
      definition,
      unmapped: [...parameters.unmapped, ...oddKeys(keys, [PARAMETERS]), ...odd],
      ...(warning !== undefined && { warnings: [warning] }),
    };
  },

  state,
  processes: (record) => (record.scm?.pid ? descendants(record.processes, record.scm.pid) : []),
};

function renderParameters({ command = [], workingDirectory }: Definition): Map<string, RegistryValue> {
  const [program = "", ...args] = command;
  const values: [string, RegistryValue | undefined][] = [
    ["Application", sz(program.includes(" ") ? `"${program}"` : program)],
    ["AppParameters", args.length === 0 ? undefined : sz(joinArguments(args))],
    ["AppDirectory", sz(workingDirectory)],
  ];
  return new Map(values.filter((entry): entry is [string, RegistryValue] => entry[1] !== undefined));
}

function wrapperOf({ scm }: ServiceRecord): string | undefined {
  const program = programOf(scm?.imagePath ?? "");
  return /^srvany[^\\]*\.exe$/i.test(win32.basename(program)) ? program : undefined;
}

/** The service runs as long as srvany does: whether the program runs, only its process tells. */
function state(record: ServiceRecord): RunState {
  const known = stateOf(record);
  const { scm, processes } = record;
  if (known.status !== "running" || scm === undefined) return known;
  // Windows adds a console to the program.
  const program = descendants(processes, scm.pid).find(
    ({ parent, name }) => parent === scm.pid && !sameName(name, "conhost.exe"),
  );
  if (program === undefined) {
    const { restartCount, inTransit } = known;
    return { restartCount, inTransit, status: "failed", reason: "srvany runs, but the program has ended" };
  }
  const { pid, created } = program;
  return { ...known, pid, incarnation: `${scm.pid}/${pid}@${created}`, startedUptime: created };
}
