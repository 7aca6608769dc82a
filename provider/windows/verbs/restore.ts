import type { Step } from "../block/block";
import { MARKER_KEY } from "../managers/marker";
import { textIn, valueIn, type RegistryKey } from "../registry/values";
import { ownKey, serviceKey, type ServiceRecord } from "../reading/record";
import { startWord, startModeOf } from "../scm/definition";
import * as scm from "../scm/steps";
import { removalSteps, step } from "./change";

/** Puts the service back as it is in the backup. What the service control manager holds in memory is set through it. */
export function restoreSteps(record: ServiceRecord, stopSeconds: number): Step[] {
  const { name, own } = record;
  const former = own.get("former");
  const imagePath = textIn(former, "ImagePath");
  if (former === undefined || imagePath === undefined) return removalSteps({ name, record, stopSeconds });
  const [root, backup] = [serviceKey(name), `${ownKey(name)}\\former`];
  const dependencies = valueIn(former, "DependOnService");
  const parts = ["Parameters", MARKER_KEY];
  const failureActions = valueIn(former, "FailureActions");
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
      ...(failureActions === undefined ? [] : [scm.setValue(root, "FailureActions", failureActions)]),
    ]),
    step("restore the parameters", [
      ...parts.map((part) => scm.deleteKey(`${root}\\${part}`)),
      ...parts
        .filter((part) => own.has(`former\\${part.toLowerCase()}`))
        .map((part) => scm.copyKey(`${backup}\\${part}`, `${root}\\${part}`)),
    ]),
  ];
}

function account(former: RegistryKey, { keys }: ServiceRecord): { account?: string } {
  const before = textIn(former, "ObjectName");
  return before === undefined || before === textIn(keys.get(""), "ObjectName") ? {} : { account: before };
}
