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

/**
 * What is wrong with which property. The engine prints the value of a property that it knows by this name, a secret one
 * in clear too: of such a property the reason says the name, where the engine does not look for a value.
 */
export function checkFailures(issues: readonly Issue[], secrets: Iterable<Path> = []): pb.CheckFailure[] {
  const hidden = new Set([...secrets].map(([key]) => key));
  return issues.map(({ path, message }) => {
    const property = formatPath(path);
    return path.length === 1 && hidden.has(path[0])
      ? new pb.CheckFailure().setReason(`${property}: ${message}`)
      : new pb.CheckFailure().setProperty(property).setReason(message);
  });
}

/** The answer to Check and CheckConfig; `secrets` is what must not be shown of what was given. */
export function checkResponse({ inputs, failures }: CheckResult, secrets: Iterable<Path>): pb.CheckResponse {
  return new pb.CheckResponse().setInputs(encode(inputs)).setFailuresList(checkFailures(failures, secrets));
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
