import { SecretPaths, type Path, type Props, type Values } from "../../../../model/props";
import type { Definition, Live, UnmappedLine } from "../../../../model/service";
import type { Facts } from "../../../platform";
import type { ManagerRules } from "../../../rules";
import { exposed } from "../plan/seen";
import { isRestartPending } from "./marker";
import { observationsOf, observedDefinition } from "./observed";
import { withPassword } from "./password";
import { secretOutputs, withoutMarks } from "./secrecy";
import { isNoteOf, KEY, NOTE } from "./triggers";

/** A service as found on its host, and what else its outputs need. */
export interface Sighting {
  name: string;
  manager: ManagerRules;
  live: Live;
  facts: Facts;
  ownerId: string | undefined;
  /** The known triggers: they count if the marker has their hash. */
  triggers: Values | undefined;
  /** It is an existing service (`existing: true`). */
  existing?: boolean;
  /** For an existing service: its triggers have changed since its process started. */
  restartPending?: boolean;
  /** The key of the triggers' hash, when a trigger is secret. */
  triggersKey?: string | undefined;
  /** Definitions with passwords that the account may have. */
  passwords?: readonly (Definition | undefined)[];
  /** The secret paths in the inputs. */
  inputSecrets?: Iterable<Path>;
}

/** The outputs that Read, Create and Update return: live values for each property. */
export function outputsOf(sighting: Sighting): Props {
  const { name, manager, live, ownerId, inputSecrets = [] } = sighting;
  if (sighting.existing === true) return existingOutputs(sighting);
  const { passwords = [], triggersKey } = sighting;
  const { secretEnvironment: _, ...definition } = manager.defaults(withPassword(live, triggersKey, passwords));
  const unmapped = withoutMarks("unmapped", [...live.unmapped, ...exposedIn(live, new SecretPaths(inputSecrets))]);
  const values: Values = {
    name,
    ...definition,
    ...runOutputs(sighting),
    ...triggersIn(sighting),
    unmapped: unmapped.values,
    restartPending: isRestartPending(live),
    logHint: manager.logHint(name, definition),
    ownerId,
    [KEY]: sighting.triggersKey,
  };
  const secrets = secretOutputs(values, live, inputSecrets);
  for (const path of unmapped.secrets) secrets.add(path);
  if (sighting.triggersKey !== undefined) secrets.add([KEY]);
  return { values, secrets };
}

/** The outputs that every service has, existing or not. */
function runOutputs({ manager, live, facts }: Sighting): Values {
  return {
    startMode: live.startMode,
    running: live.state.status === "running",
    manager: manager.name,
    machineId: facts.machineId,
    status: live.state.status,
    pid: live.state.pid,
    restartCount: live.state.restartCount,
    files: live.files,
  };
}

/** The outputs of an existing service: its definition is only shown, in `observed`. */
function existingOutputs(sighting: Sighting): Props {
  const { name, manager, live, triggers, restartPending = false, inputSecrets = [] } = sighting;
  const observed = withoutMarks("observed", live.observed ?? observationsOf(live));
  const values: Values = {
    name,
    existing: true,
    ...runOutputs(sighting),
    triggers,
    observed: observed.values,
    unmapped: [],
    restartPending,
    logHint: manager.logHint(name, observedDefinition(live)),
  };
  const secrets = secretOutputs(values, live, inputSecrets);
  for (const path of observed.secrets) secrets.add(path);
  return { values, secrets };
}

/** Secret variables in a file that every user of the host can read. */
function exposedIn({ definition, files, secret }: Live, secrets: SecretPaths): UnmappedLine[] {
  const shown = Object.keys(definition.environment ?? {}).filter(
    (key) => secrets.covers(["environment", key]) && !definition.secretEnvironment?.includes(key),
  );
  const file = files[0]?.path ?? "";
  return secret ? [] : shown.map((key) => ({ file, line: exposed(key) }));
}

function triggersIn({ live: { marker }, triggers, triggersKey: key }: Sighting): Values {
  if (marker === undefined || isNoteOf(marker.triggers, { values: triggers, key })) return { triggers };
  return { [NOTE]: marker.triggers };
}
