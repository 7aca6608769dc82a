import { withoutUnknowns, type Path, type Props, type Values } from "../../../../model/props";
import type { Definition } from "../../../../model/service";
import type { ServiceInputs } from "../../../../schema/service";
import type { Triggers } from "../state/triggers";
import { keptValues } from "./ignore";
import { definitionOf } from "../state/inputs";

/** What a program wants of a service. In a preview any of it may be UNKNOWN. */
export interface Wanted {
  /** As they were given. */
  values: Values;
  /** Those that are known. */
  inputs: ServiceInputs;
  /** Empty where somebody else defines the service. */
  definition: Definition;
  triggers: Triggers;
  /** The triggers that the last run wanted, whether or not the process has seen them. */
  formerTriggers: unknown;
}

/** `state`: what is recorded of it, which a create has not. */
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
