/** Loads ssh2 when the first key or connection needs it: previews contact no host, and ssh2 takes long to load. */
export const ssh2 = (): typeof import("ssh2") => require("ssh2") as typeof import("ssh2");
