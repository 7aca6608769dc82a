import type { Issue } from "../../model/errors";
import type { Path, Props, Values } from "../../model/props";

/** Says something to the user, below the resource it is about. `status` is a passing line, the others stay. */
export interface Log {
  debug(message: string): void;
  info(message: string): void;
  warning(message: string): void;
  status(message: string): void;
}

/** What every call carries. */
export interface Call {
  urn: string;
  log: Log;
}

/** A call that may go to a host. */
export interface HostCall extends Call {
  /** Fires when the engine cancels, or when the operation's time (customTimeouts, else 5 minutes) has run out. */
  signal: AbortSignal;
  /** When that time runs out, in milliseconds as of Date.now(). */
  deadline: number;
}

export interface CheckRequest extends Call {
  news: Props;
  olds?: Props;
}

export interface CheckResult {
  inputs: Props;
  failures: Issue[];
}

export type DiffKind = "add" | "update" | "delete";

export interface DiffRequest extends Call {
  id: string;
  oldInputs: Props;
  oldOutputs: Props;
  news: Props;
  /** Paths to skip, as the user wrote them: `description`, `environment.PATH`, `command[0]`. */
  ignoreChanges: string[];
}

export interface Difference {
  /** Each property that differs. Empty: no change. */
  properties: { path: Path; kind: DiffKind; replace?: boolean }[];
  /** For the user, at preview: "restarts the service (pid 123)". */
  notes: string[];
}

/**
 * A kind of resource, free of gRPC. The wire layer answers previews from `diff` and `planned` alone: these and
 * `check` are synchronous, so that no host can be touched in a preview by mistake.
 *
 * Errors: `PropertyError`, `HostError`, `PartialFailure`; anything else is a bug in the provider.
 */
export interface Lifecycle {
  check(request: CheckRequest): CheckResult;
  diff(request: DiffRequest): Difference;
  /** The outputs as far as they are known beforehand; the others UNKNOWN. `old` is there for an update. */
  planned(inputs: Props, old?: { outputs: Props; difference: Difference }): Props;
  create(request: HostCall & { inputs: Props }): Promise<{ id: string; outputs: Props }>;
  /** `undefined`: gone. On import `inputs` and `outputs` are missing. */
  read(
    request: HostCall & { id: string; inputs?: Props; outputs?: Props },
  ): Promise<{ id: string; inputs: Props; outputs: Props } | undefined>;
  update(
    request: HostCall & { id: string; inputs: Props; oldInputs: Props; oldOutputs: Props; ignoreChanges: string[] },
  ): Promise<{ outputs: Props }>;
  delete(request: HostCall & { id: string; inputs: Props; outputs: Props }): Promise<void>;
}

/** A function that programs call: `bots.getService`. */
export interface ProviderFunction {
  check(args: Props): Issue[];
  invoke(request: HostCall & { args: Props }): Promise<Props>;
}

/** Components, for programs that are not in TypeScript: the engine asks the plugin to make them. */
export interface Components {
  /** By type: what is wrong with the arguments, as far as they are known. */
  readonly types: ReadonlyMap<string, (args: Values) => Issue[]>;
  /** Starts the server, the SDK's own, that Construct is handed on to. Called once, when the first is made. Its address. */
  serve(engineAddress: string): Promise<string>;
}

/** What the wire layer serves. `configure` is called once, before anything that goes to a host. */
export interface Provider {
  readonly name: string;
  readonly version: string;
  /** The package schema, as JSON text. */
  schema(): string;
  checkConfig(request: CheckRequest): CheckResult;
  configure(config: Props): void;
  readonly resources: ReadonlyMap<string, Lifecycle>;
  readonly functions: ReadonlyMap<string, ProviderFunction>;
  readonly components?: Components;
  /** Closes what is open. After this the process ends. */
  close(): void;
}
