import { PropertyError, type Issue } from "../../model/errors";
import type { Props } from "../../model/props";
import { serviceSchema } from "../../schema/service";
import { validate } from "../../schema/validate";
import type { Connection } from "../../schema/connection";
import type { HostCall, ProviderFunction } from "./lifecycle";
import type { Context } from "./service/context";
import { serviceId } from "./service/id";
import { readService } from "./service/read";

const argsSchema = serviceSchema.pick({ connection: true, name: true });

/** `bots:index:getService`: the current state of a service on its host, whoever created it. */
export class GetService implements ProviderFunction {
  constructor(private readonly context: Context) {}

  check(args: Props): Issue[] {
    const shape = validate(argsSchema, args.values);
    if (shape.length > 0) return shape;
    return this.context.connections.issues(args.values.connection as Connection | undefined);
  }

  async invoke(request: HostCall & { args: Props }): Promise<Props> {
    const { connections } = this.context;
    const { connection, name } = request.args.values as { connection?: Connection; name: string };
    const host = connections.hostOf(connection);
    if (typeof host !== "string") {
      const message = "is not known yet, so no host can be read";
      throw new PropertyError([{ path: ["connection", "host"], message }]);
    }
    // No outputs, as on an import. The inputs contain the connection.
    const id = serviceId(host, name);
    const found = await readService(this.context, { ...request, id, inputs: request.args });
    if (found === undefined)
      throw new PropertyError([{ path: ["name"], message: `there is no service "${name}" on ${host}` }]);
    return found.outputs;
  }
}
