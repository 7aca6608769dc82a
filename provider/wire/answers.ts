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

/** Failures for the engine. `named`: whether the engine may look up the property's value; else only the reason names it. */
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
 * The answer to Check and CheckConfig. `secrets`: paths whose values must not be shown. For a named property the engine
 * prints the value, even a secret one in clear, and `value {<nil>}` for a missing or nested one. Such a property is named
 * only in the reason, where the engine looks up no value.
 */
export function checkResponse({ inputs, failures }: CheckResult, secrets: Iterable<Path>): pb.CheckResponse {
  const hidden = new Set([...secrets].map(([key]) => key));
  const named = ([key, ...deeper]: Path) =>
    deeper.length === 0 && !hidden.has(key) && Object.hasOwn(inputs.values, key ?? "");
  return new pb.CheckResponse().setInputs(encode(inputs)).setFailuresList(checkFailures(failures, named));
}

/** Runs a check, and turns a thrown PropertyError into failures of its result. */
export function failuresOf(check: () => CheckResult): CheckResult {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof PropertyError)) throw error;
    return { inputs: { values: {}, secrets: new SecretPaths() }, failures: [...error.issues] };
  }
}

/** The answer to Diff and DiffConfig, with a detailed diff. */
export function diffResponse(difference: Difference, old: { inputs: Props; outputs: Props }): pb.DiffResponse {
  const { properties } = difference;
  const roots = (of: Difference["properties"]): string[] => [...new Set(of.map(({ path }) => String(path[0])))];
  const response = new pb.DiffResponse()
    .setChanges(properties.length ? pb.DiffResponse.DiffChanges.DIFF_SOME : pb.DiffResponse.DiffChanges.DIFF_NONE)
    .setDiffsList(roots(properties))
    .setReplacesList(roots(properties.filter(({ replace }) => replace)))
    // A replacement may have the same name on the same host: if it were created first, the delete would remove it. Set in
    // every answer, because `replaceOnChanges` turns an update into a replacement.
    .setDeletebeforereplace(true)
    .setHasdetaileddiff(true);
  for (const { path, kind, replace } of properties) {
    // The engine looks up the old value in the outputs, unless `inputdiff` says that only the inputs have it.
    const inInputsOnly = getAt(old.outputs.values, path) === undefined && getAt(old.inputs.values, path) !== undefined;
    response
      .getDetaileddiffMap()
      .set(formatPath(path), new pb.PropertyDiff().setKind(KINDS[kind][replace ? 1 : 0]).setInputdiff(inInputsOnly));
  }
  return response;
}
