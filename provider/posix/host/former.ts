import type { Fields, Step } from "../shell/step";
import { call } from "../shell/library";

/**
 * What we keep of a service on its host, each in a folder with a list `paths` and a tree `files`: `former`, before a change
 * that has not settled yet; `original-TIME`, of others, before an adoption or a removal; `moved-TIME`, drop-ins of others
 * that lay over it.
 */
export function keptFolder(service: string): string {
  return `/var/lib/pulumi-bots/${service}`;
}

/**
 * Copies the files at `paths` aside, each with all its attributes, and notes which of them were missing. A copy that is
 * there already is kept: it is of an earlier run that was killed before its change had settled, and older is right.
 * `manager` is noted with them: whose files they are.
 */
export function keepStep(service: string, copy: string, paths: readonly string[], manager = ""): Step {
  return {
    name: `keep the ${copy.replace(/-.*/, "")} files`,
    script: call("keep_files", `${keptFolder(service)}/${copy}`, manager, ...paths),
  };
}

/** Puts the former files back where they were; what was missing then is removed. Nothing kept: nothing was written. */
export function restoreStep(service: string): Step {
  return { name: "put the former files back", script: call("restore_files", `${keptFolder(service)}/former`) };
}

/** Emits `former` while a change has not settled: the manager of the files that were there before. */
export function formerThereStep(service: string): Step {
  return {
    name: "look for former files",
    quiet: true,
    script: call("tell_former", `${keptFolder(service)}/former`),
  };
}

/** Something that lies where a file of the service should be, and is no file that can be read. */
export interface Obstacle {
  path: string;
  /** In words: "a folder". */
  what: string;
}

/**
 * Emits `obstacles`: what lies at `paths` and is no file to be read. Managers read files and take anything else for nothing
 * at all, but it is something of somebody's, and a write would replace it.
 */
export function obstaclesStep(paths: readonly string[]): Step {
  return { name: "look for obstacles", quiet: true, script: call("tell_obstacles", ...paths) };
}

/** What {@link obstaclesStep} emitted. */
export function obstaclesIn(fields: Fields): Obstacle[] {
  const lines = (fields.get("obstacles") ?? "").split("\n").filter(Boolean);
  return lines.map((line) => ({
    path: line.slice(0, line.lastIndexOf("\t")),
    what: line.slice(line.lastIndexOf("\t") + 1),
  }));
}

/** A name for a copy that is kept for good: nothing else is ever called so. */
export function copyName(kind: "original" | "moved"): string {
  return `${kind}-${new Date().toISOString().replace(/[:.]/g, "-")}`;
}

/** Drops what was kept: `former` when a change has settled, the original too when its adoption has been undone. */
export function dropKeptStep(service: string, copies: readonly string[]): Step {
  return {
    name: "drop the kept files",
    quiet: true,
    script: call("drop_kept", keptFolder(service), ...copies),
  };
}

/** Emits `kept`: the folder with other people's files, when there are any: from before an adoption, or moved away. */
export function keptThereStep(service: string): Step {
  return { name: "look for kept files", quiet: true, script: call("tell_kept", keptFolder(service)) };
}
