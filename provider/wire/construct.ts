import * as grpc from "@grpc/grpc-js";
import { PluginAttach } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import type { ConstructRequest, ConstructResponse } from "@pulumi/pulumi/proto/provider_pb";
import { PropertyError } from "../../model/errors";
import { SecretPaths } from "../../model/props";
import type { Components, Provider } from "../lifecycle/lifecycle";
import { decode } from "./codec";
import { Answered, Unsupported } from "./failures";
import type { Redact } from "./redact";
import { statusText } from "./statusText";
import { WrongArguments } from "./wrongArguments";

/**
 * Answers Construct. Reports all errors in the arguments at once, and forwards the call unchanged to the SDK's server, which
 * constructs the component.
 */
export function construct(
  { name, components }: Provider,
  engine: { readonly address: string },
): (request: ConstructRequest) => Promise<ConstructResponse> {
  let server: Promise<ResourceProviderClient> | undefined;
  return async (request) => {
    const check = components?.types.get(request.getType());
    if (!components || !check) throw new Unsupported(`provider ${name} has no component ${request.getType()}`);
    refuse(request, check);
    // Parallel calls share the promise.
    const client = await (server ??= start(components, engine.address));
    // A plugin that is being debugged gets a new engine with each run.
    await handOn((done) => client.attach(new PluginAttach().setAddress(engine.address), done));
    return handOn((done) => client.construct(request, done));
  };
}

type Check = Components["types"] extends ReadonlyMap<string, infer C> ? C : never;

function refuse(request: ConstructRequest, check: Check): void {
  let secrets = new SecretPaths();
  try {
    const args = decode(request.getInputs());
    secrets = args.secrets;
    const issues = check(args.values);
    if (issues.length) throw new PropertyError(issues);
  } catch (error) {
    if (!(error instanceof PropertyError)) throw error;
    throw new WrongArguments(request.getName(), error.issues, secrets);
  }
}

async function start(components: Components, engineAddress: string): Promise<ResourceProviderClient> {
  const address = await components.serve(engineAddress);
  return new ResourceProviderClient(address, grpc.credentials.createInsecure());
}

function handOn<Response>(call: (done: grpc.requestCallback<Response>) => void): Promise<Response> {
  return new Promise((resolve, reject) => {
    call((error, response) => (error ? reject(new Refused(error)) : resolve(response as Response)));
  });
}

/** An error from the SDK's server. */
class Refused extends Answered {
  constructor(private readonly answer: grpc.ServiceError) {
    super(answer.details);
  }

  status(redact: Redact): Partial<grpc.StatusObject> {
    return { code: this.answer.code, details: statusText(redact(this.message)) };
  }
}
