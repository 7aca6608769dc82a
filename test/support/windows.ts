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

/** A service under NSSM as it is read on a host, with changes. */
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
