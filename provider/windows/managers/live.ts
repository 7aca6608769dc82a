import { claimedBy } from ".";
import { markerFromJson } from "../../../model/marker";
import type { Live, Observation } from "../../../model/service";
import { textIn } from "../registry/values";
import { inHive, serviceKey, type ServiceRecord } from "../reading/record";
import { startModeOf } from "../scm/definition";
import { unquotedWarning } from "../scm/imagePath";
import { winswFile } from "../scm/winsw";
import type { Driver } from "./driver";
import { MARKER, MARKER_KEY, PASSWORD, PENDING } from "./marker";

/** A service as read on a host. All managers have it in the same place, so under another one it is not there. */
export function liveOf(driver: Driver, record: ServiceRecord): Live {
  const { scm, keys, own, remark } = record;
  const remarks = remark === undefined ? [] : [remark];
  const nothing = { masked: false, files: [], overrides: [] };
  if (scm === undefined || claimedBy(record) !== driver) {
    const state = { status: "notInstalled" as const, restartCount: 0, inTransit: false };
    return {
      ...nothing,
      installed: false,
      definition: {},
      startMode: "manual",
      state,
      unmapped: [],
      warnings: remarks,
    };
  }
  // A create that was cut off has written its marker here first.
  const marker =
    markerFromJson(textIn(keys.get(MARKER_KEY), MARKER) ?? "") ?? markerFromJson(textIn(own.get(""), PENDING) ?? "");
  const password = textIn(keys.get(MARKER_KEY), PASSWORD);
  const { warnings = [], ...definition } = driver.parse(record) ?? {
    definition: {},
    observed: observed(record),
    unmapped: [],
  };
  const warning = unquotedWarning("its image path", scm.imagePath);
  return {
    ...nothing,
    installed: true,
    startMode: startModeOf(record),
    ...(marker && { marker: { ...marker, ...(password !== undefined && { password }) } }),
    ...definition,
    state: driver.state(record),
    warnings: [...remarks, ...(warning === undefined ? [] : [warning]), ...warnings],
  };
}

/** What a service says of itself whose definition is not known. */
function observed({ name, scm, keys }: ServiceRecord): Observation[] {
  const file = inHive(serviceKey(name));
  const winsw = winswFile(scm?.imagePath ?? "");
  const texts = { displayName: scm?.displayName, description: textIn(keys.get(""), "Description") };
  return [
    winsw === undefined
      ? { property: "command", value: scm?.imagePath ?? "", file }
      : { property: "command", unknown: `WinSW reads it from ${winsw}`, file },
    { property: "runAs.user", value: scm?.account ?? "", file },
    ...Object.entries(texts).flatMap(([property, value]) => (value ? [{ property, value, file }] : [])),
  ];
}
