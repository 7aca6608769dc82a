import { pick, type Props } from "../../../../model/props";
import type { Definition } from "../../../../model/service";
import { definitionProperties, type ServiceInputs } from "../../../../schema/service";

/** Typed inputs; valid only after Check has passed. */
export function inputsOf(props: Props): ServiceInputs {
  return props.values as unknown as ServiceInputs;
}

/** The definition in checked inputs or in outputs. */
export function definitionOf({ values, secrets }: Props): Definition {
  const definition = pick(values as Definition, definitionProperties) as Definition;
  const secret = Object.keys(definition.environment ?? {}).filter((key) => secrets.covers(["environment", key]));
  if (secret.length > 0) definition.secretEnvironment = secret;
  return definition;
}
