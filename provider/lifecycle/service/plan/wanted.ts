import { withoutUnknowns, type Path, type Props, type Values } from "../../../../model/props";
import type { Definition } from "../../../../model/service";
import type { ServiceInputs } from "../../../../schema/service";
import type { Triggers } from "../state/triggers";
import { keptValues } from "./ignore";
import { definitionOf } from "../state/inputs";

/** The wanted service, from the program. In a preview any value may be UNKNOWN. */
export interface Wanted {
  /** The inputs, with UNKNOWN values. */
  values: Values;
  /** The inputs that are known. */
  inputs: ServiceInputs;
  /** Empty for an existing service. */
  definition: Definition;
  triggers: Triggers;
  /** The triggers of the previous inputs, whether or not the process has seen them. */
  formerTriggers: unknown;
}

/** The wanted service of some inputs. `state`: the recorded resource, missing at a create. */
export function wantedBy(
  inputs: Props,
  triggers: Triggers,
  state?: { inputs: Props; outputs: Props; ignore: readonly Path[] },
): Wanted {
  const values: Values & { triggers: Values | undefined } = { ...inputs.values, triggers: triggers.values };
  if (state !== undefined) Object.assign(values, keptValues(values, state.outputs.values, state.ignore));
  return {
    values,
    inputs: withoutUnknowns(values) as ServiceInputs,
    definition: values.existing === true ? {} : definitionOf(inputs),
    triggers: { ...triggers, values: values.triggers },
    formerTriggers: (state?.inputs ?? inputs).values.triggers,
  };
}
