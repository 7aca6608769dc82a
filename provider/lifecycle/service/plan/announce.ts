import { plan as planOf, type Plan } from "./plan";
import type { Rules, Seen } from "./seen";
import type { Wanted } from "./wanted";

/** Describes a plan for a preview. Properties that are not known yet are named in the text. */
export function announce(plan: Plan, wanted: Wanted, seen: Seen, rules: Rules, host: string): string[] {
  if (plan.differences.length === 0) return [];
  const { name } = wanted.inputs;
  const isOpen = (property: string) => wanted.values[property] !== undefined && !(property in wanted.inputs);
  if (isOpen("manager")) return [`may move ${name} on ${host} from ${seen.rules.name} to another manager`];
  if (plan.refusal !== undefined) return [`can't change ${name} on ${host}: ${plan.refusal.note}`];
  const definition = plan.releases
    ? `leaves the definition of ${name} on ${host} as it is, and no longer manages it`
    : plan.takesOver
      ? `replaces the definition of ${name} on ${host} and keeps a copy there`
      : undefined;
  const action = plan.moves ? moveInWords(plan, name, seen, rules, host) : actionInWords(plan, name, seen, host);
  const open = ["running", "hold", "whenChanged"].filter(isOpen);
  const onlyUnready =
    seen.status === "notReady" && planOf(wanted, { ...seen, status: "running" }, rules).action === "none";
  const still = plan.action === "restart" && onlyUnready ? ", if it is still not ready" : "";
  const unless = open.length === 0 ? "" : `, unless ${open.join(" or ")} (not known yet) says otherwise`;
  return [
    ...(definition === undefined ? [] : [definition]),
    ...(action === undefined ? [] : [`${action}${still}${unless}`]),
  ];
}

function actionInWords({ action }: Plan, name: string, { pid }: Seen, host: string): string | undefined {
  switch (action) {
    case "restart":
      return `restarts ${name} on ${host}${processOf(pid)}`;
    case "reload":
      return `reloads ${name} on ${host}${processOf(pid)}`;
    case "start":
      return `starts ${name} on ${host}`;
    case "stop":
      return `stops ${name} on ${host}${processOf(pid)}`;
    case "none":
      return undefined;
  }
}

function moveInWords({ action }: Plan, name: string, { pid, rules: from }: Seen, to: Rules, host: string): string {
  const made = action === "start" ? "created and started" : "created, but not started";
  return `moves ${name} on ${host} from ${from.name} to ${to.name}: it is stopped${processOf(pid)} and removed there first, then ${made}`;
}

function processOf(pid: number | undefined): string {
  return pid === undefined ? "" : ` (pid ${pid})`;
}
