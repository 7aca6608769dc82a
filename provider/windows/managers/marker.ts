import type { ServiceRecord } from "../reading/record";
import { textIn } from "../registry/values";

/** The subkey of a service with the marker. It goes with the service. */
export const MARKER_KEY = "pulumi-bots";
export const MARKER = "marker";
/** Which manager the service is for, beside the marker. */
export const MANAGER = "manager";
/** The hash of the account's password that was set last, beside the marker. */
export const PASSWORD = "password";
/** Where the wrapper comes from: `given` by the definition, or `found` on the host. */
export const PROGRAM = "program";
/** A value of the provider's key: the marker of a service that is being created. */
export const PENDING = "pending";
/** A value of the provider's key: the manager of the service in the backup. */
export const FORMER = "former";

/** The name of the manager that the provider made the service for, also when the create was cut off. */
export const notedManager = ({ keys, own }: ServiceRecord): string | undefined =>
  textIn(keys.get(MARKER_KEY), MANAGER) ?? textIn(own.get(""), MANAGER);

/** Did the definition name the path of the wrapper? */
export const isGivenWrapper = ({ keys }: ServiceRecord): boolean => textIn(keys.get(MARKER_KEY), PROGRAM) === "given";
