import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { Values } from "../../../model/props";
import { EngineLog } from "../../../provider/wire/log";
import { listen } from "../../../provider/wire/server";
import { props, urnOf, WireClient } from "./client";
import { LogEngine } from "./engine";
import { MemoryProvider } from "./memory";
import { WireError } from "./wireError";

export const URN = urnOf("parent:Type$bots:index:Thing", "web");
export const SECRET = "hunter2-never-in-clear";

/** A provider in memory behind the real wire, with an engine that logs: new for each test. */
export class Wire {
  provider!: MemoryProvider;
  engine!: LogEngine;
  client!: WireClient;
  #stop!: () => void;

  constructor() {
    beforeEach(() => this.#start());
    // Whatever a test did: no answer holds the secret outside of a wrapper.
    afterEach(() => {
      this.#stop();
      expect(this.client.answers.length).toBeGreaterThan(0);
      for (const answer of this.client.answers) expect(inClear(answer)).not.toContain(SECRET);
      expect(JSON.stringify(this.engine.lines)).not.toContain(SECRET);
    });
  }

  async #start(): Promise<void> {
    this.provider = new MemoryProvider();
    this.engine = await LogEngine.start();
    const server = await listen(this.provider, new EngineLog());
    this.client = new WireClient(server.port);
    this.#stop = () => (this.client.close(), server.close(), this.engine.stop());
    await this.client.handshake(this.engine.address);
    await this.client.configure(props({}));
  }

  logged(): [string, string, boolean][] {
    return this.engine.lines.map(({ severity, message, ephemeral }) => [severity, message, ephemeral]);
  }
}

/** The property bags of an answer as text, with the contents of secrets blacked out; of an error its text as well. */
function inClear(answer: unknown): string {
  const message = answer instanceof WireError ? answer.initFailed?.raw : answer;
  const structs = ["getProperties", "getInputs", "getReturn"].map((getter) => {
    const get = (message as Record<string, unknown> | undefined)?.[getter];
    return typeof get === "function" ? (get as () => Struct | undefined).call(message)?.toJavaScript() : undefined;
  });
  return JSON.stringify([blackOut(structs), answer instanceof WireError ? answer.message : ""]);
}

function blackOut(tree: unknown): unknown {
  if (Array.isArray(tree)) return tree.map(blackOut);
  if (tree === null || typeof tree !== "object") return tree;
  if ((tree as Values)["4dabf18193072939515e22adb298388d"]) return "[secret]";
  return Object.fromEntries(Object.entries(tree).map(([key, value]) => [key, blackOut(value)]));
}
