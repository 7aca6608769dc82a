import { HostError } from "../../../model/errors";
import type { Fragment } from "../shell/step";
import type { HostFacts, Reading } from "../../../model/host";
import type { RunResult } from "../../platform";

/** Deals out what a fragment emitted: `NAME/KEY` to that name, everything else to all. */
export function readings(
  host: string,
  fragment: Fragment,
  names: readonly string[],
  facts: HostFacts,
  { fields, failed, done }: RunResult,
  steps = 1,
): Map<string, Reading> {
  if (failed)
    throw new HostError(
      "remote",
      host,
      `reading ${fragment.name} (${names.join(", ")}) failed: ${failed.stderr.trim() || `exit code ${failed.code}`}`,
    );
  if (done.length !== steps)
    throw new HostError("remote", host, `reading ${fragment.name} stopped after ${done.length} of ${steps} steps`);
  const shared = new Map<string, string>();
  const own = new Map(names.map((name) => [name, new Map<string, string>()]));
  for (const [key, value] of fields) {
    const slash = key.indexOf("/");
    const mine = slash === -1 ? undefined : own.get(key.slice(0, slash));
    if (mine) mine.set(key.slice(slash + 1), value);
    else shared.set(key, value);
  }
  return new Map([...own].map(([name, mine]) => [name, { facts, fields: mine, shared }]));
}
