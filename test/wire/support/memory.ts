import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { HostError, PartialFailure, PropertyError, type HostErrorKind, type Issue } from "../../../model/errors";
import { SecretPaths, UNKNOWN, type Props, type Values } from "../../../model/props";
import type { Difference, DiffRequest, HostCall, Lifecycle, Provider } from "../../../provider/lifecycle/lifecycle";

const KINDS = ["unreachable", "authentication", "hostKey", "timeout", "cancelled", "lostConnection", "remote"];
const THING = "bots:index:Thing";

/**
 * A provider without hosts, to test the wire with: it keeps things in memory, or in a file where the things must outlive
 * the process. What a thing's `fail` says goes wrong: `create: "partial"`, `read: "unreachable"`, `diff: "bug"` …
 */
export class MemoryProvider implements Provider {
  readonly name = "bots";
  readonly version = "0.0.1";
  readonly resources = new Map<string, Lifecycle>();
  readonly functions = new Map([
    [
      "bots:index:getThing",
      {
        check: ({ values }: Props): Issue[] =>
          typeof values.id === "string" ? [] : [{ path: ["id"], message: "must be a string" }],
        invoke: async ({ args, log }: HostCall & { args: Props }): Promise<Props> => {
          log.info("looking");
          await fail(args.values, "invoke", () => ({ id: "", inputs: args, outputs: args }));
          return withSecrets(this.#load()[String(args.values.id)] ?? {});
        },
      },
    ],
  ]);
  config: Props | undefined;
  closed = 0;
  readonly #file: string | undefined;
  #things: Record<string, Values> = {};

  constructor(file?: string) {
    this.#file = file;
    this.resources.set(THING, this.#thing());
  }

  schema(): string {
    const properties = {
      name: { type: "string" },
      size: { type: "number" },
      password: { type: "string", secret: true },
      labels: { type: "object", additionalProperties: { type: "string" } },
      seconds: { type: "number" },
      fail: { type: "object", additionalProperties: { type: "string" } },
    };
    const variables = {
      connection: { $ref: "pulumi.json#/Any" },
      retries: { type: "integer" },
      zone: { type: "string" },
    };
    return JSON.stringify({
      name: this.name,
      version: this.version,
      config: { variables },
      provider: { inputProperties: variables },
      resources: {
        [THING]: {
          inputProperties: properties,
          requiredInputs: ["name"],
          properties: { ...properties, serial: { type: "number" } },
          required: ["name", "serial"],
        },
      },
      functions: { "bots:index:getThing": { inputs: { properties: { id: { type: "string" } } } } },
    });
  }

  checkConfig({ news }: { news: Props }): { inputs: Props; failures: Issue[] } {
    const known = ["connection", "retries", "zone"];
    const unknown = Object.keys(news.values).filter((key) => !known.includes(key));
    return { inputs: news, failures: unknown.map((key) => ({ path: [key], message: "is not known" })) };
  }

  configure(config: Props): void {
    this.config = config;
  }

  close(): void {
    this.closed++;
  }

  /** As if somebody else had changed it. */
  tamper(id: string, values: Values | undefined): void {
    const things = this.#load();
    if (values) things[id] = { ...things[id], ...values };
    else delete things[id];
    this.#save(things);
  }

  #thing(): Lifecycle {
    const seen = (id: string, inputs: Props) => ({ id, inputs, outputs: withSecrets(this.#load()[id] ?? {}) });
    const put = (id: string, inputs: Props): Props => {
      const things = this.#load();
      const { fail: _fail, seconds: _seconds, ...values } = inputs.values;
      things[id] = { ...values, serial: Number(things[id]?.serial ?? 0) + 1 };
      this.#save(things);
      return withSecrets(things[id]);
    };

    return {
      check: ({ news, log }) => {
        void fail(news.values, "check", () => seen("", news));
        log.debug("checking");
        const issues: Issue[] = [];
        if (typeof news.values.name !== "string" && news.values.name !== UNKNOWN) {
          issues.push({ path: ["name"], message: "must be a string" });
        }
        for (const key of Object.keys(news.values.labels ?? {})) {
          if (key.includes("=")) issues.push({ path: ["labels", key], message: "= is not allowed in a name" });
        }
        return { inputs: withSecrets(news.values, news.secrets), failures: issues };
      },

      diff: ({ news, oldInputs, oldOutputs, ignoreChanges }: DiffRequest): Difference => {
        void fail(news.values, "diff", () => seen("", news));
        const properties: Difference["properties"] = [];
        for (const key of ["name", "size", "password", "labels", "seconds"]) {
          const old = (key === "seconds" ? oldInputs : oldOutputs).values[key];
          const value = news.values[key];
          if (ignoreChanges.includes(key) || isDeepStrictEqual(old, value)) continue;
          const kind = old === undefined ? "add" : value === undefined ? "delete" : "update";
          properties.push({ path: [key], kind, ...(key === "name" && { replace: true }) });
        }
        return { properties, notes: properties.length ? ["restarts the thing", "twice"] : [] };
      },

      planned: ({ values, secrets }, old): Props => {
        void fail(values, "planned", () => seen("", { values, secrets }));
        const { fail: _fail, seconds: _seconds, ...known } = values;
        const serial = old && !old.difference.properties.length ? old.outputs.values.serial : UNKNOWN;
        return withSecrets({ ...known, serial }, secrets);
      },

      create: async ({ inputs, signal, log }) => {
        const id = `memory/${String(inputs.values.name)}`;
        log.status("creating");
        await work(inputs.values, signal, () => (put(id, inputs), seen(id, inputs)));
        const outputs = put(id, inputs);
        await fail(inputs.values, "create", () => seen(id, inputs));
        log.info("created");
        log.info("and checked");
        return { id, outputs };
      },

      read: async ({ id, inputs, signal }) => {
        const thing = this.#load()[id];
        if (!thing) return undefined;
        const { serial: _serial, ...live } = thing;
        const fresh = withSecrets({ ...(inputs?.values.fail ? { fail: inputs.values.fail } : {}), ...live });
        await work(inputs?.values ?? {}, signal, () => seen(id, fresh));
        await fail(inputs?.values ?? {}, "read", () => seen(id, fresh));
        return seen(id, fresh);
      },

      update: async ({ id, inputs, signal }) => {
        await work(inputs.values, signal, () => seen(id, inputs));
        const outputs = put(id, inputs);
        await fail(inputs.values, "update", () => seen(id, inputs));
        return { outputs };
      },

      delete: async ({ id, inputs, signal }) => {
        await work(inputs.values, signal, () => seen(id, inputs));
        await fail(inputs.values, "delete", () => seen(id, inputs));
        this.tamper(id, undefined);
      },
    };
  }

  #load(): Record<string, Values> {
    if (this.#file && existsSync(this.#file)) {
      this.#things = JSON.parse(readFileSync(this.#file, "utf8")) as Record<string, Values>;
    }
    return this.#things;
  }

  #save(things: Record<string, Values>): void {
    this.#things = things;
    if (this.#file) writeFileSync(this.#file, JSON.stringify(things));
  }
}

/** `password` is secret by the schema, whatever the program says. */
function withSecrets(values: Values, secrets: Iterable<(string | number)[]> | SecretPaths = []): Props {
  return { values, secrets: new SecretPaths([...secrets, ["password"]]) };
}

/** Takes `seconds`; when stopped it reports what is there by then. */
async function work(values: Values, signal: AbortSignal, seen: () => PartialFailure["seen"]): Promise<void> {
  try {
    await sleep(Number(values.seconds ?? 0) * 1000, undefined, { signal });
  } catch {
    const { name, message } = signal.reason as DOMException;
    if ((values.fail as Values | undefined)?.stopped === "plain") signal.throwIfAborted();
    throw new PartialFailure(`${name}: ${message}`, seen());
  }
}

/** Lets a method fail in the way that `fail` names. Throws at once, so that synchronous methods may call it as well. */
function fail(values: Values, method: string, seen: () => PartialFailure["seen"]): Promise<void> {
  const how = (values.fail as Record<string, string> | undefined)?.[method];
  if (how === undefined) return Promise.resolve();
  if (how === "unsendable") throw new PartialFailure("half done", { ...seen(), outputs: withSecrets({ size: 1n }) });
  if (how === "partial") throw new PartialFailure("half done", seen());
  if (how === "property") throw new PropertyError([{ path: ["labels", 0, "x y"], message: "is wrong" }]);
  if (how === "bug") throw new TypeError("undefined is not a thing");
  const kind = KINDS.includes(how) ? (how as HostErrorKind) : "remote";
  throw new HostError(kind, "memory", `went wrong: ${how}`);
}
