import type { HostFacts } from "../facts";
import type { Live } from "../../../model/service";
import type { Change } from "../../platform";
import { copyName, keepStep, keptFolder } from "../host/former";
import { driverOf } from "../managers";
import { writeFiles } from "../managers/common/put";
import type { Driver } from "../managers/driver";
import type { HostFile, Step } from "../shell/step";

/** All paths of a service that a rollback may need: its files, their overrides, and the links that start it at boot. */
export function pathsOf(driver: Driver, name: string, live: Live | undefined): string[] {
  return [...driver.paths(name), ...(live?.overrides ?? []), ...(live?.links ?? [])];
}

interface About {
  name: string;
  host: string;
  facts: HostFacts;
  /** The name of the copy of unmanaged files. */
  original: string;
  warn: (warning: string) => void;
}

/** The steps of a whole change: first the copies, then the manager's own steps. */
export function changeSteps(change: Change, files: HostFile[] | undefined, about: About): Step[] {
  const { live, from, action, takesOver = false, backsUp = false, keepsOriginal = false } = change;
  const { name, facts, original, warn } = about;
  const driver = driverOf(change.manager);
  const leaves = from && driverOf(from.manager);
  const own = pathsOf(driver, name, live);
  const there = leaves === undefined ? own : [...pathsOf(leaves, name, from?.live), ...own];
  const moved = files === undefined ? [] : inTheWay(change, files);
  if (moved.length > 0) warn(`moved to ${keptFolder(name)}, because they override ${name}: ${moved.join(", ")}`);
  // An unmanaged service is stopped by its own means, before its files are replaced.
  const ends = takesOver && action !== "none";
  return [
    ...(keepsOriginal ? [keepStep(name, original, there)] : []),
    ...(moved.length > 0 ? [keepStep(name, copyName("moved"), moved)] : []),
    ...(files !== undefined && backsUp ? [keepStep(name, "former", there, (leaves ?? driver).name)] : []),
    ...(leaves === undefined ? [] : leaveSteps(leaves, from?.live, about)),
    ...(ends ? driver.existingSteps({ name, action: "stop" }, live, facts) : []),
    ...driver.steps(
      {
        name,
        ...(files === undefined ? {} : { write: { files, remove: removed(live, files, own) } }),
        ...(change.startMode === undefined ? {} : { startMode: change.startMode }),
        action: ends ? (action === "stop" ? "none" : "start") : action,
      },
      live,
      facts,
    ),
  ];
}

/** The files that the new definition no longer has. */
function removed(live: Live, files: readonly HostFile[], own: readonly string[]): string[] {
  const written = new Set(files.map(({ path }) => path));
  const all = [...live.overrides, ...live.files.map(({ path }) => path)];
  return all.filter((path) => !written.has(path) && own.includes(path));
}

/** Overrides and obstacles of a new or managed service, which would change its definition. */
function inTheWay({ live, obstacles = [], keepsOriginal = false }: Change, files: readonly HostFile[]): string[] {
  if (live.marker === undefined && live.installed) return [];
  const written = new Set(files.map(({ path }) => path));
  const replaced = obstacles.map(({ path }) => path).filter((path) => written.has(path));
  return [...new Set([...live.overrides, ...(keepsOriginal ? [] : replaced)])];
}

/** Removes a service from its old manager before it starts under the new one, so that two never run. */
function leaveSteps(driver: Driver, live: Live | undefined, { name, host, facts, warn }: About): Step[] {
  if (live !== undefined) {
    const foreign = live.marker === undefined;
    const stop = foreign ? driver.existingSteps({ name, action: "stop" }, live, facts) : [];
    return [...stop, ...driver.removal(name, live, facts)];
  }
  const paths = driver.paths(name);
  warn(`${driver.name} no longer runs on ${host}; its files of ${name} are moved to ${keptFolder(name)}`);
  return [
    keepStep(name, copyName("moved"), paths),
    { name: "remove former files", script: writeFiles({ files: [], remove: paths }) },
  ];
}
