import { call } from "../../shell/library";
import type { HostFile, Step } from "../../shell/step";
import { parseDepend } from "./depend";
import { DIVIDER } from "./machinery";

/** Lets the host parse the script, and checks that its dependencies exist. */
export function verify(_name: string, [script]: readonly HostFile[]): Step[] {
  if (!script) return [];
  const settings = script.content.slice(0, script.content.lastIndexOf(`\n${DIVIDER}\n`));
  const { dependencies } = parseDepend(settings.split("\n"));
  const others = dependencies.after.filter((name) => !dependencies.want.includes(name));
  const checks = Object.entries({ need: dependencies.need, use: dependencies.use, after: others }).flatMap(
    ([kind, names]) => names.flatMap((name, i) => [name, `options.openrc.${kind}[${i}]`]),
  );
  return [{ name: "verify", script: call("openrc_verify", script.content, ...checks) }];
}
