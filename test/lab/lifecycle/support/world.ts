import type { LabHost } from "../../../../lab";
import type { HostFacts } from "../../../../provider/posix/facts";
import { SecretPaths, type Path, type Props, type Values } from "../../../../model/props";
import { Hosts } from "../../../../provider/hosts";
import { Connections } from "../../../../provider/lifecycle/connections";
import { ServiceLifecycle } from "../../../../provider/lifecycle/service";
import { MANAGERS } from "../../../../provider/posix/managers";
import type { Driver } from "../../../../provider/posix/managers/driver";
import { connectionTo } from "../../../engine/support/daemons";
import { urnOf } from "../../../wire/plugin";
import type { Column } from "./column";
import { installProbe, Probe, PROGRAM, type Mode } from "./probe";
import { Resource } from "./resource";
import { labHost } from "../../../support/hosts";

/** A provider's process has one connection to a host, with four operations at a time. These are two processes. */
const PROVIDERS = 2;

interface Provider {
  hosts: Hosts;
  connections: Connections;
  lifecycle: ServiceLifecycle;
}

/** A host of a column, and the provider's lifecycle that goes there by SSH. */
export class World {
  private readonly names = new Set<string>();

  private constructor(
    readonly column: Column,
    readonly host: LabHost,
    private readonly providers: Provider[] = [],
  ) {}

  static async start(column: Column): Promise<World> {
    const host = await labHost({ kind: column.kind });
    await installProbe(host);
    await column.prepare?.(host);
    const world = new World(column, host);
    world.login();
    return world;
  }

  /** The same host for one case. What the case leaves there is taken away: every service more makes the host slower. */
  async run(test: (world: World) => Promise<void>): Promise<void> {
    const world = new World(this.column, this.host, this.providers);
    try {
      await test(world);
    } finally {
      await world.discard();
    }
  }

  /**
   * Takes its services away past the provider, in one go: a supervisor is stopped before it can start a program again. They are found
   * by their names, so none may have that of an argument of our scripts, such as `held`.
   */
  private async discard(): Promise<void> {
    if (this.names.size === 0) return;
    const names = [...this.names];
    const managers = [this.column.manager, ...this.column.neighbours].map((name) => MANAGERS.get(name)!);
    const files = names.flatMap((name) => [
      ...managers.flatMap((manager) => manager.paths(name)),
      this.column.file(name),
    ]);
    const links = names.flatMap((name) => [`/etc/rc?.d/[SK]??${name}`, `/etc/runlevels/*/${name}`]);
    const pattern = `[ /](${names.map((name) => name.replace(/[.+]/g, "\\$&")).join("|")})(-child)?( |$)`;
    await this.host.run("sh", {
      input: `
        rm -rf ${[...files, ...links].join(" ")}
        if [ -d /run/systemd/system ]; then systemctl --no-block stop ${names.join(" ")}; fi
        pkill -STOP -f '${pattern}'
        pkill -KILL -f '${pattern}'`,
    });
  }

  get manager(): Driver {
    return MANAGERS.get(this.column.manager)!;
  }

  /** Ends all connections: the next use of each makes a new one. */
  login(): void {
    const { host: name, ...way } = connectionTo(this.host);
    for (const { hosts } of this.providers) hosts.close();
    this.providers.length = 0;
    for (let i = 0; i < PROVIDERS; i++) {
      const hosts = new Hosts();
      const connections = new Connections({ hosts: { [String(name)]: way } }, hosts);
      const lifecycle = new ServiceLifecycle({ connections, managers: MANAGERS });
      this.providers.push({ hosts, connections, lifecycle });
    }
  }

  /** A service of a case, not yet made. */
  service(name: string, urn?: string): Service {
    this.names.add(name);
    const provider = this.providers.shift()!;
    this.providers.push(provider); // in turn
    return new Service(this, provider.lifecycle, name, urn);
  }

  facts(): Promise<HostFacts> {
    const { hosts, connections } = this.providers[0]!;
    const { shell } = hosts.posix(connections.effective(this.host.name, undefined));
    return shell.facts(AbortSignal.timeout(60_000));
  }

  /** Shell on the host that has to work: what it says. */
  async shell(command: string, input?: string): Promise<string> {
    const { code, stdout, stderr } = await this.host.run(command, input === undefined ? {} : { input });
    if (code !== 0) throw new Error(`${command}: ${code}\n${stdout}${stderr}`);
    return stdout.trim();
  }

  async is(condition: string): Promise<boolean> {
    return (await this.host.run(condition)).code === 0;
  }

  async stop(): Promise<void> {
    for (const { hosts } of this.providers) hosts.close();
    await this.host.stop();
  }
}

/** A service of a case: its resource, and its program as it is seen from outside. */
export class Service extends Resource {
  readonly probe: Probe;

  constructor(
    readonly world: World,
    lifecycle: ServiceLifecycle,
    readonly name: string,
    urn = urnOf("bots:index:Service", name),
  ) {
    super(lifecycle, urn);
    this.probe = new Probe(world.host, name);
  }

  /** The program of a case: a service of the column's manager that runs the probe; what is given wins. */
  program(values: Values & { mode?: Mode; arguments?: string[] } = {}, ...secrets: Path[]): Props {
    const { mode = "run", arguments: more = [], ...rest } = values;
    const usual = {
      connection: connectionTo(this.world.host),
      name: this.name,
      command: [PROGRAM, this.name, mode, ...more],
      manager: this.world.column.manager,
      settleSeconds: 1,
    };
    return { values: { ...usual, ...rest }, secrets: new SecretPaths(secrets) };
  }

  /** Tells of each step that an operation begins, in words that are the same for every service. */
  onStep = (told: (step: string) => void): (() => void) =>
    this.onStatus((message) => told(message.replaceAll(this.name, "NAME").replace(/pid \d+/g, "pid PID")));

  get file(): string {
    return this.world.column.file(this.name);
  }

  /** The same service, seen from another resource. */
  as(resource: string): Service {
    return this.world.service(this.name, urnOf("bots:index:Service", resource));
  }

  enabled = (): Promise<boolean> => this.world.is(this.world.column.enabled(this.name));

  /** The files that are kept of it; empty when there are none. */
  kept = (): Promise<string> =>
    this.world.shell(`cd /var/lib/pulumi-bots/${this.name} 2>/dev/null && find . -type f | sort || true`);
}
