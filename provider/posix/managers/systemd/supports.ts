import type { Issue } from "../../../../model/errors";
import { getAt, UNKNOWN } from "../../../../model/props";
import type { Definition } from "../../../../model/service";
import { optionsOfOthers } from "../common/options";
import { OPTION_SECTIONS, valuesOf } from "./directives";
import { MAPPINGS } from "./mappings";
import { checkValue, DIRECTIVE_NAME, type Section } from "./unitFile";

/** Everything in a definition that systemd can't express, each at its path. Values that are not known yet are let pass. */
export function supports(definition: Definition): Issue[] {
  const known = withoutUnknowns(definition) as Definition;
  const issues = [
    ...MAPPINGS.flatMap((mapping) => mapping.check(known)),
    ...checkOptions(known),
    ...optionsOfOthers(known, "systemd"),
  ];
  return issues.filter(({ path }) => getAt(definition, path) !== UNKNOWN);
}

function checkOptions(definition: Definition): Issue[] {
  return OPTION_SECTIONS.flatMap(([key, section]) =>
    Object.entries(definition.options?.systemd?.[key] ?? {}).flatMap(([name, directive]) => {
      const path = ["options", "systemd", key, name];
      if (!DIRECTIVE_NAME.test(name)) return [{ path, message: "is no name of a directive" }];
      const twice = setAlsoBy(definition, section, name);
      if (twice) return [{ path, message: `is set by ${twice} already` }];
      return valuesOf(directive).flatMap((value, i): Issue[] => {
        const message = checkValue(value);
        return message ? [{ path: Array.isArray(directive) ? [...path, i] : path, message }] : [];
      });
    }),
  );
}

/** The property that sets a directive too, when it is given. */
function setAlsoBy(definition: Definition, section: Section, name: string): string | undefined {
  const owner = MAPPINGS.flatMap(({ owns }) => owns).find((o) => o.section === section && o.name === name);
  return owner && !owner.shared && getAt(definition, owner.path) !== undefined ? owner.path.join(".") : undefined;
}

/** Unknown values left out; in lists they leave a hole, so that the others keep their place. */
function withoutUnknowns(value: unknown): unknown {
  if (Array.isArray(value)) {
    const list: unknown[] = new Array(value.length);
    value.forEach((item, i) => item !== UNKNOWN && (list[i] = withoutUnknowns(item)));
    return list;
  }
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).filter(([, item]) => item !== UNKNOWN);
  return Object.fromEntries(entries.map(([key, item]) => [key, withoutUnknowns(item)]));
}
