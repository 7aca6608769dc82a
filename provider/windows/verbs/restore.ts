import type { Step } from "../block/block";
import { MARKER_KEY } from "../managers/marker";
import { textIn, valueIn, type RegistryKey } from "../registry/values";
import { ownKey, serviceKey, type ServiceRecord } from "../reading/record";
import { hasPassword } from "../scm/accounts";
import { startWord, startModeOf } from "../scm/definition";
import { optionCommands } from "../scm/optionCommands";
import { readOptions } from "../scm/options";
import * as scm from "../scm/steps";
import { removalSteps, step } from "./change";

/**
 * Puts the service back as it is in the backup, with all keys below it. What the service control manager holds in memory is set
 * through it.
 */
export function restoreSteps(record: ServiceRecord, stopSeconds: number): Step[] {
  const { name, own } = record;
  const former = own.get("former");
  const imagePath = textIn(former, "ImagePath");
  if (former === undefined || imagePath === undefined) return removalSteps({ name, record, stopSeconds });
  const root = serviceKey(name);
  const dependencies = valueIn(former, "DependOnService");
  return [
    step("restore the service", [
      scm.config(name, {
        imagePath,
        displayName: textIn(former, "DisplayName") ?? name,
        start: startWord(startModeOf({ ...record, keys: new Map([["", former]]) })),
        dependencies: dependencies?.type === "multiSz" ? dependencies.data : [],
        ...account(former, record),
      }),
      scm.describe(name, textIn(former, "Description") ?? ""),
      ...optionCommands(record, readOptions({ keys: new Map([["", former]]) })),
      ...(valueIn(record.keys.get(""), "Environment") ? [scm.deleteValue(root, "Environment")] : []),
    ]),
    step("restore the parameters", [
      ...["Parameters", MARKER_KEY].map((part) => scm.deleteKey(`${root}\\${part}`)),
      scm.copyKey(`${ownKey(name)}\\former`, root),
    ]),
  ];
}

function account(former: RegistryKey, { keys }: ServiceRecord): { account?: string } {
  const before = textIn(former, "ObjectName");
  if (before !== undefined && hasPassword(before)) return {};
  return before === undefined || before === textIn(keys.get(""), "ObjectName") ? {} : { account: before };
}
