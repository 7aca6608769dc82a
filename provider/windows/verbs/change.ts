import type { Definition, Live, Marker, StartMode } from "../../../model/service";
import type { Change } from "../../platform";
import type { Command, Lines, Step } from "../block/block";
import type { Driver } from "../managers/driver";
import { claimedBy } from "../managers";
import { FORMER, MANAGER, MARKER, MARKER_KEY, PASSWORD, PENDING, PROGRAM } from "../managers/marker";
import { keptKey, ownKey, serviceKey, type ServiceRecord } from "../reading/record";
import { optionCommands } from "../scm/optionCommands";
import { sameName, textIn, valueIn, type RegistryValue } from "../registry/values";
import { accountOf, hasPassword } from "../scm/accounts";
import { startWord } from "../scm/definition";
import * as scm from "../scm/steps";

/** What the steps need to know besides the change. */
export interface About {
  name: string;
  record: ServiceRecord;
  driver: Driver;
  /** The path of the wrapper, and where it comes from. */
  wrapper: { path: string; isGiven: boolean } | undefined;
  /** The name for this run's copy of a service that somebody else made. */
  original: string;
  /** How long a stop may take, in seconds. */
  stopSeconds: number;
}

const text = (data: string): RegistryValue => ({ type: "sz", data });

/**
 * The steps of a whole change: those that write the definition, and those that follow. A cut between two of them leaves something
 * that the next run completes.
 */
export function changeSteps(change: Change, about: About): { define: Step[]; run: Step[] } {
  const { write, action, startMode, takesOver = false, keepsOriginal = false, backsUp = false, from } = change;
  const { name, record, original } = about;
  const isThere = record.scm !== undefined;
  const stopsFirst = isThere && ((takesOver && action !== "none") || from !== undefined);
  const then = stopsFirst && action === "restart" ? "start" : action;
  const define = [
    ...(keepsOriginal && isThere ? [step("keep the original", keepOriginal(name, original))] : []),
    ...(write && backsUp && isThere ? [step("back up the service", backUp(name, (from ?? change).manager))] : []),
    ...(stopsFirst ? [step("stop the service", [scm.stop(name, about.stopSeconds)])] : []),
    ...(write ? writeSteps(write, about) : []),
  ];
  const running = { name, stopSeconds: about.stopSeconds, ...(!stopsFirst && { record }) };
  const run = [...(startMode === undefined ? [] : [startModeStep(name, startMode)]), ...actionSteps(then, running)];
  return { define, run };
}

export const startModeStep = (name: string, mode: StartMode): Step =>
  step("set the start mode", [scm.config(name, { start: startWord(mode) })]);

export function actionSteps(
  action: Change["action"],
  { name, stopSeconds, record }: Pick<About, "name" | "stopSeconds"> & { record?: ServiceRecord },
): Step[] {
  const stop = step("stop the service", [scm.stop(name, stopSeconds)]);
  const start = step("start the service", [scm.start(name)]);
  switch (action) {
    case "none":
    case "reload":
      return [];
    case "stop":
      return [stop];
    case "start":
      // A wrapper can outlive its program, and then has to start again itself.
      return record?.scm?.state === "Running" ? [stop, start] : [start];
    case "restart":
      return [stop, start];
  }
}

export const keepOriginal = (name: string, original: string): Command[] => [
  scm.copyKey(serviceKey(name), `${keptKey(name)}\\${original}`),
];

/** The value that names the manager comes last: without it the copy is not complete. */
const backUp = (name: string, manager: string): Command[] => [
  scm.deleteKey(`${ownKey(name)}\\former`),
  scm.copyKey(serviceKey(name), `${ownKey(name)}\\former`),
  scm.setValue(ownKey(name), FORMER, text(manager)),
];

function writeSteps({ definition, marker }: { definition: Definition; marker: Marker }, about: About): Step[] {
  const { name, record, driver, wrapper } = about;
  if (driver.wrapper !== undefined && wrapper === undefined)
    throw new Error("a definition is written without its wrapper");
  const {
    imagePath,
    environment = {},
    options = definition.options?.windows,
    keys,
  } = driver.render(definition, wrapper?.path ?? "");
  const root = serviceKey(name);
  const config = {
    imagePath,
    displayName: definition.displayName ?? name,
    dependencies: definition.requires ?? [],
    ...account(definition, record),
  };
  const { password: _, ...noted } = marker;
  const markerValues: [string, RegistryValue][] = [
    [MANAGER, text(driver.name)],
    [MARKER, text(JSON.stringify(noted))],
    ...(wrapper ? [[PROGRAM, text(wrapper.isGiven ? "given" : "found")] as [string, RegistryValue]] : []),
  ];
  const values = (path: string, all: Iterable<readonly [string, RegistryValue]>) =>
    [...all].map(([value, data]) => scm.setValue(`${root}\\${path}`, value, data));
  const setKeys = [...keys].flatMap(([path, all]) => values(path, all));
  return [
    ...(record.scm === undefined
      ? [
          step("announce the service", [
            scm.setValue(ownKey(name), MANAGER, text(driver.name)),
            scm.setValue(ownKey(name), PENDING, text(JSON.stringify(noted))),
          ]),
          step("create the service", [scm.create(name, config)]),
        ]
      : []),
    step("write the marker", [
      ...values(MARKER_KEY, markerValues),
      ...(hasOldPassword(record, marker) ? [scm.deleteValue(`${root}\\${MARKER_KEY}`, PASSWORD)] : []),
      ...(record.scm === undefined ? [scm.deleteKey(ownKey(name))] : []),
    ]),
    step("configure the service", [
      scm.config(name, config),
      scm.describe(name, definition.description ?? ""),
      ...environmentCommands(record, environment),
      ...optionCommands(record, options),
    ]),
    step("write the parameters", [
      ...[...keys.keys()].filter((path) => !path.includes("\\")).map((path) => scm.deleteKey(`${root}\\${path}`)),
      ...otherKeys(driver, record, keys.keys()).map((path) => scm.deleteKey(`${root}\\${path}`)),
      ...setKeys,
    ]),
  ];
}

/** The hash of a password that is not the wanted one. */
const hasOldPassword = ({ keys }: ServiceRecord, { password }: Marker): boolean =>
  ![undefined, password].includes(textIn(keys.get(MARKER_KEY), PASSWORD));

/** The account is set when it changes, and here only one without a password. */
function account({ runAs }: Definition, { scm: there }: ServiceRecord): { account?: string } {
  const wanted = accountOf(runAs?.user ?? "LocalSystem");
  if (hasPassword(wanted)) return {};
  return there !== undefined && sameName(accountOf(there.account), wanted) ? {} : { account: wanted };
}

/** Variables that the service control manager adds; what nobody asks for is removed, because it would change what runs. */
function environmentCommands({ name, keys }: ServiceRecord, environment: Readonly<Record<string, string>>): Command[] {
  const data = Object.entries(environment).map(([variable, content]) => `${variable}=${content}`);
  if (data.length > 0) return [scm.setValue(serviceKey(name), "Environment", { type: "multiSz", data })];
  const isThere = valueIn(keys.get(""), "Environment") !== undefined;
  return isThere ? [scm.deleteValue(serviceKey(name), "Environment")] : [];
}

/** Keys right below the service's of a wrapper that is not the manager's. The keys of a program that needs none are its own. */
function otherKeys(driver: Driver, record: ServiceRecord, known: Iterable<string>): string[] {
  if (driver.wrapper === undefined && claimedBy(record)?.wrapper === undefined) return [];
  const ours = new Set([...known].map((path) => path.toLowerCase()));
  return [...record.keys.keys()].filter(
    (path) => path !== "" && path !== MARKER_KEY && !path.includes("\\") && !ours.has(path),
  );
}

/** Removes the service and what belongs to it. */
export function removalSteps({ name, record, stopSeconds }: Pick<About, "name" | "record" | "stopSeconds">): Step[] {
  return [
    ...(record.scm === undefined
      ? []
      : [
          // Nothing starts it any more, should the rest fail.
          step("disable the service", [scm.config(name, { start: "disabled" })]),
          step("stop the service", [scm.stop(name, stopSeconds)]),
          step("delete the service", [scm.remove(name, stopSeconds)]),
        ]),
    step("drop the backup", [scm.deleteKey(ownKey(name))]),
  ];
}

export const step = (name: string, commands: readonly (Command | Lines)[]): Step => ({ name, commands });

/** The longest time that a stop may take: what the definition says, and some time for Windows. */
export function stopSecondsOf({ definition }: Pick<Live, "definition">, end: number | undefined): number {
  const most = end === undefined ? 300 : Math.max(5, Math.floor((end - Date.now()) / 1000));
  return Math.min(most, (definition.stop?.timeoutSeconds ?? 30) + 60);
}
