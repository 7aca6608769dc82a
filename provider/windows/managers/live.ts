import { markerFromJson } from "../../../model/marker";
import { setAt } from "../../../model/props";
import type { Definition, Live, Observation, UnmappedLine } from "../../../model/service";
import { unmappedValue } from "../registry/reader";
import { sameName, textIn, valueIn, type RegistryKey, type RegistryValue } from "../registry/values";
import { inHive, serviceKey, type ServiceRecord } from "../reading/record";
import { unquotedWarning } from "../scm/imagePath";
import { scmDefinition, startModeOf } from "../scm/definition";
import type { Driver } from "./driver";
import { MARKER, MARKER_KEY, PROGRAM } from "./marker";

/** A value of the provider's key: the marker of a service that is being created. */
export const PENDING = "pending";
/** A value of the provider's key: the manager of the service in the backup. */
export const FORMER = "former";

/** A service as read on a host. */
export function liveOf(driver: Driver, record: ServiceRecord): Live {
  const { scm, keys, own } = record;
  const warning = unquotedWarning(scm?.imagePath ?? "");
  const nothing = { masked: false, files: [], overrides: [], warnings: warning === undefined ? [] : [warning] };
  if (scm === undefined) {
    const state = { status: "notInstalled" as const, restartCount: 0, inTransit: false };
    return { ...nothing, installed: false, definition: {}, startMode: "manual", state, unmapped: [] };
  }
  // A create that was cut off has written its marker here first.
  const marker =
    markerFromJson(textIn(keys.get(MARKER_KEY), MARKER) ?? "") ?? markerFromJson(textIn(own.get(""), PENDING) ?? "");
  const about = { ...nothing, installed: true, startMode: startModeOf(record), ...(marker && { marker }) };
  const state = driver.state(record);
  if (!driver.claims(record)) return { ...about, definition: {}, observed: observed(record), unmapped: [], state };
  const { definition, unmapped } = driver.parse(record);
  const given = textIn(keys.get(MARKER_KEY), PROGRAM) === "given";
  const program = driver.programOf(record);
  const whole: Definition = { ...definition, ...scmDefinition(record) };
  if (given && program !== undefined) setAt(whole, driver.programProperty, program);
  return {
    ...about,
    definition: whole,
    unmapped: [...unmapped, ...oddSettings(record)],
    state,
  };
}

/** Settings of the service control manager that no property covers, and that change what runs. */
const ODD = ["Environment", "FailureActions", "DependOnGroup", "Group"];

function oddSettings({ name, keys }: ServiceRecord): UnmappedLine[] {
  const key = keys.get("");
  return ODD.flatMap((setting) => {
    const value = valueIn(key, setting);
    return value === undefined || isEmpty(value) ? [] : [unmappedValue(inHive(serviceKey(name)), setting, value)];
  });
}

/** An empty list or text, and failure actions without an action (SERVICE_FAILURE_ACTIONS has their number at byte 12). */
function isEmpty(value: RegistryValue): boolean {
  if (value.type === "binary") return value.data.length < 16 || value.data.readUInt32LE(12) === 0;
  return value.type === "other" ? value.data.length === 0 : String(value.data) === "";
}

/** Keys below a service that its manager does not know. */
export function oddKeys(keys: ReadonlyMap<string, RegistryKey>, known: readonly string[]): UnmappedLine[] {
  return [...keys]
    .filter(([path]) => !["", MARKER_KEY, ...known].some((one) => sameName(one, path)))
    .flatMap(([, { path, values }]) => {
      const lines = [...values].map(([name, value]) => unmappedValue(path, name, value));
      return lines.length > 0 ? lines : [{ file: path, line: "(a key without values)" }];
    });
}

/** What a service of another kind says of itself. */
function observed({ name, scm, keys }: ServiceRecord): Observation[] {
  const file = inHive(serviceKey(name));
  const texts = { displayName: scm?.displayName, description: textIn(keys.get(""), "Description") };
  return [
    { property: "command", value: scm?.imagePath ?? "", file },
    { property: "runAs.user", value: scm?.account ?? "", file },
    ...Object.entries(texts).flatMap(([property, value]) => (value ? [{ property, value, file }] : [])),
  ];
}
