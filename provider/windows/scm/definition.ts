import type { Definition, StartMode } from "../../../model/service";
import { numberIn, sameName, textIn, valueIn } from "../registry/values";
import type { ServiceRecord } from "../reading/record";
import { accountOf } from "./accounts";

/** Values of `Start` (winsvc.h). */
const AUTOMATIC = 2;
const DISABLED = 4;

/** What the service control manager has of a definition, whatever the manager. */
export function scmDefinition({ name, scm, keys }: ServiceRecord): Definition {
  if (scm === undefined) return {};
  const key = keys.get("");
  const description = textIn(key, "Description");
  const dependencies = valueIn(key, "DependOnService");
  const requires = dependencies?.type === "multiSz" ? dependencies.data : [];
  return {
    ...(!sameName(scm.displayName, name) && scm.displayName !== "" && { displayName: scm.displayName }),
    ...(description && { description }),
    runAs: { user: accountOf(scm.account) },
    ...(requires.length > 0 && { requires: [...requires] }),
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
