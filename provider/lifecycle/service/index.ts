import { randomUUID } from "node:crypto";
import { HostError } from "../../../model/errors";
import { SecretPaths, UNKNOWN, type Props } from "../../../model/props";
import { definitionProperties } from "../../../schema/service";
import type { ManagerRules } from "../../rules";
import type { CheckRequest, CheckResult, DiffRequest, Difference, HostCall, Lifecycle } from "../lifecycle";
import { markSecrets } from "../providerConfig";
import { changeService } from "./change";
import { serviceIssues } from "./check";
import { inputsOf, type Context } from "./context";
import { definitionOf } from "./definition";
import { deleteService } from "./delete";
import { importProblem } from "./importWay";
import { diffService } from "./diff";
import { parseId, serviceId } from "./id";
import { otherMachine } from "./machine";
import { ownershipAtCreate, ownershipAtUpdate } from "./ownership";
import { readService } from "./read";

/** `bots:index:Service`: a long-running program, run by the service manager of a host. */
export class ServiceLifecycle implements Lifecycle {
  /** Of the services that this process has made or taken over. */
  readonly #ownerIds = new Set<string>();

  constructor(private readonly context: Context) {}

  check({ news, log }: CheckRequest): CheckResult {
    const failures = serviceIssues(news, this.candidates(news), this.context.connections);
    markSecrets(news, ["connection"]);
    if (failures.length === 0 && typeof news.values.hold === "string") {
      const { name } = news.values;
      log.info(
        `${typeof name === "string" ? name : "the service"} is on hold, neither started nor stopped: ${news.values.hold}`,
      );
    }
    return { inputs: news, failures };
  }

  diff(request: DiffRequest): Difference {
    return diffService(this.context, request);
  }

  planned(inputs: Props, old?: { outputs: Props; difference: Difference }): Props {
    const planned: Props["values"] = {};
    const existing = inputs.values.existing === true;
    for (const key of ["name", "existing", ...(existing ? [] : definitionProperties), "triggers"]) {
      if (inputs.values[key] !== undefined) planned[key] = inputs.values[key];
    }
    planned.startMode = inputs.values.startMode ?? "automatic";
    const changes = old === undefined || old.difference.properties.length > 0;
    const live = ["running", "status", "pid", "restartCount", "files", "unmapped", "restartPending"];
    for (const key of existing ? [...live, "observed"] : live) {
      planned[key] = changes ? UNKNOWN : old.outputs.values[key];
    }
    planned.machineId = old?.outputs.values.machineId ?? UNKNOWN;
    if (!existing) planned.ownerId = old?.outputs.values.ownerId ?? UNKNOWN;
    const { manager } = inputs.values;
    const moves = old?.difference.properties.some(({ path }) => path[0] === "manager") ?? true;
    planned.manager =
      moves && manager !== undefined && manager !== "auto" ? manager : (old?.outputs.values.manager ?? UNKNOWN);
    planned.logHint = moves ? UNKNOWN : old?.outputs.values.logHint;
    // What is taken from the old outputs is as secret as it was there.
    const kept = [...(old?.outputs.secrets ?? [])].filter(
      ([key]) => planned[String(key)] === old?.outputs.values[String(key)],
    );
    return { values: planned, secrets: new SecretPaths([...inputs.secrets, ...kept]) };
  }

  async create(request: HostCall & { inputs: Props }): Promise<{ id: string; outputs: Props }> {
    const { name, connection } = inputsOf(request.inputs);
    const host = this.context.connections.hostOf(connection);
    if (typeof host !== "string") throw new Error("Check lets no service pass without a host");
    const where = { host, newOwnerId: this.#newOwnerId() };
    const outputs = await changeService(this.context, request, where, ownershipAtCreate);
    return { id: serviceId(host, name), outputs };
  }

  read(request: Parameters<Lifecycle["read"]>[0]): ReturnType<Lifecycle["read"]> {
    const isImport = request.inputs === undefined && request.outputs === undefined;
    return readService(this.context, request).catch((error: unknown) => {
      throw isImport ? importProblem(error) : error;
    });
  }

  async update(request: Parameters<Lifecycle["update"]>[0]): Promise<{ outputs: Props }> {
    const { host } = parseId(request.id);
    const { ownerId, machineId, manager } = request.oldOutputs.values as Record<string, string | undefined>;
    const where = { host, manager, ownerId, newOwnerId: this.#newOwnerId() };
    const outputs = await changeService(this.context, request, where, (operation, live) => {
      const ids = otherMachine(operation.session.facts, machineId);
      if (ids !== undefined) {
        const way =
          "Nothing was changed. If it was reinstalled, run `pulumi up --refresh`; if it is another machine, correct its address";
        throw new HostError("remote", host, `is a different machine from the one in the state (${ids}). ${way}`);
      }
      return ownershipAtUpdate(operation, live, { ownerId, definition: definitionOf(request.oldOutputs) });
    });
    return { outputs };
  }

  delete(request: Parameters<Lifecycle["delete"]>[0]): Promise<void> {
    return deleteService(this.context, request, this.#ownerIds);
  }

  #newOwnerId(): string {
    const id = randomUUID();
    this.#ownerIds.add(id);
    return id;
  }

  /** The managers that it may come to, before its host has been asked. */
  private candidates({ values }: Props): ManagerRules[] {
    const { managers } = this.context;
    const named = managers.get(String(values.manager));
    return named === undefined ? [...managers.values()] : [named];
  }
}
