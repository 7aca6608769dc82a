import { PartialFailure, PropertyError } from "../../../../model/errors";
import { formatPath, SecretPaths, type Path, type Props, type Values } from "../../../../model/props";
import type { Difference, Lifecycle } from "../../../../provider/lifecycle/lifecycle";
import { recordingLog } from "../../../support/serviceLifecycle";

/** What is recorded of a resource. */
export interface State {
  id: string;
  inputs: Props;
  outputs: Props;
}

/** What an `up` did. */
export interface Done {
  did: "create" | "update" | "same" | "replace";
  /** The properties that differed. */
  properties: string[];
  notes: string[];
}

const minutes = 60_000;

/** One resource and its state, driven through a lifecycle as the engine does it. */
export class Resource {
  state: State | undefined;
  readonly log = recordingLog();
  private readonly listeners = new Set<(step: string) => void>();

  constructor(
    private readonly lifecycle: Lifecycle,
    readonly urn: string,
  ) {
    const status = this.log.status.bind(this.log);
    this.log.status = (message) => {
      status(message);
      for (const told of this.listeners) told(message);
    };
  }

  /** Tells of its progress from now on. */
  onStatus(told: (message: string) => void): () => void {
    this.listeners.add(told);
    return () => this.listeners.delete(told);
  }

  private get call() {
    const time = 4 * minutes;
    return { urn: this.urn, log: this.log, signal: AbortSignal.timeout(time), deadline: Date.now() + time };
  }

  /** Brings it to these inputs. */
  async up(program: Props, ignoreChanges: string[] = []): Promise<Done> {
    const news = this.checked(program);
    const { state } = this;
    if (state === undefined) {
      await this.recording(news, () => this.lifecycle.create({ ...this.call, inputs: news }));
      return { did: "create", properties: [], notes: [] };
    }
    const { properties, notes } = this.diff(state, news, ignoreChanges);
    const done = { properties: properties.map(({ path }) => formatPath(path)).sort(), notes };
    if (properties.length === 0) {
      this.state = { ...state, inputs: news };
      return { did: "same", ...done };
    }
    if (properties.some(({ replace }) => replace)) {
      await this.destroy();
      await this.recording(news, () => this.lifecycle.create({ ...this.call, inputs: news }));
      return { did: "replace", ...done };
    }
    const old = { oldInputs: state.inputs, oldOutputs: state.outputs, ignoreChanges };
    await this.recording(news, async () => {
      const { outputs } = await this.lifecycle.update({ ...this.call, id: state.id, inputs: news, ...old });
      return { id: state.id, outputs };
    });
    return { did: "update", ...done };
  }

  /** The same, which has to fail: what it says. */
  async failure(program: Props): Promise<string> {
    try {
      await this.up(program);
    } catch (error) {
      return (error as Error).message;
    }
    throw new Error("it succeeded, and should have failed");
  }

  /** What a preview would say. */
  preview(program: Props): Done {
    const news = this.checked(program);
    if (this.state === undefined) return { did: "create", properties: [], notes: [] };
    const { properties, notes } = this.diff(this.state, news);
    const did = properties.length === 0 ? "same" : "update";
    return { did, properties: properties.map(({ path }) => formatPath(path)).sort(), notes };
  }

  /** Reads it: the properties that are no longer as the program says, or "gone". */
  async refresh(): Promise<string[] | "gone"> {
    const before = this.state;
    if (before === undefined) throw new Error("nothing is recorded");
    this.state = await this.lifecycle.read({ ...this.call, ...before });
    if (this.state === undefined) return "gone";
    const { properties } = this.diff(this.state, before.inputs);
    return properties.map(({ path }) => formatPath(path)).sort();
  }

  /** Reads what is on a host and records it: the inputs that were found. */
  async import(id: string): Promise<Values> {
    const seen = await this.lifecycle.read({ ...this.call, id });
    if (seen === undefined) throw new Error(`there is no ${id}`);
    this.state = seen;
    return seen.inputs.values;
  }

  async destroy(): Promise<void> {
    const { state } = this;
    if (state === undefined) throw new Error("nothing is recorded");
    await this.lifecycle.delete({ ...this.call, ...state });
    this.state = undefined;
  }

  get outputs(): Values {
    return this.state?.outputs.values ?? {};
  }

  private checked(program: Props): Props {
    // Check marks what is secret; the program of the next time is another object as well.
    const news = { values: structuredClone(program.values), secrets: new SecretPaths(program.secrets) };
    const { inputs, failures } = this.lifecycle.check({
      ...this.call,
      news,
      ...(this.state === undefined ? {} : { olds: this.state.inputs }),
    });
    if (failures.length > 0) throw new PropertyError(failures);
    return inputs;
  }

  private diff(state: State, news: Props, ignoreChanges: string[] = []): Difference {
    const old = { oldInputs: state.inputs, oldOutputs: state.outputs, ignoreChanges };
    return this.lifecycle.diff({ ...this.call, id: state.id, ...old, news });
  }

  private async recording(inputs: Props, run: () => Promise<{ id: string; outputs: Props }>): Promise<void> {
    try {
      this.state = { ...(await run()), inputs };
    } catch (error) {
      if (error instanceof PartialFailure) this.state = error.seen;
      throw error;
    }
  }
}

export const secret = (...names: string[]): Path[] => names.map((name) => ["environment", name]);
