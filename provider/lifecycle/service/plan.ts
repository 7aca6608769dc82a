import type { Deviation } from "../../../model/compare";
import type { Status } from "../../../model/service";
import type { ServiceInputs } from "../../../schema/service";
import type { Impact, ManagerRules } from "../../rules";

/** What is done to the process. */
export type Action = "none" | "start" | "stop" | "restart" | "reload";

export interface Situation {
  status: Status;
  /** The process is older than the definition on the host. */
  restartPending: boolean;
}

const order: readonly Impact[] = ["none", "enable", "reload", "restart"];

/** The most that a set of changes asks for. */
export function consequenceOf(manager: ManagerRules, changes: readonly Deviation[]): Impact {
  const all = changes.map(({ path }) =>
    path[0] === "triggers" || path[0] === "manager" ? "restart" : manager.impact(path),
  );
  return order[Math.max(0, ...all.map((one) => order.indexOf(one)))] ?? "none";
}

/**
 * The one place that decides whether a service is started, stopped or restarted. When nothing tells whether it runs, nothing
 * is done to the process; {@link mustBeKnown} says when that is an error.
 */
export function actionFor(
  inputs: Pick<ServiceInputs, "hold" | "running" | "whenChanged">,
  situation: Situation,
  consequence: Impact,
): Action {
  const { status } = situation;
  if (inputs.hold !== undefined || status === "unknown") return "none";
  const alive = status === "running" || status === "notReady" || status === "flapping";
  if (inputs.running === false) return alive ? "stop" : "none";
  if (!alive) return inputs.running === "unmanaged" ? "none" : "start";
  if (status === "notReady" && inputs.whenChanged === "defer") return "none";
  if (status !== "running" && inputs.running !== "unmanaged") return "restart";
  if (consequence !== "restart" && !situation.restartPending) return "none";
  const whenChanged = inputs.whenChanged ?? "restart";
  return whenChanged === "defer" ? "none" : whenChanged;
}

/** Another definition takes the place of somebody else's: a process that reads its configuration again would keep the old one. */
export function withoutReload(inputs: ServiceInputs): ServiceInputs {
  return inputs.whenChanged === "reload" ? { ...inputs, whenChanged: "restart" } : inputs;
}

/** Does what is wanted depend on whether it runs? Then a service of status `unknown` can't be changed. */
export function mustBeKnown(inputs: ServiceInputs, consequence: Impact): boolean {
  if (inputs.hold !== undefined) return false;
  return inputs.running !== "unmanaged" || (consequence === "restart" && inputs.whenChanged !== "defer");
}

/** The action in words, for a preview. */
export function describeAction(
  action: Action,
  name: string,
  host: string,
  pid: number | undefined,
): string | undefined {
  const process = pid === undefined ? "" : ` (pid ${pid})`;
  switch (action) {
    case "restart":
      return `restarts ${name} on ${host}${process}`;
    case "reload":
      return `makes ${name} on ${host} read its configuration again${process}`;
    case "start":
      return `starts ${name} on ${host}`;
    case "stop":
      return `stops ${name} on ${host}${process}`;
    case "none":
      return undefined;
  }
}

/** A move to another manager in words, for a preview. */
export function describeMove(move: {
  name: string;
  host: string;
  pid: number | undefined;
  from: string;
  to: string;
}): string {
  const process = move.pid === undefined ? "" : ` (pid ${move.pid})`;
  return `moves ${move.name} on ${move.host} from ${move.from} to ${move.to}: stopped${process} and removed there first, then made and started anew`;
}
