import { deviations } from "../../../../model/compare";
import { getAt, type Path, type Values } from "../../../../model/props";
import { isCovered } from "../../../../model/propertyPath";
import type { Definition } from "../../../../model/service";
import { resolveKnown } from "./differences";
import type { Rules, Seen } from "./seen";
import type { Wanted } from "./wanted";

/**
 * Applies `ignoreChanges`: the wanted value of an ignored property is the seen one, so that other updates leave it alone.
 * The definition of a service that moves to another manager is not kept, because the new manager needs a new one.
 */
export function ignoring(
  wanted: Wanted,
  seen: Seen,
  rules: Rules,
  ignore: readonly Path[],
): { wanted: Wanted; seen: Seen } {
  if (ignore.length === 0 || !seen.installed) return { wanted, seen };
  const ignores = (property: string) => isCovered([property], ignore);
  const keep: Values = {
    ...(ignores("startMode") && { startMode: seen.startMode }),
    ...(ignores("running") && { running: "unmanaged" }),
  };
  const stays = rules.name === seen.rules.name && wanted.values.existing !== true;
  return {
    wanted: {
      ...wanted,
      values: { ...wanted.values, ...keep },
      inputs: { ...wanted.inputs, ...keep },
      definition: stays ? keptDefinition(seen, wanted.definition, ignore) : wanted.definition,
    },
    seen: {
      ...seen,
      ...(ignores("triggers") && { triggers: wanted.triggers.values, noted: true }),
      ...(ignores("restartPending") && { restartPending: false }),
      ...(ignores("unmapped") && {
        unmapped: undefined,
        ...(seen.onHost !== undefined && { onHost: { ...seen.onHost, overridden: false } }),
      }),
    },
  };
}

function keptDefinition({ rules, definition }: Seen, wanted: Definition, ignore: readonly Path[]): Definition {
  const { secretEnvironment: secretThere = [], ...there } = definition;
  const { secretEnvironment: secret = [], ...want } = wanted;
  const resolved = (one: Definition) => resolveKnown(one, rules);
  const differing = (one: Definition) => ignoredPaths(resolved(there), resolved(one), ignore);
  // Copies values as written where possible: an explicit default is not always the same as an unset property.
  const plain = differing(want).filter((path) => !path.some((key) => typeof key === "number"));
  const written = withValues(want, there, plain);
  const result = withValues(written, resolved(there), differing(written), resolved(written));
  const hidden = Object.keys(result.environment ?? {}).filter((key) =>
    (isCovered(["environment", key], ignore) ? secretThere : secret).includes(key),
  );
  return hidden.length === 0 ? result : { ...result, secretEnvironment: hidden };
}

/** Keeps ignored values that only the state knows: a host has no more than a hash of the triggers. */
export function keptValues(wanted: Values, recorded: Values, ignore: readonly Path[]): Values {
  const [want, have] = [wanted, recorded].map(({ triggers, manager, existing }) => ({ triggers, manager, existing }));
  return { ...want, ...withValues(want!, have!, ignoredPaths(have!, want!, ignore)) };
}

function ignoredPaths(have: object, want: object, ignore: readonly Path[]): Path[] {
  return deviations(have, want).flatMap(({ path }) => (isCovered(path, ignore) ? [path] : []));
}

/** A copy of `into` with the values of `from` at some paths. Other elements of a list with such a path come from `lists`. */
function withValues<T extends object>(into: T, from: object, paths: readonly Path[], lists: object = into): T {
  return paths.reduce<unknown>((result, path) => {
    const at = path.findIndex((key) => typeof key === "number");
    if (at === -1) return replaced(result, path, getAt(from, path));
    const list = path.slice(0, at);
    const all = (getAt(lists, list) ?? []) as unknown[];
    const there = getAt(from, list) as unknown[];
    const elements = Array.from({ length: Math.max(all.length, there.length) }, (_, i) =>
      paths.some((one) => one.length > at && one[at] === i && one.slice(0, at).join("\0") === list.join("\0"))
        ? there[i]
        : all[i],
    );
    return replaced(
      result,
      list,
      elements.filter((element) => element !== undefined),
    );
  }, into) as T;
}

function replaced(value: unknown, path: Path, by: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return by;
  const { [key]: inner, ...others } = (value ?? {}) as Values;
  const next = replaced(inner, rest, by);
  return next === undefined ? others : { ...others, [key]: next };
}
