import type { Issue } from "../../model/errors";
import type { Path, Props, Values } from "../../model/props";

/** Messages to the user, shown under their resource. `status` is a transient line, the others stay. */
export interface Log {
  debug(message: string): void;
  info(message: string): void;
  warning(message: string): void;
  status(message: string): void;
}

/** The parameters of every call. */
export interface Call {
  urn: string;
  log: Log;
}

/** A call that may contact a host. */
export interface HostCall extends Call {
  /** Fires when the engine cancels, or at the operation's deadline (customTimeouts, else 5 minutes). */
  signal: AbortSignal;
  /** The operation's deadline, in milliseconds as of Date.now(). */
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
  /** Messages for the user at preview: "restarts the service (pid 123)". */
  notes: string[];
}

/**
 * The lifecycle of a resource type, independent of gRPC. The wire layer answers previews from `diff` and `planned` alone.
 * These and `check` are synchronous, so that no preview can contact a host by mistake.
 *
 * Errors: `PropertyError`, `HostError`, `PartialFailure`; anything else is a bug in the provider.
 */
export interface Lifecycle {
  check(request: CheckRequest): CheckResult;
  diff(request: DiffRequest): Difference;
  /** The outputs that are known before the change; the others are UNKNOWN. `old` is set for an update. */
  planned(inputs: Props, old?: { outputs: Props; difference: Difference }): Props;
  create(request: HostCall & { inputs: Props }): Promise<{ id: string; outputs: Props }>;
  /** Returns undefined when the resource is gone. On import, `inputs` and `outputs` are missing. */
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

/** Components for programs in other languages than TypeScript: the engine asks the plugin to construct them. */
export interface Components {
  /** For each type, a function that validates the known arguments. */
  readonly types: ReadonlyMap<string, (args: Values) => Issue[]>;
  /** Starts the SDK's own server, which handles Construct, and returns its address. Called once, at the first Construct. */
  serve(engineAddress: string): Promise<string>;
}

/** The provider that the wire layer serves. `configure` is called once, before any call that may contact a host. */
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
  /** Closes all connections, before the process exits. */
  close(): void;
}
