import type { UntypedServiceImplementation } from "@grpc/grpc-js";
import * as pb from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { Path, Props } from "../../model/props";
import type { Call, Lifecycle, Provider } from "../lifecycle/lifecycle";
import { checkResponse, diffResponse, failuresOf } from "./answers";
import type { Answering } from "./call";
import { decode, encode } from "./codec";
import { Unsupported } from "./failures";
import type { Operations } from "./operations";

/** The methods for resources. Previews are answered from `diff` and `planned`, which can't contact a host. */
export function resourceMethods(
  provider: Provider,
  operations: Operations,
  answer: Answering,
): UntypedServiceImplementation {
  const lifecycleOf = (urn: string): Lifecycle => {
    const type = typeOf(urn);
    const lifecycle = provider.resources.get(type);
    if (lifecycle) return lifecycle;
    const known = [...provider.resources.keys()].join(", ");
    throw new Unsupported(`provider ${provider.name} ${provider.version} has no resource ${type}; it has ${known}`);
  };

  const diff = (request: pb.DiffRequest | pb.UpdateRequest, call: Call) => {
    const old = { inputs: decode(request.getOldInputs()), outputs: decode(request.getOlds()) };
    const news = decode(request.getNews());
    const difference = lifecycleOf(call.urn).diff({
      ...call,
      id: request.getId(),
      oldInputs: old.inputs,
      oldOutputs: old.outputs,
      news,
      ignoreChanges: request.getIgnorechangesList(),
    });
    return { old, news, difference };
  };

  const planUpdate = (request: pb.UpdateRequest, call: Call): pb.UpdateResponse => {
    const { old, news, difference } = diff(request, call);
    for (const note of difference.notes) call.log.info(note);
    const planned = lifecycleOf(call.urn).planned(news, { outputs: old.outputs, difference });
    return new pb.UpdateResponse().setProperties(encode(planned));
  };

  return {
    check: answer((request: pb.CheckRequest, call) => {
      const lifecycle = lifecycleOf(call.urn);
      let secrets: Iterable<Path> = [];
      const result = failuresOf(() => {
        const news = decode(request.getNews());
        secrets = news.secrets; // includes those that the check adds
        return lifecycle.check({ ...call, news, ...given({ olds: request.getOlds() }) });
      });
      return checkResponse(result, secrets);
    }),

    diff: answer((request: pb.DiffRequest, call) => {
      const { old, difference } = diff(request, call);
      return diffResponse(difference, old);
    }),

    create: answer(async (request: pb.CreateRequest, call) => {
      const lifecycle = lifecycleOf(call.urn);
      const inputs = decode(request.getProperties());
      if (request.getPreview()) return new pb.CreateResponse().setProperties(encode(lifecycle.planned(inputs)));
      const { id, outputs } = await operations.run(request.getTimeout(), (limits) =>
        lifecycle.create({ ...call, ...limits, inputs }),
      );
      return new pb.CreateResponse().setId(id).setProperties(encode(outputs));
    }),

    read: answer(async (request: pb.ReadRequest, call) => {
      const lifecycle = lifecycleOf(call.urn);
      const recorded = given({ inputs: request.getInputs(), outputs: request.getProperties() });
      const seen = await operations.run(request.getTimeout(), (limits) =>
        lifecycle.read({ ...call, ...limits, id: request.getId(), ...recorded }),
      );
      // Without an id, the engine removes the resource from the state.
      if (!seen) return new pb.ReadResponse();
      const { id, inputs, outputs } = seen;
      return new pb.ReadResponse().setId(id).setInputs(encode(inputs)).setProperties(encode(outputs));
    }),

    update: answer(async (request: pb.UpdateRequest, call) => {
      if (request.getPreview()) return planUpdate(request, call);
      const lifecycle = lifecycleOf(call.urn);
      const { outputs } = await operations.run(request.getTimeout(), (limits) =>
        lifecycle.update({
          ...call,
          ...limits,
          id: request.getId(),
          inputs: decode(request.getNews()),
          oldInputs: decode(request.getOldInputs()),
          oldOutputs: decode(request.getOlds()),
          ignoreChanges: request.getIgnorechangesList(),
        }),
      );
      return new pb.UpdateResponse().setProperties(encode(outputs));
    }),

    delete: answer(async (request: pb.DeleteRequest, call) => {
      const lifecycle = lifecycleOf(call.urn);
      const inputs = decode(request.getOldInputs());
      const outputs = decode(request.getProperties());
      await operations.run(request.getTimeout(), (limits) =>
        lifecycle.delete({ ...call, ...limits, id: request.getId(), inputs, outputs }),
      );
      return new Empty();
    }),
  };
}

/** The type in a URN: `bots:index:Service` in `urn:pulumi:dev::project::parent:Type$bots:index:Service::web`. */
function typeOf(urn: string): string {
  return urn.split("::")[2]?.split("$").at(-1) ?? "";
}

/** Decodes the bags that are given: for a missing one, parts of the engine send an empty bag, others nothing. */
function given<Key extends string>(structs: Record<Key, Struct | undefined>): { [key in Key]?: Props } {
  const bags: { [key in Key]?: Props } = {};
  for (const key in structs) if (structs[key]?.getFieldsMap().getLength()) bags[key] = decode(structs[key]);
  return bags;
}
