import { joinArgv } from "../../argv";
import { descendants } from "../../reading/record";
import { numberIn } from "../../registry/values";
import { scmDefinition } from "../../scm/definition";
import { variablesIn } from "../../scm/environment";
import { argvOf } from "../../scm/imagePath";
import { stateOf } from "../../scm/state";
import { winswFile } from "../../scm/winsw";
import { oddSettings } from "../../scm/unmapped";
import type { Driver } from "../driver";
import { notedManager } from "../marker";
import { optionsOf, withRestart } from "./restart";
import { rules } from "./rules";

/** SERVICE_WIN32_OWN_PROCESS. All other types are services in a process that several share, and drivers. */
const OWN_PROCESS = 0x10;

/** The service control manager alone: every service that no wrapper claims. */
export const scm: Driver = {
  ...rules,
  claims: () => true,

  render: (definition) => ({
    imagePath: joinArgv(definition.command ?? []),
    environment: definition.environment,
    options: optionsOf(definition),
    keys: new Map(),
  }),

  parse(record) {
    const key = record.keys.get("");
    if (((numberIn(key, "Type") ?? OWN_PROCESS) & OWN_PROCESS) === 0) return undefined;
    const imagePath = record.scm?.imagePath ?? "";
    // One that a program has defined is what that program says.
    if (winswFile(imagePath) !== undefined && notedManager(record) === undefined) return undefined;
    const environment = variablesIn(record);
    const definition = withRestart({
      command: argvOf(imagePath),
      ...(environment && { environment }),
      ...scmDefinition(record),
    });
    return { definition, unmapped: oddSettings(record, environment === undefined ? [] : ["Environment"]) };
  },

  state: stateOf,

  processes({ scm: service, processes }) {
    const own = processes.filter(({ pid }) => pid !== 0 && pid === service?.pid);
    return own.flatMap((process) => [process, ...descendants(processes, process.pid)]);
  },
};
