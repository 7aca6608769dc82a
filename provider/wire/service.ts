import type { UntypedServiceImplementation } from "@grpc/grpc-js";
import { PluginInfo, type PluginAttach } from "@pulumi/pulumi/proto/plugin_pb";
import * as pb from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { PropertyError } from "../../model/errors";
import type { Provider } from "../lifecycle/lifecycle";
import { checkFailures, checkResponse, diffResponse, failuresOf } from "./answers";
import { answering } from "./call";
import { decode, encode } from "./codec";
import { decodeConfig, diffConfig } from "./config";
import { construct } from "./construct";
import { Unsupported } from "./failures";
import type { EngineLog } from "./log";
import { Operations } from "./operations";
import { Secrets } from "./redact";
import { resourceMethods } from "./resources";

/**
 * Implements `pulumirpc.ResourceProvider`. gRPC answers the missing methods (Parameterize, GetMapping, GetMappings, List)
 * with UNIMPLEMENTED, which the engine treats as "has none".
 */
export function service(provider: Provider, engineLog: EngineLog): UntypedServiceImplementation {
  const operations = new Operations();
  const hidden = new Secrets();
  const answer = answering(engineLog, hidden);
  let schemaText: string | undefined;
  const schema = (): string => (schemaText ??= provider.schema());

  return {
    handshake: answer((request: pb.ProviderHandshakeRequest) => {
      engineLog.connect(request.getEngineAddress());
      return new pb.ProviderHandshakeResponse().setAcceptSecrets(true).setAcceptResources(true).setAcceptOutputs(true);
    }),

    attach: answer((request: PluginAttach) => {
      engineLog.connect(request.getAddress());
      return new Empty();
    }),

    getPluginInfo: answer(() => new PluginInfo().setVersion(provider.version)),

    getSchema: answer((request: pb.GetSchemaRequest) => {
      if (request.getVersion() !== 0)
        throw new Unsupported(`schema format ${request.getVersion()} is not supported, only 0`);
      return new pb.GetSchemaResponse().setSchema(schema());
    }),

    checkConfig: answer((request: pb.CheckRequest, call) => {
      let given: string[] = [];
      const result = failuresOf(() => {
        const news = decodeConfig(request.getNews(), schema());
        given = Object.keys(news.values);
        const olds = request.hasOlds() && { olds: decodeConfig(request.getOlds(), schema()) };
        return provider.checkConfig({ ...call, news, ...olds });
      });
      // Configuration has no secret marks, so any of it may be secret.
      return checkResponse(
        result,
        given.map((key) => [key]),
      );
    }),

    diffConfig: answer((request: pb.DiffRequest) => {
      const olds = decodeConfig(request.getOldInputs() ?? request.getOlds(), schema());
      const news = decodeConfig(request.getNews(), schema());
      return diffResponse(diffConfig(olds.values, news.values), { inputs: olds, outputs: olds });
    }),

    configure: answer((request: pb.ConfigureRequest) => {
      operations.begin();
      const config = decodeConfig(request.getArgs(), schema());
      hidden.configure(config);
      provider.configure(config);
      return new pb.ConfigureResponse()
        .setAcceptsecrets(true)
        .setSupportspreview(true)
        .setAcceptresources(true)
        .setAcceptoutputs(true);
    }),

    ...resourceMethods(provider, operations, answer),

    invoke: answer(async (request: pb.InvokeRequest, call) => {
      const implementation = provider.functions.get(request.getTok());
      if (!implementation) throw new Unsupported(`provider ${provider.name} has no function ${request.getTok()}`);
      try {
        const args = decode(request.getArgs());
        const issues = implementation.check(args);
        if (issues.length) throw new PropertyError(issues);
        const result = await operations.run(0, (limits) => implementation.invoke({ ...call, ...limits, args }));
        return new pb.InvokeResponse().setReturn(encode(result));
      } catch (error) {
        if (!(error instanceof PropertyError)) throw error;
        return new pb.InvokeResponse().setFailuresList(checkFailures(error.issues));
      }
    }),

    construct: answer(construct(provider, engineLog)),

    call: answer((request: pb.CallRequest): never => {
      throw new Unsupported(`provider ${provider.name} has no method ${request.getTok()}`);
    }),

    cancel: answer(() => {
      operations.cancel(() => provider.close());
      return new Empty();
    }),
  };
}
