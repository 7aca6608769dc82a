import { createHash } from "node:crypto";
import { formatPath, pick, SecretPaths, type Path, type Props, type Values } from "../../../model/props";
import type { Definition, Live, Marker, Observation } from "../../../model/service";
import type { ServiceInputs } from "../../../schema/service";
import type { HostFacts } from "../../../model/host";
import { definitionHash } from "../../managers";
import type { Manager } from "../../managers/manager";

/** The properties that say what the service is, as its manager knows it. */
export const definitionProperties = [
  "displayName",
  "description",
  "command",
  "workingDirectory",
  "umask",
  "environment",
  "runAs",
  "restart",
  "stop",
  "reload",
  "requires",
  "logs",
  "options",
] as const satisfies readonly (keyof Definition & keyof ServiceInputs)[];

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
  manager: Manager;
  live: Live;
  facts: HostFacts;
  ownerId: string | undefined;
  /** The triggers that are known: they count when the marker bears their hash. */
  triggers: Values | undefined;
  /** Somebody else defines it. */
  existing?: boolean;
  /** Of an existing service: its triggers have changed since its process was started. */
  restartPending?: boolean;
}

/** What Read, Create and Update give back: live values, property by property. */
export function outputsOf(sighting: Sighting): Props {
  const { name, manager, live, facts, ownerId } = sighting;
  if (sighting.existing === true) return existingOutputs(sighting);
  const { secretEnvironment = [], ...definition } = manager.resolve(live.definition);
  const values: Values = {
    name,
    ...definition,
    startMode: live.startMode,
    running: live.state.status === "running",
    triggers: triggersOf(sighting),
    manager: manager.name,
    machineId: facts.machineId,
    status: live.state.status,
    pid: live.state.pid,
    restartCount: live.state.restartCount,
    files: live.files,
    unmapped: live.unmapped,
    restartPending: isRestartPending(live),
    logHint: manager.logHint(name, definition),
    ownerId,
  };
  return { values, secrets: new SecretPaths(secretEnvironment.map((key): Path => ["environment", key])) };
}

/** The same of a service that somebody else defines: its definition is advice, in `observed`. */
function existingOutputs({ name, manager, live, facts, triggers, restartPending = false }: Sighting): Props {
  const observed = live.observed ?? observationsOf(live);
  const values: Values = {
    name,
    existing: true,
    startMode: live.startMode,
    running: live.state.status === "running",
    triggers,
    manager: manager.name,
    machineId: facts.machineId,
    status: live.state.status,
    pid: live.state.pid,
    restartCount: live.state.restartCount,
    files: live.files,
    observed: observed.map(({ secret: _, ...observation }) => observation),
    unmapped: [],
    restartPending,
    logHint: manager.logHint(name, observedDefinition(live)),
  };
  const secrets = observed.flatMap(({ secret }, i): Path[] => (secret === true ? [["observed", i]] : []));
  return { values, secrets: new SecretPaths(secrets) };
}

/** What the properties of a definition that is data say, one by one. */
function observationsOf({ definition, files }: Live): Observation[] {
  const { secretEnvironment = [], ...properties } = definition;
  const file = files[0]?.path ?? "";
  const flat = (value: unknown, path: Path): Observation[] => {
    if (value === undefined) return [];
    if (value === null || typeof value !== "object" || Array.isArray(value)) {
      const secret = path[0] === "environment" && secretEnvironment.includes(String(path[1]));
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

function triggersOf({ live, triggers }: Sighting): Values | undefined {
  return live.marker === undefined || live.marker.triggers === hashOf(triggers ?? {}) ? triggers : undefined;
}

/** Does the process run an older definition than the one on the host? */
export function isRestartPending({ marker, state }: Live): boolean {
  return state.pid !== undefined && marker?.outdated !== undefined && marker.outdated === state.incarnation;
}

/** Hash of any JSON value, independent of the order of keys. */
export function hashOf(value: unknown): string {
  const sorted = JSON.stringify(value, (_, inner: unknown) =>
    inner !== null && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
  return createHash("sha256").update(sorted).digest("hex");
}

export function markerOf(parts: {
  ownerId: string;
  urn: string;
  definition: Definition;
  triggers: Values | undefined;
  outdated: string | undefined;
}): Marker {
  return {
    ownerId: parts.ownerId,
    urn: parts.urn,
    definition: definitionHash(parts.definition),
    triggers: hashOf(parts.triggers ?? {}),
    ...(parts.outdated === undefined ? {} : { outdated: parts.outdated }),
  };
}
