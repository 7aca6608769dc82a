import type { HostKind, LabHost } from "../../../lab";
import { connectionTo, sleeper } from "./daemons";
import { YamlProject, type ProjectOptions } from "./project";
import { labHost } from "../../support/hosts";

interface SceneOptions extends ProjectOptions {
  hosts?: number;
  bots?: boolean;
  kind?: HostKind;
}

/** The hosts and projects of one `describe`: made when its tests begin, and gone after them. */
export class Scene {
  readonly #hosts: LabHost[] = [];
  readonly #projects: YamlProject[] = [];

  readonly #options: ProjectOptions;

  constructor({ hosts = 1, bots = false, kind = "systemd", ...options }: SceneOptions = {}) {
    this.#options = options;
    beforeAll(async () => {
      const started = Array.from({ length: hosts }, () => labHost({ kind, bots }));
      this.#hosts.push(...(await Promise.all(started)));
    });
    afterAll(async () => {
      await Promise.all([
        ...this.#hosts.map((host) => host.stop()),
        ...this.#projects.map((project) => project.remove()),
      ]);
    });
  }

  get host(): LabHost {
    return this.#hosts[0]!;
  }

  get secondHost(): LabHost {
    return this.#hosts[1]!;
  }

  /** One more host, later. */
  async boot(): Promise<LabHost> {
    const host = await labHost({ kind: "systemd" });
    this.#hosts.push(host);
    return host;
  }

  /** A project with a stack `dev`, not yet up. */
  async project(resources: object, options: ProjectOptions = {}): Promise<YamlProject> {
    const project = new YamlProject("edi", { ...this.#options, ...options });
    this.#projects.push(project);
    return project.write(resources).init();
  }

  /** A project that is up. */
  async running(resources: object, options: ProjectOptions = {}): Promise<YamlProject> {
    const project = await this.project(resources, options);
    await project.must("up", "--yes", "--skip-preview");
    return project;
  }

  /** A service on the first host: sleeps, and counts as started after a second. */
  service(name: string, properties: object = {}, options: object = {}): YamlResource {
    return serviceOn(this.host, name, properties, options);
  }

  pid(unit: string): Promise<string> {
    return pidOf(this.host, unit);
  }

  /** Everything as it is by the host's own view: a change shows. */
  shell = async (command: string): Promise<string> => (await this.host.run(command)).stdout.trim();
}

export interface YamlResource {
  type: string;
  properties: Record<string, unknown>;
  options?: object;
}

export function serviceOn(host: LabHost, name: string, properties: object = {}, options: object = {}): YamlResource {
  const connection = connectionTo(host);
  return {
    type: "bots:index:Service",
    properties: { connection, name, command: sleeper, settleSeconds: 1, ...properties },
    options,
  };
}

/** The main process of a unit, `0` when there is none. */
export async function pidOf(host: LabHost, unit: string): Promise<string> {
  return (await host.run(`systemctl show -p MainPID --value ${unit}`)).stdout.trim();
}

/** Where anything of a service could lie: its files, links, locks, temporary files, and what systemd remembers. */
export async function traces(host: LabHost): Promise<string[]> {
  const { stdout } = await host.run(`
    find /etc /var/lib /var/tmp /tmp /root /run/lock /run/systemd/system /run/pulumi* -xdev ! -path '/tmp/systemd-private*' ! -path /run/pulumi-bots ! -path /run/pulumi-bots/.lock \
      ! -path '/var/lib/systemd/*' ! -path '/var/tmp/systemd-private*' 2>/dev/null
    systemctl list-units --all --plain --no-legend --type=service | awk '{ print $1, $2, $3 }'`);
  return stdout.split("\n").sort();
}

/** Writes a unit by hand, as an administrator would, and starts it. */
export async function handMade(host: LabHost, name: string, unit: string): Promise<void> {
  const path = `/etc/systemd/system/${name}.service`;
  const { code, stderr } = await host.run(`cat >${path} && systemctl daemon-reload && systemctl enable --now ${name}`, {
    input: unit,
  });
  if (code !== 0) throw new Error(stderr);
}
