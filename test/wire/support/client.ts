import * as grpc from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { PluginAttach } from "@pulumi/pulumi/proto/plugin_pb";
import * as pb from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { SecretPaths, type Path, type Props, type Values } from "../../../model/props";
import { decode, encode } from "../../../provider/wire/codec";
import { toWireError } from "./wireError";

const MAX_MESSAGE_BYTES = 400 * 1024 * 1024;

/** A property bag in a test: plain values, and the paths that are secret. */
export function props(values: Values, ...secrets: Path[]): Props {
  return { values, secrets: new SecretPaths(secrets) };
}

/** `urn:pulumi:test::wire::bots:index:Service::web` */
export function urnOf(type: string, name: string, stack = "test"): string {
  return `urn:pulumi:${stack}::wire::${type}::${name}`;
}

export interface Failure {
  property: string;
  reason: string;
}

export interface DiffAnswer {
  changes: boolean;
  replaces: string[];
  diffs: string[];
  deleteBeforeReplace: boolean;
  detailed: Record<string, { kind: string; inputDiff: boolean }>;
}

interface Recorded {
  urn: string;
  id: string;
  inputs: Props;
  outputs: Props;
}

/** Talks to a plugin as the engine does, one method for each of the protocol's, in plain values. */
export class WireClient {
  /** Every answer as it came, for tests that look for what must not be in it. Errors are kept as `WireError`s. */
  readonly answers: unknown[] = [];
  readonly #grpc: ResourceProviderClient;

  constructor(port: number) {
    this.#grpc = new ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), {
      "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
    });
  }

  close(): void {
    this.#grpc.close();
  }

  async handshake(engineAddress: string): Promise<pb.ProviderHandshakeResponse.AsObject> {
    const request = new pb.ProviderHandshakeRequest().setEngineAddress(engineAddress).setConfigureWithUrn(true);
    return (await this.#call<pb.ProviderHandshakeResponse>("handshake", request)).toObject();
  }

  async attach(engineAddress: string): Promise<void> {
    await this.#call("attach", new PluginAttach().setAddress(engineAddress));
  }

  async getSchema(version = 0): Promise<string> {
    return (
      await this.#call<pb.GetSchemaResponse>("getSchema", new pb.GetSchemaRequest().setVersion(version))
    ).getSchema();
  }

  async version(): Promise<string> {
    return (await this.#call<{ getVersion(): string }>("getPluginInfo", new Empty())).getVersion();
  }

  async checkConfig(news: Values): Promise<{ inputs: Props; failures: Failure[] }> {
    const request = new pb.CheckRequest().setNews(encode(props(news)));
    return checked(await this.#call<pb.CheckResponse>("checkConfig", request));
  }

  async diffConfig(olds: Values, news: Values): Promise<DiffAnswer> {
    const request = new pb.DiffRequest()
      .setOlds(encode(props(olds)))
      .setOldInputs(encode(props(olds)))
      .setNews(encode(props(news)));
    return diffed(await this.#call<pb.DiffResponse>("diffConfig", request));
  }

  async configure(args: Props): Promise<pb.ConfigureResponse.AsObject> {
    const request = new pb.ConfigureRequest().setArgs(encode(args)).setAcceptsecrets(true);
    return (await this.#call<pb.ConfigureResponse>("configure", request)).toObject();
  }

  async check(urn: string, news: Props | Struct, olds?: Props): Promise<{ inputs: Props; failures: Failure[] }> {
    const request = new pb.CheckRequest()
      .setUrn(urn)
      .setOlds(encode(olds ?? props({})))
      .setNews(news instanceof Struct ? news : encode(news));
    return checked(await this.#call<pb.CheckResponse>("check", request));
  }

  async diff(old: Recorded, news: Props, ignoreChanges: string[] = []): Promise<DiffAnswer> {
    const request = new pb.DiffRequest()
      .setUrn(old.urn)
      .setId(old.id)
      .setOlds(encode(old.outputs))
      .setOldInputs(encode(old.inputs))
      .setNews(encode(news))
      .setIgnorechangesList(ignoreChanges);
    return diffed(await this.#call<pb.DiffResponse>("diff", request));
  }

  async create(
    urn: string,
    inputs: Props,
    options: { preview?: boolean; timeout?: number } = {},
  ): Promise<{ urn: string; id: string; inputs: Props; outputs: Props }> {
    const request = new pb.CreateRequest()
      .setUrn(urn)
      .setProperties(encode(inputs))
      .setPreview(options.preview ?? false)
      .setTimeout(options.timeout ?? 0);
    const response = await this.#call<pb.CreateResponse>("create", request);
    return { urn, id: response.getId(), inputs, outputs: decode(response.getProperties()) };
  }

  /** `undefined`: gone. Without `recorded` it is what an import sends. */
  async read(
    urn: string,
    id: string,
    recorded?: { inputs: Props; outputs: Props },
    timeout = 0,
  ): Promise<{ urn: string; id: string; inputs: Props; outputs: Props } | undefined> {
    const request = new pb.ReadRequest().setUrn(urn).setId(id).setTimeout(timeout);
    if (recorded) request.setInputs(encode(recorded.inputs)).setProperties(encode(recorded.outputs));
    const response = await this.#call<pb.ReadResponse>("read", request);
    if (!response.getId()) return undefined;
    return {
      urn,
      id: response.getId(),
      inputs: decode(response.getInputs()),
      outputs: decode(response.getProperties()),
    };
  }

  async update(
    old: Recorded,
    news: Props,
    options: { preview?: boolean; timeout?: number; ignoreChanges?: string[] } = {},
  ): Promise<{ urn: string; id: string; inputs: Props; outputs: Props }> {
    const request = new pb.UpdateRequest()
      .setUrn(old.urn)
      .setId(old.id)
      .setOlds(encode(old.outputs))
      .setOldInputs(encode(old.inputs))
      .setNews(encode(news))
      .setPreview(options.preview ?? false)
      .setTimeout(options.timeout ?? 0)
      .setIgnorechangesList(options.ignoreChanges ?? []);
    const response = await this.#call<pb.UpdateResponse>("update", request);
    return { urn: old.urn, id: old.id, inputs: news, outputs: decode(response.getProperties()) };
  }

  async delete(old: Recorded, timeout = 0): Promise<void> {
    const request = new pb.DeleteRequest()
      .setUrn(old.urn)
      .setId(old.id)
      .setProperties(encode(old.outputs))
      .setOldInputs(encode(old.inputs))
      .setTimeout(timeout);
    await this.#call("delete", request);
  }

  async invoke(token: string, args: Props): Promise<{ result?: Props; failures: Failure[] }> {
    const response = await this.#call<pb.InvokeResponse>(
      "invoke",
      new pb.InvokeRequest().setTok(token).setArgs(encode(args)),
    );
    const result = response.getReturn();
    return { ...(result && { result: decode(result) }), failures: failuresIn(response) };
  }

  async cancel(): Promise<void> {
    await this.#call("cancel", new Empty());
  }

  /** Any method, also one that is not served. */
  raw(method: keyof ResourceProviderClient, request: unknown): Promise<unknown> {
    const methods = this.#grpc as unknown as Record<string, Send | undefined>;
    return new Promise((resolve, reject) => {
      methods[method]?.(request, (error, response) => {
        const failure = error && toWireError(error);
        this.answers.push(failure ?? response);
        if (failure) reject(failure);
        else resolve(response);
      });
    });
  }

  #call<Response>(method: keyof ResourceProviderClient, request: unknown): Promise<Response> {
    return this.raw(method, request) as Promise<Response>;
  }
}

type Send = (request: unknown, callback: (error: grpc.ServiceError | null, response: unknown) => void) => void;

function failuresIn(response: { getFailuresList(): pb.CheckFailure[] }): Failure[] {
  return response.getFailuresList().map((failure) => ({
    property: failure.getProperty(),
    reason: failure.getReason(),
  }));
}

function checked(response: pb.CheckResponse): { inputs: Props; failures: Failure[] } {
  return { inputs: decode(response.getInputs()), failures: failuresIn(response) };
}

const KIND_NAMES = Object.fromEntries(Object.entries(pb.PropertyDiff.Kind).map(([name, value]) => [value, name]));

function diffed(response: pb.DiffResponse): DiffAnswer {
  const detailed: DiffAnswer["detailed"] = {};
  response.getDetaileddiffMap().forEach((diff, path) => {
    detailed[path] = { kind: KIND_NAMES[diff.getKind()] ?? "", inputDiff: diff.getInputdiff() };
  });
  return {
    changes: response.getChanges() === pb.DiffResponse.DiffChanges.DIFF_SOME,
    replaces: response.getReplacesList(),
    diffs: response.getDiffsList(),
    deleteBeforeReplace: response.getDeletebeforereplace(),
    detailed,
  };
}
