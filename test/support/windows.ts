import type { Definition, WindowsOptions } from "../../model/service";
import type { Driver } from "../../provider/windows/managers/driver";
import type { Process, ScmService, ServiceRecord } from "../../provider/windows/reading/record";
import { inHive, ownKey, serviceKey } from "../../provider/windows/reading/record";
import type { RegistryKey, RegistryValue } from "../../provider/windows/registry/values";

export const sz = (data: string): RegistryValue => ({ type: "sz", data });
export const dword = (data: number): RegistryValue => ({ type: "dword", data });

const scm: ScmService = {
  name: "web",
  displayName: "web",
  state: "Running",
  imagePath: '"C:\\tools\\nssm.exe"',
  account: "LocalSystem",
  pid: 100,
  exitCode: 0,
  specificExitCode: 0,
};

const processes: Process[] = [
  { pid: 1, parent: 0, name: "services.exe", created: 1 },
  { pid: 100, parent: 1, name: "nssm.exe", created: 50 },
  { pid: 101, parent: 100, name: "conhost.exe", created: 51 },
  { pid: 102, parent: 100, name: "web.exe", created: 52 },
  { pid: 103, parent: 102, name: "worker.exe", created: 53 },
];

type Values = Record<string, RegistryValue>;

/** A service under NSSM as it is read from a host, with changes. */
export function serviceRecord(
  changes: {
    scm?: Partial<ScmService> | null;
    keys?: Record<string, Values>;
    own?: Record<string, Values>;
    processes?: Process[];
  } = {},
): ServiceRecord {
  const usual = {
    "": { Start: dword(2), ImagePath: sz(scm.imagePath) },
    parameters: { Application: sz("C:\\bots\\web.exe"), AppParameters: sz("-c conf") },
  };
  const keysBelow = (root: string, all: Record<string, Values>) =>
    new Map(
      Object.entries(all).map(([path, values]): [string, RegistryKey] => [
        path,
        { path: inHive(path === "" ? root : `${root}\\${path}`), values: new Map(Object.entries(values)) },
      ]),
    );
  return {
    name: "web",
    facts: { machineId: "m1", uptime: 1000, boot: 0, build: 20348, initText: "Windows Server 2022" },
    scm: changes.scm === null ? undefined : { ...scm, ...changes.scm },
    keys: changes.scm === null ? new Map() : keysBelow(serviceKey("web"), { ...usual, ...changes.keys }),
    own: keysBelow(ownKey("web"), changes.own ?? {}),
    processes: changes.processes ?? processes,
  };
}

/** A service as it is read after a definition was written, with what sc.exe makes of the commands for it. */
export function writtenRecord(driver: Driver, definition: Definition, wrapper: string): ServiceRecord {
  const {
    imagePath,
    environment = {},
    options = definition.options?.windows,
    keys,
  } = driver.render(definition, wrapper);
  const { displayName, description, requires, runAs } = definition;
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const own: Values = {
    Start: dword(2),
    Type: dword(0x10),
    ...(description !== undefined && { Description: sz(description) }),
    ...(requires && { DependOnService: { type: "multiSz", data: requires } }),
    ...(variables.length > 0 && { Environment: { type: "multiSz", data: variables } }),
    ...optionValues(options),
  };
  const below = [...keys].map(([path, values]) => [path.toLowerCase(), Object.fromEntries(values)]);
  return serviceRecord({
    scm: { imagePath, displayName: displayName ?? "web", account: runAs?.user ?? "LocalSystem" },
    keys: { parameters: {}, ...(Object.fromEntries(below) as Record<string, Values>), "": own },
  });
}

/** The values of the options, as they are in the registry. */
export function optionValues({ failureActions, serviceSid, group }: WindowsOptions = {}): Values {
  return {
    ...(group !== undefined && { Group: sz(group) }),
    ...(serviceSid !== undefined && { ServiceSidType: dword({ none: 0, unrestricted: 1, restricted: 3 }[serviceSid]) }),
    ...(failureActions && {
      FailureActions: { type: "binary", data: failureBytes(failureActions) },
      FailureActionsOnNonCrashFailures: dword(failureActions.onNonCrashFailures === true ? 1 : 0),
      FailureCommand: sz(failureActions.command ?? ""),
      RebootMessage: sz(failureActions.rebootMessage ?? ""),
    }),
  };
}

/** SERVICE_FAILURE_ACTIONS and its SC_ACTIONs (winsvc.h). */
function failureBytes({ actions, resetSeconds = 0xffff_ffff }: Required<WindowsOptions>["failureActions"]): Buffer {
  const numbers = [resetSeconds, 0, 0, actions.length, 0x14];
  for (const { type, delaySeconds = 0 } of actions)
    numbers.push(["none", "restart", "reboot", "run"].indexOf(type), Math.round(delaySeconds * 1000));
  const data = Buffer.alloc(4 * numbers.length);
  numbers.forEach((number, i) => data.writeUInt32LE(number, 4 * i));
  return data;
}
