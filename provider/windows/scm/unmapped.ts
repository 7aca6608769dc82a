import type { UnmappedLine } from "../../../model/service";
import { inHive, serviceKey, type ServiceRecord } from "../reading/record";
import { unmappedValue } from "../registry/reader";
import { sameName, valueIn, type RegistryKey, type RegistryValue } from "../registry/values";
import { MARKER_KEY } from "../managers/marker";

/** Values of a service's own key that change what runs, and that are properties under some managers only. */
const ODD = ["Environment", "DependOnGroup"];

/** Those of them that are none under this manager. */
export function oddSettings({ name, keys }: ServiceRecord, known: readonly string[]): UnmappedLine[] {
  const key = keys.get("");
  return ODD.filter((setting) => !known.includes(setting)).flatMap((setting) => {
    const value = valueIn(key, setting);
    return value === undefined || isEmpty(value) ? [] : [unmappedValue(inHive(serviceKey(name)), setting, value)];
  });
}

/** An empty list or text. */
const isEmpty = ({ data }: RegistryValue): boolean => String(data) === "";

/** Keys below a service that its manager does not know. */
export function oddKeys(keys: ReadonlyMap<string, RegistryKey>, known: readonly string[]): UnmappedLine[] {
  return [...keys]
    .filter(([path]) => !["", MARKER_KEY, ...known].some((one) => sameName(one, path)))
    .flatMap(([, { path, values }]) => {
      const lines = [...values].map(([name, value]) => unmappedValue(path, name, value));
      return lines.length > 0 ? lines : [{ file: path, line: "(a key without values)" }];
    });
}
