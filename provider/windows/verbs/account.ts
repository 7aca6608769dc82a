import type { Definition, Marker } from "../../../model/service";
import type { Step } from "../block/block";
import type { Account } from "../carrier";
import { MARKER_KEY, PASSWORD } from "../managers/marker";
import { serviceKey, type ServiceRecord } from "../reading/record";
import { sameName, textIn } from "../registry/values";
import { hasPassword } from "../scm/accounts";
import * as scm from "../scm/steps";
import { step } from "./change";

/** The account that a change has to set: it is another one, or its password is not the one that was set last. */
export function newAccount(
  { name, scm: there, keys }: ServiceRecord,
  { runAs: { user, password } = {} }: Definition,
  marker: Marker,
): Account | undefined {
  if (user === undefined || password === undefined) return undefined;
  const last = textIn(keys.get(MARKER_KEY), PASSWORD);
  const isSame = there !== undefined && sameName(there.account, user) && last !== undefined && last === marker.password;
  return isSame ? undefined : { service: name, user, password };
}

/** Notes the hash of a password after it was set. */
export const passwordStep = (name: string, { password = "" }: Marker): Step =>
  step("note the password", [
    scm.setValue(`${serviceKey(name)}\\${MARKER_KEY}`, PASSWORD, { type: "sz", data: password }),
  ]);

/** The account of the backup, if a change has set another one, or another password. */
export function formerAccount({ scm: there, keys, own }: ServiceRecord): string | undefined {
  const user = textIn(own.get("former"), "ObjectName");
  if (user === undefined || !hasPassword(user)) return undefined;
  const noted = [own.get(`former\\${MARKER_KEY}`), keys.get(MARKER_KEY)].map((key) => textIn(key, PASSWORD));
  return there !== undefined && sameName(there.account, user) && noted[0] === noted[1] ? undefined : user;
}

/** Return values of Win32_Service.Change. */
const MEANINGS: Record<number, string> = {
  2: "access was denied",
  15: "the account may not log on",
  16: "the service is marked for deletion",
  22: "the account does not exist, or its password is wrong",
};

export const accountFailure = (user: string, code: number): string =>
  `the account ${user} could not be set: ${MEANINGS[code] ?? `Win32_Service.Change returned ${code}`}`;
