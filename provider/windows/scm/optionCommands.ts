import { deviations } from "../../../model/compare";
import type { WindowsOptions } from "../../../model/service";
import type { Command } from "../block/block";
import type { ServiceRecord } from "../reading/record";
import { failureArguments, readOptions, resolveOptions } from "./options";
import { value } from "./steps";

/** Commands that give a service its options, as far as it has others. */
export function optionCommands(record: Pick<ServiceRecord, "name" | "keys">, wanted: WindowsOptions = {}): Command[] {
  const name = value(record.name);
  const [have, want] = [resolveOptions(readOptions(record)), resolveOptions(wanted)];
  const differs = (option: keyof WindowsOptions) => deviations(have[option], want[option]).length > 0;
  const { failureActions } = wanted;
  const sc = (...args: (string | ReturnType<typeof value>)[]): Command => ({ program: "sc.exe", args });
  return [
    ...(differs("failureActions")
      ? [
          sc(
            "failure",
            name,
            ...failureArguments(failureActions).map((text) => (/^\w*=?$/.test(text) ? text : value(text))),
          ),
          sc("failureflag", name, failureActions?.onNonCrashFailures === true ? "1" : "0"),
        ]
      : []),
    ...(differs("serviceSid") ? [sc("sidtype", name, wanted.serviceSid ?? "none")] : []),
    ...(differs("group") ? [sc("config", name, "group=", value(wanted.group ?? ""))] : []),
  ];
}
