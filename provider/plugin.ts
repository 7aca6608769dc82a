import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Props } from "../model/props";
import type { Manifest } from "../schema/manifest";
import { packageSchema } from "../schema/package";
import type { ProviderConfig } from "../schema/provider";
import { changes } from "./changes";
import { SdkComponents } from "./construct";
import { Hosts } from "./hosts";
import { Connections } from "./lifecycle/connections";
import { GetService } from "./lifecycle/getService";
import type { Provider } from "./lifecycle/lifecycle";
import { checkProviderConfig, limits } from "./lifecycle/providerConfig";
import { ServiceLifecycle } from "./lifecycle/service";
import type { Context } from "./lifecycle/service/context";
import { MANAGERS } from "./managers";
import { serve } from "./wire";

/** The provider: its configuration, its hosts, and the resources, functions and components that it serves. */
export class BotsProvider implements Provider {
  readonly name = "bots";
  private readonly manifest = readManifest();
  readonly version = this.manifest.version;
  private hosts = new Hosts({});
  private readonly context: Context & { connections: Connections } = {
    connections: new Connections({}, this.hosts),
    managers: MANAGERS,
  };

  readonly resources = new Map([["bots:index:Service", new ServiceLifecycle(this.context)]]);
  readonly functions = new Map([["bots:index:getService", new GetService(this.context)]]);
  readonly components = new SdkComponents(this.version);
  readonly checkConfig = checkProviderConfig;

  /** The build writes the schema next to the bundle; without a build, it is generated. */
  schema(): string {
    const built = join(__dirname, "schema.json");
    if (existsSync(built)) return readFileSync(built, "utf8");
    return JSON.stringify(packageSchema(this.manifest, changes(MANAGERS)));
  }

  configure(config: Props): void {
    const values = config.values as ProviderConfig;
    this.hosts = new Hosts(limits(values));
    this.context.connections = new Connections(values, this.hosts);
  }

  close(): void {
    this.hosts.close();
  }
}

/** The package.json of this package, in a folder above this file, compiled or not. The one beside this file has no version. */
function readManifest(): Manifest {
  for (let folder = __dirname; ; folder = dirname(folder)) {
    const path = join(folder, "package.json");
    const manifest = existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Partial<Manifest>) : {};
    if (manifest.version !== undefined) return manifest as Manifest;
    if (folder === dirname(folder)) throw new Error(`there is no package.json above ${__dirname}`);
  }
}

/** Runs the plugin. `argv`: the arguments from the engine. */
export const run = (argv: readonly string[]): Promise<void> => serve(new BotsProvider(), argv);
