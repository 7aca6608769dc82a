import type { WindowsOptions } from "../../../model/service";
import type { ServiceRecord } from "../reading/record";
import { numberIn, textIn, valueIn } from "../registry/values";

/** `dwResetPeriod` that never ends (INFINITE). */
const NEVER = 0xffff_ffff;

type FailureActions = Required<WindowsOptions>["failureActions"];
type ActionType = FailureActions["actions"][number]["type"];
type ServiceSid = Required<WindowsOptions>["serviceSid"];

/** SC_ACTION_TYPE in winsvc.h. */
const TYPES: readonly ActionType[] = ["none", "restart", "reboot", "run"];
/** SERVICE_SID_TYPE_… in winsvc.h. */
const SIDS: Readonly<Record<number, ServiceSid>> = { 1: "unrestricted", 3: "restricted" };

/** What the service control manager has of every service besides the definition. Unset options are missing. */
export function readOptions({ keys }: Pick<ServiceRecord, "keys">): WindowsOptions | undefined {
  const key = keys.get("");
  const failureActions = readFailureActions(key);
  const serviceSid = SIDS[numberIn(key, "ServiceSidType") ?? 0];
  const group = textIn(key, "Group");
  const all = { ...(failureActions && { failureActions }), ...(serviceSid && { serviceSid }), ...(group && { group }) };
  return Object.keys(all).length === 0 ? undefined : all;
}

/** SERVICE_FAILURE_ACTIONS as it is in the registry: reset period, two pointers, count, a third pointer; then type and delay of each. */
function readFailureActions(key: Parameters<typeof textIn>[0]): FailureActions | undefined {
  const value = valueIn(key, "FailureActions");
  const data = value?.type === "binary" ? value.data : Buffer.alloc(0);
  const count = data.length < 20 ? 0 : Math.min(data.readUInt32LE(12), (data.length - 20) >> 3);
  if (count === 0) return undefined;
  const reset = data.readUInt32LE(0);
  const command = textIn(key, "FailureCommand");
  const rebootMessage = textIn(key, "RebootMessage");
  return {
    actions: Array.from({ length: count }, (_, i) => ({
      type: TYPES[data.readUInt32LE(20 + 8 * i)] ?? "none",
      delaySeconds: data.readUInt32LE(24 + 8 * i) / 1000,
    })),
    ...(reset !== NEVER && { resetSeconds: reset }),
    ...(command && { command }),
    ...(rebootMessage && { rebootMessage }),
    ...(numberIn(key, "FailureActionsOnNonCrashFailures") === 1 && { onNonCrashFailures: true }),
  };
}

/** The options with their defaults. Trailing equal actions are one: the last one counts for all later failures. */
export function resolveOptions({ failureActions, serviceSid = "none", group }: WindowsOptions = {}): WindowsOptions {
  return {
    serviceSid,
    ...(group !== undefined && { group: group.toLowerCase() }),
    ...(failureActions && {
      failureActions: {
        onNonCrashFailures: false,
        ...failureActions,
        // Missing in a preview, while they are not known.
        actions: withoutRepetition(
          (failureActions.actions ?? []).map(({ type, delaySeconds = 0 }) => ({ type, delaySeconds })),
        ),
      },
    }),
  };
}

function withoutRepetition(actions: FailureActions["actions"]): FailureActions["actions"] {
  const [last, before] = [actions.at(-1), actions.at(-2)];
  const isSame = before !== undefined && before.type === last?.type && before.delaySeconds === last.delaySeconds;
  return isSame ? withoutRepetition(actions.slice(0, -1)) : actions;
}

/** The arguments of `sc failure`, without the name of the service. */
export function failureArguments(failureActions: FailureActions | undefined): string[] {
  const { actions = [], resetSeconds, command = "", rebootMessage = "" } = failureActions ?? {};
  // sc.exe has no word for the action none.
  const word = ({ type, delaySeconds = 0 }: FailureActions["actions"][number]) =>
    `${type === "none" ? "" : type}/${Math.round(delaySeconds * 1000)}`;
  const reset = failureActions === undefined ? "0" : resetSeconds === undefined ? "infinite" : String(resetSeconds);
  return ["reset=", reset, "reboot=", rebootMessage, "command=", command, "actions=", actions.map(word).join("/")];
}
