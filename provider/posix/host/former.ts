import type { Fields, Step } from "../shell/step";
import { call } from "../shell/library";

/**
 * The folder with the copies of a service's files, each with a list `paths` and a tree `files`: `former`, the backup of a
 * change that has not settled; `original-TIME`, files of others before an adoption or a removal; `moved-TIME`, drop-ins of
 * others that overrode it, and other things in the way.
 */
export function keptFolder(service: string): string {
  return `/var/lib/pulumi-bots/${service}`;
}

/**
 * Copies the files at `paths` with all their attributes, and records which of them are missing. An existing copy is kept: it
 * is the right one, from an earlier run that was killed before its change had settled. `manager`: the manager whose files
 * they are, recorded with them.
 */
export function keepStep(service: string, copy: string, paths: readonly string[], manager = ""): Step {
  return {
    name: `keep the ${copy.replace(/-.*/, "")} files`,
    script: call("keep_files", `${keptFolder(service)}/${copy}`, manager, ...paths),
  };
}

/** Restores the backup, and removes files that did not exist then. Without a backup nothing was written. */
export function restoreStep(service: string): Step {
  return { name: "put the former files back", script: call("restore_files", `${keptFolder(service)}/former`) };
}

/** Emits `former` while a change has not settled: the manager whose files are in the backup. */
export function formerThereStep(service: string): Step {
  return {
    name: "look for former files",
    quiet: true,
    script: call("tell_former", `${keptFolder(service)}/former`),
  };
}

/** Something at the path of a service's file that is no readable file. */
export interface Obstacle {
  path: string;
  /** What it is, for errors: "a folder". */
  what: string;
}

/**
 * Emits `obstacles`: things at `paths` that are no readable files. Managers ignore them, but they belong to someone, and a
 * write would replace them.
 */
export function obstaclesStep(paths: readonly string[]): Step {
  return { name: "look for obstacles", quiet: true, script: call("tell_obstacles", ...paths) };
}

/** Parses the output of {@link obstaclesStep}. */
export function obstaclesIn(fields: Fields): Obstacle[] {
  const lines = (fields.get("obstacles") ?? "").split("\n").filter(Boolean);
  return lines.map((line) => ({
    path: line.slice(0, line.lastIndexOf("\t")),
    what: line.slice(line.lastIndexOf("\t") + 1),
  }));
}

/** A unique name for a copy that is kept for good. */
export function copyName(kind: "original" | "moved"): string {
  return `${kind}-${new Date().toISOString().replace(/[:.]/g, "-")}`;
}

/** Deletes copies: `former` when a change has settled, and also the original when its adoption was rolled back. */
export function dropKeptStep(service: string, copies: readonly string[]): Step {
  return {
    name: "drop the kept files",
    quiet: true,
    script: call("drop_kept", keptFolder(service), ...copies),
  };
}

/** Emits `kept`: the folder with files of others (from before an adoption, or moved away), if there are any. */
export function keptThereStep(service: string): Step {
  return { name: "look for kept files", quiet: true, script: call("tell_kept", keptFolder(service)) };
}
