import { formatPath, pick, SecretPaths, type Path, type Props, type Values } from "../../../model/props";
import type { Definition, Live, Marker, Observation, UnmappedLine } from "../../../model/service";
import { definitionProperties } from "../../../schema/service";
import type { Facts } from "../../platform";
import { definitionHash } from "../../../model/hash";
import type { ManagerRules } from "../../rules";
import { secretOutputs, withoutMarks } from "./secrecy";
import { isNoteOf, KEY, NOTE, noteOf, type Triggers } from "./triggers";

/** The definition in checked inputs, or in outputs. */
export function definitionOf({ values, secrets }: Props): Definition {
  const definition = pick(values as Definition, definitionProperties) as Definition;
  const secret = Object.keys(definition.environment ?? {}).filter((key) => secrets.covers(["environment", key]));
  if (secret.length > 0) definition.secretEnvironment = secret;
  return definition;
}

/** The outputs of a service as it was found. */
export interface Sighting {
  name: string;
  manager: ManagerRules;
  live: Live;
  facts: Facts;
  ownerId: string | undefined;
  /** The triggers that are known: they count when the marker bears their hash. */
  triggers: Values | undefined;
  /** Somebody else defines it. */
  existing?: boolean;
  /** Of an existing service: its triggers have changed since its process was started. */
  restartPending?: boolean;
  /** Of that hash, when one of them is secret. */
  triggersKey?: string | undefined;
  /** What is secret in the inputs. */
  inputSecrets?: Iterable<Path>;
}

/** What Read, Create and Update give back: live values, property by property. */
export function outputsOf(sighting: Sighting): Props {
  const { name, manager, live, ownerId, inputSecrets = [] } = sighting;
  if (sighting.existing === true) return existingOutputs(sighting);
  const { secretEnvironment: _, ...definition } = manager.defaults(live.definition);
  const unmapped = withoutMarks("unmapped", [...live.unmapped, ...exposed(live, new SecretPaths(inputSecrets))]);
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

/** What a host says of every service, whoever defines it. */
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

/** The same of a service that somebody else defines: its definition is advice, in `observed`. */
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

/** What the properties of a definition that is data say, one by one. */
function observationsOf({ definition, files, secret: hidden = false }: Live): Observation[] {
  const { secretEnvironment = [], ...properties } = definition;
  const file = files[0]?.path ?? "";
  const flat = (value: unknown, path: Path): Observation[] => {
    if (value === undefined) return [];
    if (value === null || typeof value !== "object" || Array.isArray(value)) {
      const secret = hidden || (path[0] === "environment" && secretEnvironment.includes(String(path[1])));
      return [{ property: formatPath(path), value, file, ...(secret && { secret }) }];
    }
    return Object.entries(value).flatMap(([key, inner]) => flat(inner, [...path, key]));
  };
  return flat(properties, []);
}

/** Where an existing service logs to, as far as its definition could be read. */
export function observedDefinition({ definition, observed }: Pick<Live, "definition" | "observed">): Definition {
  if (observed === undefined) return definition;
  const logs: Definition["logs"] = {};
  for (const { property, value } of observed) {
    if (typeof value !== "string") continue;
    if (property === "logs.stdout") logs.stdout = value;
    if (property === "logs.stderr") logs.stderr = value;
  }
  return Object.keys(logs).length > 0 ? { logs } : {};
}

/** Variables that are secret, and stand where every user of the host can read them. */
function exposed({ definition, files, secret }: Live, secrets: SecretPaths): UnmappedLine[] {
  const shown = Object.keys(definition.environment ?? {}).filter(
    (key) => secrets.covers(["environment", key]) && !definition.secretEnvironment?.includes(key),
  );
  const file = files[0]?.path ?? "";
  return secret
    ? []
    : shown.map((key) => ({ file, line: `(environment.${key} is secret, and others can read it here)` }));
}

function triggersIn({ live: { marker }, triggers, triggersKey: key }: Sighting): Values {
  if (marker === undefined || isNoteOf(marker.triggers, { values: triggers, key })) return { triggers };
  return { [NOTE]: marker.triggers };
}

/** Does the process run an older definition than the one on the host? */
export function isRestartPending({ marker, state }: Live): boolean {
  return state.pid !== undefined && marker?.outdated !== undefined && marker.outdated === state.incarnation;
}

export function markerOf(parts: {
  ownerId: string;
  urn: string;
  definition: Definition;
  triggers: Triggers;
  outdated: string | undefined;
}): Marker {
  return {
    ownerId: parts.ownerId,
    urn: parts.urn,
    definition: definitionHash(parts.definition),
    triggers: noteOf(parts.triggers),
    ...(parts.outdated === undefined ? {} : { outdated: parts.outdated }),
  };
}
