import { setTimeout as sleep } from "node:timers/promises";
import type { LoginShell } from "../../../../lab/windows/ssh/loginShells";
import type { WindowsOptions } from "../../../../lab/windows/types";
import { SecretPaths, type Props, type Values } from "../../../../model/props";
import { Hosts } from "../../../../provider/hosts";
import { Connections } from "../../../../provider/lifecycle/connections";
import { ServiceLifecycle } from "../../../../provider/lifecycle/service";
import { MANAGERS } from "../../../../provider/managers";
import { until } from "../../../engine/support/run";
import { describeWith } from "../../../support/requirements";
import { urnOf } from "../../../wire/plugin";
import { Resource } from "../../lifecycle/support/resource";
import { realConnection, startLabMachine, startMachine, type LabMachine, type Machine } from "./machine";

export const PROGRAM = "C:\\trial\\ticker.exe";
/** A program that is a Windows service itself. */
export const NATIVE = "C:\\trial\\native.exe";
export const NSSM = "C:\\trial\\nssm.exe";

/** How a program was started, as it says itself. */
export interface Started {
  arguments: string[];
  folder: string;
  environment: Record<string, string>;
}

/** How the provider reaches a host, and by which login shell. */
export type Way = "WinRM" | "SSH and cmd" | "SSH and PowerShell" | "SSH and bash";
const SHELLS: Record<Way, LoginShell> = {
  WinRM: "cmd",
  "SSH and cmd": "cmd",
  "SSH and PowerShell": "powershell",
  "SSH and bash": "bash",
};

/** The same tests over several ways, each with a host of its own; on a real host, as that is reached. */
export function describeOver(ways: readonly Way[], name: string, tests: (world: () => World) => void): void {
  const real = realConnection();
  const over: readonly Way[] = real === undefined ? ways : [real.type === "winrm" ? "WinRM" : "SSH and cmd"];
  describeWith(["windows"], name, () => {
    describe.each(over)("over %s", (way) => {
      let world: World;
      beforeAll(async () => {
        world = await World.start({}, way);
      });
      afterAll(() => world?.stop());
      tests(() => world);
    });
  });
}

/** A Windows host, and the provider's lifecycle that goes there. */
export class World<M extends Machine = Machine> {
  private readonly hosts: Hosts[] = [];

  protected constructor(
    readonly host: M,
    private readonly way: Way,
  ) {}

  static async start(options: WindowsOptions = {}, way: Way = "WinRM"): Promise<World> {
    return new World(await startMachine({ shell: SHELLS[way], ...options }), way).#ready();
  }

  /** A host of the lab, whatever the tests are for. */
  static async inLab(options: WindowsOptions = {}, way: Way = "WinRM"): Promise<World<LabMachine>> {
    return new World(await startLabMachine({ shell: SHELLS[way], ...options }), way).#ready();
  }

  async #ready(): Promise<this> {
    await this.host.copy(NSSM, "C:\\Program Files\\nssm\\nssm.exe");
    return this;
  }

  /** The same host over another way. Its connections end by closeAll. */
  over(way: Way): World {
    return new World(this.host, way);
  }

  get connection(): Values {
    const connection = this.host.connection(this.way === "WinRM" ? "WinRM" : "SSH");
    return this.port === undefined ? connection : { ...connection, port: this.port };
  }

  /** Set to where a relay to the SSH service listens. */
  port: number | undefined;

  /** A lifecycle with a connection of its own, as a second run of Pulumi has. */
  lifecycle(): ServiceLifecycle {
    const hosts = new Hosts();
    this.hosts.push(hosts);
    const { host: name, ...way } = this.connection;
    const connections = new Connections({ hosts: { [String(name)]: way } }, hosts);
    return new ServiceLifecycle({ connections, managers: MANAGERS });
  }

  service(name: string, lifecycle = this.lifecycle(), urn?: string): Service {
    return new Service(this, lifecycle, name, urn);
  }

  /** A command line that has to work: what it says. */
  async run(line: string): Promise<string> {
    const { code, stdout, stderr } = await this.host.run(line);
    if (code !== 0) throw new Error(`${line}: ${code}\n${stdout}${stderr}`);
    return stdout.replace(/\r/g, "").trim();
  }

  async exists(path: string): Promise<boolean> {
    return (await this.host.run(`cmd.exe /d /c if exist "${path}" exit 9`)).code === 9;
  }

  /** The keys of the provider that are there, without those that hold nothing. */
  async ours(): Promise<string[]> {
    const { code, stdout } = await this.host.run("reg.exe query HKLM\\SOFTWARE\\pulumi-bots /s");
    const keys = stdout.split(/\r?\n/).filter((line) => line.startsWith("    "));
    return code === 0 ? keys.map((line) => line.trim()) : [];
  }

  /** Creates and starts a service with NSSM, as an administrator does. */
  async byHand(name: string, ...args: string[]): Promise<void> {
    const record = this.service(name).record;
    await this.run(`${NSSM} install ${name} ${PROGRAM} --record ${record} ${args.join(" ")}`);
    await this.run(`${NSSM} set ${name} AppDirectory C:\\trial`);
    await this.run(`sc.exe start ${name}`);
    await until(() => this.exists(record), `${name} runs`);
  }

  /** Waits until a service is in a state. */
  until(service: Service, state: string): Promise<void> {
    return until(async () => (await service.scmState()) === state, `${service.name} is ${state}`);
  }

  /** Ends all connections, as a killed provider does. */
  closeAll(): void {
    for (const hosts of this.hosts.splice(0)) hosts.close();
  }

  async stop(): Promise<void> {
    this.closeAll();
    await this.host.stop();
  }
}

/** A service of a test: its resource, and its program as it is seen from outside. */
export class Service extends Resource {
  constructor(
    readonly world: World,
    lifecycle: ServiceLifecycle,
    readonly name: string,
    urn = urnOf("bots:index:Service", name),
  ) {
    super(lifecycle, urn);
  }

  /** The file in which its program says how it was started. */
  get record(): string {
    return `C:\\trial\\${this.name.replaceAll(" ", "-")}.txt`;
  }

  program(values: Values & { arguments?: string[] } = {}): Props {
    const { arguments: more = [], ...rest } = values;
    const command = [PROGRAM, "--record", this.record, ...more];
    const usual = { connection: this.world.connection, name: this.name, command, settleSeconds: 1 };
    return { values: { ...usual, ...rest }, secrets: new SecretPaths([]) };
  }

  /** Brings it to a program with a provider that is killed some time after a step with these words has begun. */
  async killed(program: Props, words: string, milliseconds = 0): Promise<void> {
    const begun = new Promise<"begun">((resolve) =>
      this.onStatus((message) => message.includes(words) && resolve("begun")),
    );
    const ended: Promise<unknown> = this.up(program).catch((error: unknown) => error);
    const first = await Promise.race([begun, ended]);
    if (first !== "begun") throw new Error(`the update ended before "${words}" began`, { cause: first });
    await sleep(milliseconds);
    this.world.closeAll();
    await ended;
  }

  async started(): Promise<Started> {
    // Arguments may be empty lines; the folder and the variables are none.
    const text = (await this.world.host.read(this.record)) ?? "";
    const [before, variables] = splitAtLast(text.trimEnd(), "\n\n");
    const [words, folder] = splitAtLast(before, "\n");
    return {
      arguments: words.split("\n").slice(1, -1),
      folder,
      environment: Object.fromEntries(
        variables.split("\n").map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
      ),
    };
  }

  /** The state as sc.exe tells it: STOPPED, RUNNING, …; undefined when there is no such service. */
  async scmState(): Promise<string | undefined> {
    const { stdout } = await this.world.host.run(`sc.exe query "${this.name}"`);
    return /STATE +: \d+ +(\w+)/.exec(stdout)?.[1];
  }

  /** A value of its registry key, as reg.exe shows it. */
  async value(name: string, key = ""): Promise<string | undefined> {
    const path = `HKLM\\SYSTEM\\CurrentControlSet\\Services\\${this.name}${key && `\\${key}`}`;
    const { stdout } = await this.world.host.run(`reg.exe query "${path}" /v ${name}`);
    return /REG_\w+ +(.*?)\r?\n/.exec(stdout)?.[1];
  }
}

function splitAtLast(text: string, separator: string): [string, string] {
  const at = text.lastIndexOf(separator);
  return [text.slice(0, at), text.slice(at + separator.length)];
}
