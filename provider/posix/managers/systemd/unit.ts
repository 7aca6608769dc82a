import type { Definition } from "../../../../model/service";
import { Directives, optionAssignments } from "./directives";
import { MAPPINGS } from "./mappings";
import type { ParseContext, RenderContext } from "./mappings/mapping";
import { formatUnitFile, type Assignment } from "./unitFile";

const TYPE = "Type";
const WANTED_BY = "multi-user.target";

/** The unit file of a definition (systemd.service(5)). Throws if the host's systemd is too old for it. */
export function renderUnit(definition: Definition, context: RenderContext, header: readonly string[] = []): string {
  const options = definition.options?.systemd;
  const defaults: Assignment[] = [];
  // With "exec", a start fails when the program or the user is missing. Older versions only have "simple".
  const type = context.systemdVersion < 240 ? "simple" : "exec";
  if (options?.service?.[TYPE] === undefined) defaults.push({ section: "Service", name: TYPE, value: type });
  if (!Object.keys(options?.install ?? {}).length) {
    defaults.push({ section: "Install", name: "WantedBy", value: WANTED_BY });
  }
  const lines = MAPPINGS.flatMap((mapping) => mapping.render(definition, context));
  return formatUnitFile(header, [...defaults, ...lines, ...optionAssignments(options)]);
}

/** The definition in the lines of a unit and its drop-ins: properties where they are exact, otherwise `options.systemd`. */
export function parseUnit(assignments: Iterable<Assignment>, context: ParseContext): Definition {
  const directives = new Directives(assignments);
  const definition: Definition = {};
  const implied = impliedType(directives);
  if (implied) directives.take("Service", TYPE, [implied]);
  for (const mapping of MAPPINGS) mapping.parse(directives, definition, context);
  if (["simple", "exec"].includes(directives.all("Service", TYPE).at(-1) ?? "")) directives.take("Service", TYPE);
  const { install, ...rest } = directives.toOptions();
  const isOurs = Object.keys(install ?? {}).length === 1 && install?.["WantedBy"] === WANTED_BY;
  const systemd = isOurs || !install ? rest : { ...rest, install };
  return Object.keys(systemd).length ? { ...definition, options: { systemd } } : definition;
}

/** The default of Type= for a unit without it (systemd.service(5)), unless we write the same type ourselves. */
function impliedType(directives: Directives): string | undefined {
  if (directives.all("Service", TYPE).length) return undefined;
  if (directives.all("Service", "BusName").at(-1)) return "dbus";
  return directives.effective("Service", "ExecStart").length ? undefined : "oneshot";
}
