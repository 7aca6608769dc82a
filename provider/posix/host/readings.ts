import { HostError } from "../../../model/errors";
import type { HostFacts, Reading } from "../facts";
import type { Fragment, Step, StepResult } from "../shell/step";

/** A query for some names, and additional steps for some of them. */
export interface Inquiry {
  fragment: Fragment;
  names: readonly string[];
  extras?: ReadonlyMap<string, Step>;
}

/** The readings by name, or why they could not be read. */
export type Answer = Map<string, Reading> | HostError;

/** The steps of one block for some inquiries. A failed step does not stop the others. */
export function stepsOf(inquiries: readonly Inquiry[]): Step[] {
  return inquiries.flatMap(({ fragment, names, extras = new Map<string, Step>() }) => [
    { ...fragment, args: names, quiet: true, lenient: true },
    ...[...extras.values()].map((extra) => ({ ...extra, quiet: true, lenient: true })),
  ]);
}

/** The answers, in the order of the inquiries. A field `NAME/KEY` is for that name, all other fields are for all names. */
export function answersOf(
  host: string,
  inquiries: readonly Inquiry[],
  facts: HostFacts,
  results: readonly StepResult[],
): Answer[] {
  let next = 0;
  return inquiries.map(({ fragment, names, extras = new Map<string, Step>() }) => {
    const [own, ...beside] = results.slice(next, (next += 1 + extras.size));
    const parts = [own, ...[...extras.keys()].map((_, i) => beside[i])];
    const isWhole = parts.every((part) => part !== undefined);
    // A step with an incomplete answer ends the block, so later steps have no answer.
    const failure = parts.find((part) => part?.failure)?.failure ?? (isWhole ? undefined : results.at(-1)?.failure);
    if (!isWhole || failure !== undefined) {
      const words = failure?.stderr.trim() || `exit code ${failure?.code ?? "unknown"}`;
      return new HostError("remote", host, `reading ${fragment.name} (${names.join(", ")}) failed: ${words}`);
    }
    const answer = deal(names, own!, facts);
    [...extras.keys()].forEach((name, i) => {
      for (const [key, value] of beside[i]!.fields) (answer.get(name)!.fields as Map<string, string>).set(key, value);
    });
    return answer;
  });
}

function deal(names: readonly string[], { fields }: StepResult, facts: HostFacts): Map<string, Reading> {
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

/** The reading of one name. */
export function readingOf(answer: Answer | undefined, name: string): Reading {
  if (answer instanceof HostError) throw answer;
  const reading = answer?.get(name);
  if (reading === undefined) throw new Error(`the host's answer has nothing about ${name}`);
  return reading;
}
