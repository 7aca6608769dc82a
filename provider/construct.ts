import type { provider } from "@pulumi/pulumi";
import type { Issue } from "../model/errors";
import { getAt, UNKNOWN, type Path, type Values } from "../model/props";
import { daemonsSchema } from "../schema/server";
import { serverIssues } from "../schema/serverIssues";
import type { Components } from "./lifecycle/lifecycle";

/**
 * The components, for programs in other languages. The SDK and the classes are loaded when the first component is created:
 * loading them takes longer than the rest of the plugin, and most runs need none of them.
 */
export class SdkComponents implements Components {
  readonly types = new Map([["bots:index:BotsServer", botsServerIssues]]);

  constructor(private readonly version: string) {}

  async serve(engineAddress: string): Promise<string> {
    const sdk = await import("@pulumi/pulumi/index.js");
    const { constructBotsServer } = await import("../components/construct.js");
    const component: provider.Provider = {
      version: this.version,
      construct: (name, _type, args, options) => constructBotsServer(name, args, options),
    };
    return `127.0.0.1:${await printedPort(() => sdk.provider.main(component, [engineAddress]))}`;
  }
}

/** All errors, including unknown values that decide which resources exist: those must be known at preview. */
function botsServerIssues(args: Values): Issue[] {
  const daemons = Object.keys(daemonsSchema.shape).map((daemon): Path => ["daemons", daemon]);
  const undecided = args.daemons === UNKNOWN ? [["daemons"]] : daemons.filter((path) => getAt(args, path) === UNKNOWN);
  const message = "must be known at preview, because it decides which services exist";
  return [...serverIssues(args), ...undecided.map((path) => ({ path, message }))];
}

/** The SDK's server prints its port, as a plugin does. This plugin has printed its own, so that output is captured. */
async function printedPort(main: () => Promise<void>): Promise<string> {
  const { log } = console;
  let port = "";
  console.log = (...args: unknown[]) => {
    if (/^\d+$/.test(String(args[0]))) port = String(args[0]);
    else log(...args);
  };
  try {
    await main();
  } finally {
    console.log = log;
  }
  return port;
}
