import { HostError } from "../../../model/errors";
import { again } from "../../transports/again";
import { readKey, subkeys, type RawValue } from "../../transports/winrm/registry";
import { query, type WmiClient, type WmiItem } from "../../transports/winrm/wmi";
import type { WindowsFacts } from "../facts";
import type { RegistryKey, RegistryValue } from "../registry/values";
import type { Reader } from "./reader";
import { readKeys } from "./readKeys";
import {
  inHive,
  withName,
  type Listener,
  type Process,
  type ScmService,
  type ScmState,
  type ServiceRecord,
} from "./record";

/**
 * Reads a host through WMI: it starts no process there, needs no remote shell, and its answers have types and no language.
 * Classes: Win32_OperatingSystem, Win32_Service, Win32_Process, MSFT_NetTCPConnection, StdRegProv.
 */
export class WmiReader implements Reader {
  constructor(private readonly wmi: WmiClient) {}

  async services(names: readonly string[], signal: AbortSignal): Promise<ServiceRecord[]> {
    const [facts, services] = await Promise.all([this.#facts(signal), this.#services(signal)]);
    const processes = await this.#processes(facts, signal);
    return Promise.all(
      names.map(async (name) => {
        const scm = withName(services, name);
        return { name, facts, processes, scm, ...(await readKeys(this, name, scm?.name, signal)) };
      }),
    );
  }

  async #facts(signal: AbortSignal): Promise<WindowsFacts> {
    const [[system], cryptography] = await Promise.all([
      this.#query("SELECT Caption,Version,LastBootUpTime,LocalDateTime FROM Win32_OperatingSystem", signal),
      this.key("SOFTWARE\\Microsoft\\Cryptography", signal),
    ]);
    const guid = cryptography?.values.get("MachineGuid");
    if (system === undefined || guid?.type !== "sz") throw this.#notUnderstood("Win32_OperatingSystem");
    const [boot, now] = [timeOf(system, "LastBootUpTime"), timeOf(system, "LocalDateTime")];
    const version = textOf(system, "Version");
    return {
      machineId: guid.data,
      uptime: Math.max(0, now - boot),
      initText: `${textOf(system, "Caption").trim()} (${version})`,
      build: Number(version.split(".")[2] ?? 0),
      boot,
    };
  }

  async #services(signal: AbortSignal): Promise<ScmService[]> {
    const properties = "Name,DisplayName,State,PathName,StartName,ProcessId,ExitCode,ServiceSpecificExitCode";
    const items = await this.#query(`SELECT ${properties} FROM Win32_Service`, signal);
    return items.map((item) => ({
      name: textOf(item, "Name"),
      displayName: textOf(item, "DisplayName"),
      state: textOf(item, "State") as ScmState,
      imagePath: textOf(item, "PathName"),
      account: textOf(item, "StartName"),
      pid: numberOf(item, "ProcessId"),
      exitCode: numberOf(item, "ExitCode"),
      specificExitCode: numberOf(item, "ServiceSpecificExitCode"),
    }));
  }

  async #processes({ boot }: WindowsFacts, signal: AbortSignal): Promise<Process[]> {
    const properties = "ProcessId,ParentProcessId,Name,CreationDate";
    const items = await this.#query(`SELECT ${properties} FROM Win32_Process`, signal);
    return items.map((item) => ({
      pid: numberOf(item, "ProcessId"),
      parent: numberOf(item, "ParentProcessId"),
      name: textOf(item, "Name"),
      // The first processes of a host have no time.
      created: item["CreationDate"] ? timeOf(item, "CreationDate") - boot : 0,
    }));
  }

  async listeners(signal: AbortSignal): Promise<Listener[]> {
    // 2 is Listen.
    const wql = "SELECT LocalAddress,LocalPort,OwningProcess FROM MSFT_NetTCPConnection WHERE State=2";
    const items = await this.#query(wql, signal, "root/standardcimv2");
    return items.map((item) => ({
      address: textOf(item, "LocalAddress"),
      port: numberOf(item, "LocalPort"),
      pid: numberOf(item, "OwningProcess"),
    }));
  }

  async key(path: string, signal: AbortSignal): Promise<RegistryKey | undefined> {
    const values = await again(() => readKey(this.wmi, path, signal));
    return values && { path: inHive(path), values: new Map(values.map((value) => [value.name, typedValue(value)])) };
  }

  async subkeys(path: string, signal: AbortSignal): Promise<readonly string[]> {
    return (await again(() => subkeys(this.wmi, path, signal))) ?? [];
  }

  #query(wql: string, signal: AbortSignal, namespace?: string): Promise<WmiItem[]> {
    return again(() => query(this.wmi, wql, signal, namespace));
  }

  #notUnderstood(what: string): HostError {
    return new HostError("remote", this.wmi.host, `the host's answer about ${what} can't be parsed`);
  }
}

function typedValue({ type, data }: RawValue): RegistryValue {
  if (type === 1 || type === 2) return { type: type === 1 ? "sz" : "expandSz", data: data as string };
  if (type === 7) return { type: "multiSz", data: data as readonly string[] };
  if (type === 4) return { type: "dword", data: Number(data) };
  if (type === 11) return { type: "qword", data: data as bigint };
  return { type: "binary", data: data as Buffer };
}

function textOf(item: WmiItem, property: string): string {
  const value = item[property];
  return typeof value === "string" ? value : "";
}

const numberOf = (item: WmiItem, property: string): number => Number(textOf(item, property) || 0);

/**
 * A time in seconds. WS-Management writes ISO 8601; hosts differ in whether it has a zone, so that times are only compared with
 * times of the same host. A time in the form of DMTF (20261128081500.000000+060) is read as well.
 */
function timeOf(item: WmiItem, property: string): number {
  const text = textOf(item, property);
  const dmtf = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\.\d+)?([+-]\d{3})?$/.exec(text);
  const [, year, month, day, hour, minute, second, fraction = "", zone = "+0"] = dmtf ?? [];
  const iso = dmtf ? `${year}-${month}-${day}T${hour}:${minute}:${second}${fraction}Z` : text;
  return Date.parse(iso) / 1000 - (dmtf ? Number(zone) * 60 : 0);
}
