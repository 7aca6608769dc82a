import * as pb from "@pulumi/pulumi/proto/provider_pb";
import { PropertyError, type Issue } from "../../model/errors";
import { formatPath, getAt, SecretPaths, type Path, type Props } from "../../model/props";
import type { CheckResult, DiffKind, Difference } from "../lifecycle/lifecycle";
import { encode } from "./codec";

const { Kind } = pb.PropertyDiff;
const KINDS: Record<DiffKind, [pb.PropertyDiff.Kind, pb.PropertyDiff.Kind]> = {
  add: [Kind.ADD, Kind.ADD_REPLACE],
  update: [Kind.UPDATE, Kind.UPDATE_REPLACE],
  delete: [Kind.DELETE, Kind.DELETE_REPLACE],
};

/** What is wrong with which property; `named` tells which of them the engine may look up. */
export function checkFailures(
  issues: readonly Issue[],
  named: (path: Path) => boolean = () => true,
): pb.CheckFailure[] {
  return issues.map(({ path, message }) => {
    const property = formatPath(path);
    if (named(path)) return new pb.CheckFailure().setProperty(property).setReason(message);
    return new pb.CheckFailure().setReason(property ? `${property}: ${message}` : message);
  });
}

/**
 * The answer to Check and CheckConfig; `secrets` is what must not be shown of what was given. The engine prints the value
 * that a property has, a secret one in clear too, and `value {<nil>}` for what is missing or stands within another one:
 * of these the reason says the name, where the engine looks for no value.
 */
export function checkResponse({ inputs, failures }: CheckResult, secrets: Iterable<Path>): pb.CheckResponse {
  const hidden = new Set([...secrets].map(([key]) => key));
  const named = ([key, ...deeper]: Path) =>
    deeper.length === 0 && !hidden.has(key) && Object.hasOwn(inputs.values, key ?? "");
  return new pb.CheckResponse().setInputs(encode(inputs)).setFailuresList(checkFailures(failures, named));
}

/** What a check finds wrong belongs in its answer, at the property: also when it was found by throwing. */
export function failuresOf(check: () => CheckResult): CheckResult {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof PropertyError)) throw error;
    return { inputs: { values: {}, secrets: new SecretPaths() }, failures: [...error.issues] };
  }
}

/** The answer to Diff and DiffConfig, with a line for each property. */
export function diffResponse(difference: Difference, old: { inputs: Props; outputs: Props }): pb.DiffResponse {
  const { properties } = difference;
  const roots = (of: Difference["properties"]): string[] => [...new Set(of.map(({ path }) => String(path[0])))];
  const response = new pb.DiffResponse()
    .setChanges(properties.length ? pb.DiffResponse.DiffChanges.DIFF_SOME : pb.DiffResponse.DiffChanges.DIFF_NONE)
    .setDiffsList(roots(properties))
    .setReplacesList(roots(properties.filter(({ replace }) => replace)))
    // A replacement has the same name on the same host: created first, it would be removed by the delete. Said in
    // every answer, since `replaceOnChanges` makes a replacement of a difference that we call an update.
    .setDeletebeforereplace(true)
    .setHasdetaileddiff(true);
  for (const { path, kind, replace } of properties) {
    // The engine looks for the old value among the outputs, unless it is told that it stands in the inputs alone.
    const inInputsOnly = getAt(old.outputs.values, path) === undefined && getAt(old.inputs.values, path) !== undefined;
    response
      .getDetaileddiffMap()
      .set(formatPath(path), new pb.PropertyDiff().setKind(KINDS[kind][replace ? 1 : 0]).setInputdiff(inInputsOnly));
  }
  return response;
}
