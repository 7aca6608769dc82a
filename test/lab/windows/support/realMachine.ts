import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { labPrograms } from "../../../../lab/windows/template";
import { nssm } from "../../../../lab/windows/wine";
import type { Values } from "../../../../model/props";
import { Pool } from "../../../../provider/transports/pool";
import { targetOf, type SshTarget } from "../../../../provider/transports/target";
import { winRmTarget } from "../../../../provider/transports/winrm/target";
import type { Connection } from "../../../../schema/connection";
import type { Machine } from "./machine";

/** For what the tests need on a host. It must not exist before. */
export const FOLDER = "C:\\trial";
/** Programs of the lab that the tests use. */
export const PROGRAMS = ["ticker.exe", "native.exe", "srvany.exe"];
const FOUND = "C:\\Program Files\\nssm\\nssm.exe";
const SERVICES = "HKLM\\SYSTEM\\CurrentControlSet\\Services";
/** The provider's key, which may hold copies of somebody's services. */
const KEY = "HKLM\\SOFTWARE\\pulumi-bots";
/** Base64 in a line of `echo`: cmd.exe takes 8,191 characters. */
const LINE = 7000;

interface Result {
  code: number;
  stdout: string;
  stderr: string;
}

/** How command lines and files get to a host. */
interface Way {
  run(line: string, environment?: Record<string, string>): Promise<Result>;
  write(path: string, data: Buffer): Promise<void>;
}

/**
 * A Windows host that somebody has: its own service control manager, shells and registry. Its services and files from before stay as
 * they are, what the tests have made is removed at the end.
 */
export class RealMachine implements Machine {
  readonly freePort = 48123;

  private constructor(
    readonly machineId: string,
    private readonly given: Connection & { host: string },
    private readonly way: Way,
    private readonly pool: Pool,
    private readonly before: ReadonlySet<string>,
  ) {}

  static async start(given: Connection & { host: string }): Promise<RealMachine> {
    const pool = new Pool();
    const way = given.type === "winrm" ? overWinRm(pool, given) : overSsh(pool, given);
    const id = await way.run("reg.exe query HKLM\\SOFTWARE\\Microsoft\\Cryptography /v MachineGuid /reg:64");
    const machineId = /REG_SZ\s+(\S+)/.exec(id.stdout)?.[1] ?? "";
    const machine = new RealMachine(machineId, given, way, pool, new Set(await services(way)));
    for (const path of [FOLDER, FOUND])
      if ((await way.run(`if exist "${path}" exit 9`)).code === 9)
        throw new Error(
          `${path} exists on ${given.host}. The tests need a host without it: remove it, or take another one`,
        );
    if ((await way.run(`reg.exe query ${KEY}`)).code === 0)
      throw new Error(`${given.host} has services of the provider already (${KEY} exists). Take another host`);
    await machine.#mustRun(`mkdir ${FOLDER}`);
    for (const name of PROGRAMS) await way.write(`${FOLDER}\\${name}`, readFileSync(join(await labPrograms(), name)));
    await way.write(`${FOLDER}\\nssm.exe`, readFileSync(nssm()));
    return machine;
  }

  get name(): string {
    return this.given.host;
  }

  connection(): Values {
    return { ...this.given };
  }

  run(line: string): Promise<Result> {
    return this.way.run(line);
  }

  async read(path: string): Promise<string | undefined> {
    const { code, stdout } = await this.way.run(`chcp 65001 >nul & if exist "${path}" (type "${path}") else exit 9`);
    return code === 9 ? undefined : stdout.replace(/\r\n/g, "\n");
  }

  async copy(from: string, to: string): Promise<void> {
    const folder = to.slice(0, to.lastIndexOf("\\"));
    await this.#mustRun(`(if not exist "${folder}" mkdir "${folder}") & copy /y "${from}" "${to}"`);
  }

  /** Removes what the tests have made: of the services that are new, those that run a program of theirs. */
  async stop(): Promise<void> {
    for (const name of await services(this.way)) {
      // Windows makes services itself, such as those of a user who logs on.
      if (this.before.has(name) || !(await this.#isOurs(name))) continue;
      await this.way.run(`sc.exe stop "${name}"`);
      await this.way.run(`taskkill.exe /f /fi "SERVICES eq ${name}"`);
      await this.way.run(`sc.exe delete "${name}"`);
    }
    await this.way.run("taskkill.exe /f /im ticker.exe");
    await this.way.run(`rmdir /s /q ${FOLDER} & rmdir /s /q "${FOUND.replace("\\nssm.exe", "")}"`);
    await this.way.run(`reg.exe delete ${KEY} /f`);
    this.pool.close();
  }

  async #isOurs(name: string): Promise<boolean> {
    const { stdout } = await this.way.run(`reg.exe query "${SERVICES}\\${name}" /v ImagePath`);
    return [FOLDER, FOUND].some((path) => stdout.toLowerCase().includes(path.toLowerCase()));
  }

  async #mustRun(line: string): Promise<void> {
    const { code, stdout, stderr } = await this.way.run(line);
    if (code !== 0) throw new Error(`${line}: ${code}\n${stdout}${stderr}`);
  }
}

async function services(way: Way): Promise<string[]> {
  const { stdout } = await way.run(`reg.exe query ${SERVICES}`);
  return stdout.split(/\r?\n/).flatMap((line) => /\\Services\\([^\\]+)$/.exec(line.trim())?.[1] ?? []);
}

/** A command line of cmd.exe, with variables as `!NAME!`. */
const inCmd = (line: string) => `C:\\Windows\\System32\\cmd.exe /v:on /d /s /c "${line}"`;

function overWinRm(pool: Pool, given: Connection & { host: string }): Way {
  const target = winRmTarget(given);
  const run: Way["run"] = async (line, environment = {}) => {
    const { code, stdout, stderr } = await (await pool.winRm(target)).run({ environment, line: inCmd(line) });
    return { code, stdout: stdout.toString(), stderr: stderr.toString() };
  };
  return {
    run,
    // WinRM moves no files. Security software may take notice of certutil.
    write: async (path, data) => {
      const text = `C:\\trial-${randomUUID()}.txt`;
      for (const line of data.toString("base64").match(new RegExp(`.{1,${LINE}}`, "g")) ?? [])
        await must(run, `echo !LINE!>>${text}`, { LINE: line });
      await must(run, `certutil.exe -f -decode ${text} "${path}"`);
      await run(`del ${text}`);
    },
  };
}

async function must(run: Way["run"], line: string, environment?: Record<string, string>): Promise<void> {
  const { code, stdout, stderr } = await run(line, environment);
  if (code !== 0) throw new Error(`${line.slice(0, 80)}: ${code}\n${stdout}${stderr}`);
}

/** The login shell has to be cmd.exe, as it is by default. */
function overSsh(pool: Pool, given: Connection & { host: string }): Way {
  const target = targetOf(given, given.user ?? "Administrator") as SshTarget;
  return {
    run: async (line) => {
      const command = { argv: [], line: inCmd(line) };
      const { code, stdout, stderr } = await (await pool.ssh(target)).exec({ command });
      return { code, stdout: stdout.toString(), stderr: stderr.toString() };
    },
    write: async (path, data) => {
      const files = await (await pool.ssh(target)).files();
      await files.write(`/${path.replaceAll("\\", "/")}`, data);
    },
  };
}
