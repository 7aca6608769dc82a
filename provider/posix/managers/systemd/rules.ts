import { logHint } from "./logs";
import type { Issue } from "../../../../model/errors";
import { getAt, setAt } from "../../../../model/props";
import type { Definition } from "../../../../model/service";
import { exitedWithZero, impacts, optionsOfOthers, type ManagerRules } from "../../../rules";
import { splitEnvironment } from "../common/environment";
import { namedByItself, ofLinux } from "../common/rules";
import { OPTION_SECTIONS, valuesOf } from "./directives";
import { formatEnvironmentFile } from "./environmentFile";
import { issuesOfPassword } from "../common/values";
import { MAPPINGS } from "./mappings";
import { SCALARS } from "./mappings/scalars";
import { checkName } from "./name";
import { parseUnit, renderUnit } from "./unit";
import { checkValue, DIRECTIVE_NAME, parseUnitFile, type Section } from "./unitFile";

function validate(definition: Definition): Issue[] {
  return [
    ...MAPPINGS.flatMap((mapping) => mapping.check(definition)),
    ...issuesOfPassword(definition),
    ...checkOptions(definition),
    ...optionsOfOthers(definition, "systemd"),
  ];
}

function checkOptions(definition: Definition): Issue[] {
  return OPTION_SECTIONS.flatMap(([key, section]) =>
    Object.entries(definition.options?.systemd?.[key] ?? {}).flatMap(([name, directive]) => {
      const path = ["options", "systemd", key, name];
      if (!DIRECTIVE_NAME.test(name)) return [{ path, message: "is not a valid directive name" }];
      const twice = setAlsoBy(definition, section, name);
      if (twice) return [{ path, message: `is already set by ${twice}` }];
      return valuesOf(directive).flatMap((value, i): Issue[] => {
        const message = checkValue(value);
        return message ? [{ path: Array.isArray(directive) ? [...path, i] : path, message }] : [];
      });
    }),
  );
}

/** The property that also sets a directive, if it is given. */
function setAlsoBy(definition: Definition, section: Section, name: string): string | undefined {
  const owner = MAPPINGS.flatMap(({ owns }) => owns).find((o) => o.section === section && o.name === name);
  return owner && !owner.shared && getAt(definition, owner.path) !== undefined ? owner.path.join(".") : undefined;
}

const ENVIRONMENT_FILE = "/resolve.env";

/**
 * A definition as systemd would carry it out: values in canonical form (written and read back), defaults filled in. Two
 * equivalent definitions give the same result. It is for comparing and hashing, not for writing: for example, an explicit
 * `User=root` differs from none, because it sets HOME.
 */
function defaults(definition: Definition): Definition {
  const unit = renderUnit(definition, { environmentFile: ENVIRONMENT_FILE, systemdVersion: Infinity });
  const resolved = parseUnit(parseUnitFile(unit).assignments, {
    environmentFile: ENVIRONMENT_FILE,
    environmentText: formatEnvironmentFile(splitEnvironment(definition).secret),
  });
  const service = resolved.options?.systemd?.service ?? {};
  for (const { path, name, default: value } of SCALARS) {
    const unset = getAt(resolved, path) === undefined && !Object.hasOwn(service, name);
    if (unset && value !== undefined) setAt(resolved, path, value);
  }
  const account = ["User", "Group", "DynamicUser"].some((name) => Object.hasOwn(service, name)) || resolved.runAs;
  if (!account) resolved.runAs = { user: "root" };
  return resolved;
}

/** Directives of [Service] that affect the next start or stop, not the running process. */
const ABOUT_LATER =
  /^(Restart|StartLimit|Timeout|Kill|FinalKillSignal$|SendSIG|ExecReload$|ExecStop|Success|SuccessExitStatus$)/;

const impact = impacts("systemd", {}, ([section, directive]) => {
  if (section === "install") return "enable";
  return section === "unit" || (directive && ABOUT_LATER.test(String(directive))) ? "reload" : "restart";
});

function exited(definition: Definition): string {
  const conditions = Object.keys(definition.options?.systemd?.unit ?? {}).filter((name) =>
    name.startsWith("Condition"),
  );
  const skipped = conditions.length === 0 ? "" : `, or its start was skipped by ${conditions.join(", ")} (see the log)`;
  return exitedWithZero("needs another options.systemd.service.Type (systemd.service(5))", skipped);
}

export const rules: ManagerRules = {
  name: "systemd",
  ...ofLinux,
  validateName: namedByItself(checkName),
  validate,
  defaults,
  impact,
  logHint,
  exitedWithZero: exited,
};
