/** Loaded by the first key or connection: a run that only previews reaches no host, and ssh2 takes long to load. */
export const ssh2 = (): typeof import("ssh2") => require("ssh2") as typeof import("ssh2");
