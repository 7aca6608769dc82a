import { HostError } from "../../../model/errors";
import { again } from "../../transports/again";
import type { Gatherer } from "../carrier";
import { newNonce } from "../nonce";
import { parseRegFile, RegFileError } from "../registry/regFile";
import { textIn, type RegistryKey } from "../registry/values";
import { asked, exported, partsOf, program, readings, type Parts, type Reading } from "./batch";
import { LISTENERS, parseListeners, parseProcesses, PROCESSES } from "./powershell";
import type { Reader } from "./reader";
import { inHive, ownKey, serviceKey, type Listener, type ScmService, type ServiceRecord } from "./record";
import { parseState } from "./serviceState";
import { value } from "../scm/steps";

/** The exit code of sc.exe for a service that is not there. */
const NOT_THERE = 1060;
/** Keys that Windows keeps below the key of a service, and that define nothing. */
const WINDOWS_OWN = /^(enum|security)(\\|$)/;
/** Services in one block, which a remote shell's environment can hold. */
const MOST = 40;
/** What `reg query` prints before a text. */
const TEXT = " REG_SZ ";
const VERSION = "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion";

/**
 * Reads a host by the programs of Windows, in one batch file for all services of a pass: sc.exe for their states, reg.exe for
 * the registry, one PowerShell for processes. Nothing that Windows translates is parsed.
 */
export class BatchReader implements Reader {
  constructor(private readonly gatherer: Gatherer) {}

  async services(names: readonly string[], signal: AbortSignal): Promise<ServiceRecord[]> {
    const groups = Array.from({ length: Math.ceil(names.length / MOST) }, (_, i) =>
      names.slice(i * MOST, (i + 1) * MOST),
    );
    return (await Promise.all(groups.map((group) => this.#services(group, signal)))).flat();
  }

  async #services(names: readonly string[], signal: AbortSignal): Promise<ServiceRecord[]> {
    const all: Reading[] = [
      program("id", "reg.exe", "query", "HKLM\\SOFTWARE\\Microsoft\\Cryptography", "/v", "MachineGuid", "/reg:64"),
      ...["ProductName", "CurrentBuildNumber"].map((name) =>
        program(name, "reg.exe", "query", value(`HKLM\\${VERSION}`), "/v", name),
      ),
      asked("processes", PROCESSES),
      ...names.flatMap((name, i) => [
        program(`state${i}`, "sc.exe", "queryex", value(name)),
        exported(serviceKey(name), `key${i}`),
        exported(ownKey(name), `own${i}`),
      ]),
    ];
    const files = names.flatMap((_, i) => [`key${i}`, `own${i}`]);
    const { parts, keys } = await this.#gather(all, files, signal);
    const processes = parseProcesses(parts.get("processes")?.lines ?? []);
    const facts = this.#facts(parts, processes);
    return names.map((name, i) => {
      const there = keys.get(`key${i}`) ?? [];
      const scm = this.#service(name, parts.get(`state${i}`), there[0]);
      return {
        ...{ name, facts, scm, processes: processes?.all ?? [] },
        ...(processes === undefined && { blind: BLIND }),
        keys: scm === undefined ? new Map() : below(there),
        own: below(keys.get(`own${i}`) ?? []),
      };
    });
  }

  #facts(parts: Parts, processes: ReturnType<typeof parseProcesses>): ServiceRecord["facts"] {
    const text = (part: string) => {
      const line = parts.get(part)?.lines.find((one) => one.includes(TEXT));
      return line?.slice(line.indexOf(TEXT) + TEXT.length).trim();
    };
    const machineId = text("id");
    if (machineId === undefined)
      throw this.#error(`the registry can't be read: ${said(parts.get("id")?.lines) || "no answer"}`);
    const build = Number(text("CurrentBuildNumber") ?? 0);
    const { boot = 0, now = 0 } = processes ?? {};
    const initText = `${text("ProductName") ?? "Windows"} (build ${build})`;
    return { machineId, uptime: Math.max(0, now - boot), initText, build, boot };
  }

  #service(
    name: string,
    answer: { code: number; lines: string[] } | undefined,
    key: RegistryKey | undefined,
  ): ScmService | undefined {
    if (answer?.code === NOT_THERE) return undefined;
    const state = answer?.code === 0 ? parseState(answer.lines) : undefined;
    if (state === undefined)
      throw this.#error(`sc.exe does not tell the state of ${name} (code ${answer?.code}): ${said(answer?.lines)}`);
    if (key === undefined) throw this.#error(`the registry key of the service ${name} can't be read`);
    return {
      ...state,
      name: key.path.slice(key.path.lastIndexOf("\\") + 1),
      displayName: textIn(key, "DisplayName") ?? name,
      imagePath: textIn(key, "ImagePath") ?? "",
      account: textIn(key, "ObjectName") ?? "",
    };
  }

  async listeners(signal: AbortSignal): Promise<Listener[]> {
    const { parts } = await this.#gather([asked("listeners", LISTENERS)], [], signal);
    const listeners = parseListeners(parts.get("listeners")?.lines ?? []);
    if (listeners === undefined)
      throw this.#error(`can't tell who listens on a port, because ${BLIND}: ${said(parts.get("listeners")?.lines)}`);
    return listeners;
  }

  async key(path: string, signal: AbortSignal): Promise<RegistryKey | undefined> {
    const { keys } = await this.#gather([exported(path, "key")], ["key"], signal);
    return keys.get("key")?.[0];
  }

  async subkeys(path: string, signal: AbortSignal): Promise<readonly string[]> {
    const { keys } = await this.#gather([exported(path, "key")], ["key"], signal);
    return [...below(keys.get("key") ?? []).values()]
      .map((key) => key.path.slice(inHive(path).length + 1))
      .filter((name) => name !== "" && !name.includes("\\"));
  }

  async #gather(
    all: readonly Reading[],
    files: readonly string[],
    signal: AbortSignal,
  ): Promise<{ parts: Parts; keys: Map<string, RegistryKey[]> }> {
    const { outcome, found, nonce } = await again(async () => {
      const id = newNonce();
      const block = { nonce: id, steps: [{ name: "read", commands: [readings(id, all)] }] };
      const gathered = await this.gatherer.gather(block, files, signal);
      return { nonce: id, outcome: gathered.outcome, found: gathered.files };
    });
    const parts = partsOf(nonce, outcome.output);
    const missing = all.find(({ word }) => !parts.has(word));
    if (missing !== undefined)
      throw this.#error(`the provider's batch file did not come to its end: ${said(outcome.output.split("\n"))}`);
    const keys = new Map([...found].map(([file, content]) => [file, this.#keys(content)]));
    const lost = files.find((file) => parts.get(file)?.code === 0 && !keys.has(file));
    if (lost !== undefined) throw this.#error("a file that reg.exe has written is not there");
    return { parts, keys };
  }

  #keys(content: string): RegistryKey[] {
    try {
      return parseRegFile(content);
    } catch (error) {
      if (!(error instanceof RegFileError)) throw error;
      throw new HostError("remote", this.gatherer.host, `a file of reg.exe can't be read: ${error.message}`, {
        cause: error,
      });
    }
  }

  #error(text: string): HostError {
    return new HostError("remote", this.gatherer.host, text);
  }
}

/** Why nothing is known of processes. */
const BLIND =
  "the host's PowerShell does not answer Get-CimInstance, by which the provider knows the processes of a service";

/** Keys by their path below the first of them, in lower case. */
function below(keys: readonly RegistryKey[]): Map<string, RegistryKey> {
  const [root] = keys;
  const found = keys.map((key) => [key.path.slice(root!.path.length + 1).toLowerCase(), key] as const);
  return new Map(found.filter(([path]) => !WINDOWS_OWN.test(path)));
}

const said = (lines: readonly string[] = []): string => lines.join("\n").trim();
