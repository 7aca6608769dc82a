import type { Definition, StartMode } from "../../../model/service";
import { numberIn, sameName, textIn, valueIn } from "../registry/values";
import type { ServiceRecord } from "../reading/record";
import { accountOf } from "./accounts";
import { readOptions, resolveOptions } from "./options";

/** Values of `Start` (winsvc.h). */
const AUTOMATIC = 2;
const DISABLED = 4;

/** What the service control manager has of a definition, whatever the manager. */
export function scmDefinition(record: ServiceRecord): Definition {
  const { name, scm, keys } = record;
  if (scm === undefined) return {};
  const key = keys.get("");
  const description = textIn(key, "Description");
  const dependencies = valueIn(key, "DependOnService");
  const windows = readOptions(record);
  const requires = dependencies?.type === "multiSz" ? dependencies.data : [];
  return {
    ...(!sameName(scm.displayName, name) && scm.displayName !== "" && { displayName: scm.displayName }),
    ...(description && { description }),
    runAs: { user: accountOf(scm.account) },
    ...(requires.length > 0 && { requires: [...requires] }),
    ...(windows && { options: { windows } }),
  };
}

/** That part with its defaults, in one spelling. */
export function scmDefaults({ requires, runAs, options }: Definition): Definition {
  return {
    ...(requires !== undefined && { requires: [...new Set(requires.map((name) => name.toLowerCase()))].sort() }),
    runAs: { ...runAs, user: accountOf(runAs?.user ?? "LocalSystem").toLowerCase() },
    options: { ...options, windows: resolveOptions(options?.windows) },
  };
}

export function startModeOf({ keys }: ServiceRecord): StartMode {
  const key = keys.get("");
  const start = numberIn(key, "Start");
  if (start === DISABLED) return "disabled";
  if (start !== AUTOMATIC) return "manual";
  return (numberIn(key, "DelayedAutostart") ?? 0) === 0 ? "automatic" : "delayed";
}

/** The start mode as sc.exe takes it. */
export function startWord(mode: StartMode | "delayed"): string {
  const words = { automatic: "auto", delayed: "delayed-auto", manual: "demand", disabled: "disabled" };
  return words[mode];
}
