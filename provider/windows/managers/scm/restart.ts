import type { Definition, WindowsOptions } from "../../../../model/service";

/** How long services.msc waits before it restarts a service, in seconds. */
export const USUAL_DELAY = 60;
/** A start that lasted so long does not count as failed, in seconds (`restart.maxAttempts`). */
const GOOD_START = 10;

type Restart = NonNullable<Definition["restart"]>;
type FailureActions = Required<WindowsOptions>["failureActions"];

/** The failure actions that `restart` asks for; undefined for none. */
export function failureActionsFor({
  policy,
  delaySeconds = USUAL_DELAY,
  maxAttempts = 0,
}: Restart): FailureActions | undefined {
  if (policy !== "onFailure") return undefined;
  const restart = { type: "restart" as const, delaySeconds };
  const attempts = Array.from({ length: Math.max(1, maxAttempts) }, () => restart);
  return {
    actions: maxAttempts === 0 ? attempts : [...attempts, { type: "none", delaySeconds: 0 }],
    resetSeconds: Math.ceil(delaySeconds) + GOOD_START,
    onNonCrashFailures: true,
  };
}

/** `restart`, if it says the same as the failure actions. In a preview, the actions may be missing. */
function restartFor({
  actions = [],
  resetSeconds,
  onNonCrashFailures,
  ...others
}: Partial<FailureActions>): Restart | undefined {
  const [first, last] = [actions[0], actions.at(-1)];
  if (first?.type !== "restart" || onNonCrashFailures !== true || Object.keys(others).length > 0) return undefined;
  const { delaySeconds = 0 } = first;
  const isLimited = last?.type === "none";
  const attempts = isLimited ? actions.slice(0, -1) : actions;
  if (attempts.some((action) => action.type !== "restart" || (action.delaySeconds ?? 0) !== delaySeconds))
    return undefined;
  // Without a limit the last action goes on for ever, whenever the count begins again.
  if (isLimited && resetSeconds !== Math.ceil(delaySeconds) + GOOD_START) return undefined;
  return { policy: "onFailure", delaySeconds, maxAttempts: isLimited ? attempts.length : 0 };
}

/** The definition with `restart` instead of failure actions that say the same. */
export function withRestart(definition: Definition): Definition {
  const { failureActions, ...windows } = definition.options?.windows ?? {};
  const restart = failureActions && restartFor(failureActions);
  if (restart === undefined) return definition;
  const { windows: _, ...others } = definition.options ?? {};
  const options = Object.keys(windows).length === 0 ? others : { ...others, windows };
  const { options: __, ...rest } = definition;
  return { ...rest, restart, ...(Object.keys(options).length > 0 && { options }) };
}

/** What the service control manager is told: the options, with the failure actions of `restart`. */
export function optionsOf({ restart, options }: Definition): WindowsOptions {
  const failureActions = restart && failureActionsFor(restart);
  return { ...options?.windows, ...(failureActions && { failureActions }) };
}
