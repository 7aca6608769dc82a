import type { ManagerRules } from "../../../rules";

/** What the rules of all managers of Linux hosts have in common. */
export const ofLinux = {
  platform: "posix",
  startModes: ["automatic", "manual"],
} as const satisfies Partial<ManagerRules>;

/** A manager's check of a name, preceded by a check for names that only systemctl(1) understands. */
export function namedByItself(check: ManagerRules["validateName"]): ManagerRules["validateName"] {
  return (name) => {
    if (name.endsWith(".service")) return 'must be given without ".service"';
    return name.endsWith("@") ? "must not be the name of a template" : check(name);
  };
}
