/** The subkey of a service with the marker. It goes with the service. */
export const MARKER_KEY = "pulumi-bots";
export const MARKER = "marker";
/** Where the manager's own program comes from: `given` by the definition, or `found` on the host. */
export const PROGRAM = "program";
