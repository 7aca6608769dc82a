import { randomUUID } from "node:crypto";
import type { Props } from "../../../model/props";
import type { CheckRequest, CheckResult, DiffRequest, Difference, HostCall, Lifecycle } from "../lifecycle";
import { checkService } from "./check";
import type { Context } from "./context";
import { createService } from "./create";
import { deleteService } from "./delete";
import { diffService } from "./diff";
import { plannedOutputs } from "./planned";
import { readService } from "./read";
import { updateService } from "./update";

/** `bots:index:Service`: a long-running program, run by the service manager of a host. */
export class ServiceLifecycle implements Lifecycle {
  /** Owner ids of the services that this process created or took over. */
  readonly #ownerIds = new Set<string>();

  constructor(private readonly context: Context) {}

  check(request: CheckRequest): CheckResult {
    return checkService(this.context, request);
  }

  diff(request: DiffRequest): Difference {
    return diffService(this.context, request);
  }

  planned(inputs: Props, old?: { outputs: Props; difference: Difference }): Props {
    return plannedOutputs(inputs, old);
  }

  create(request: HostCall & { inputs: Props }): Promise<{ id: string; outputs: Props }> {
    return createService(this.context, request, this.#newOwnerId());
  }

  read(request: Parameters<Lifecycle["read"]>[0]): ReturnType<Lifecycle["read"]> {
    return readService(this.context, request);
  }

  update(request: Parameters<Lifecycle["update"]>[0]): Promise<{ outputs: Props }> {
    return updateService(this.context, request, this.#newOwnerId());
  }

  delete(request: Parameters<Lifecycle["delete"]>[0]): Promise<void> {
    return deleteService(this.context, request, this.#ownerIds);
  }

  #newOwnerId(): string {
    const id = randomUUID();
    this.#ownerIds.add(id);
    return id;
  }
}
