import { call, calls } from "../../shell/library";
import type { Definition } from "../../../../model/service";
import type { HostFile, Step } from "../../shell/step";
import type { HostFacts } from "../../facts";
import { withDefaults } from "./header";
import type { ScriptManagerName } from "./name";
import { parseScript } from "./script";

/** The facilities of the Linux Standard Base, and those that Debian adds. */
const FACILITIES = ["$remote_fs", "$local_fs", "$network", "$named", "$portmap", "$syslog", "$time", "$all"];

/** Lets the host's shell parse the script, and checks that everything that its header and settings name exists. */
export function verify(manager: ScriptManagerName, name: string, files: readonly HostFile[], facts: HostFacts): Step[] {
  const [script] = files;
  if (!script) return [];
  const { definition } = parseScript(manager, name, script.content);
  const own = definition.options?.[manager];
  const { requiredStart, requiredStop } = withDefaults(own);
  const at = `options.${manager}`;
  const required = [
    ...requiredStart.map((facility, i) => [facility, `${at}.requiredStart[${i}]`] as const),
    ...(own?.requiredStop ? requiredStop.map((facility, i) => [facility, `${at}.requiredStop[${i}]`] as const) : []),
  ].filter(([facility]) => !FACILITIES.includes(facility));
  const checks = [
    ...required.map(([facility, property]) => call("verify_facility", facility, property)),
    ...(own?.pidFile ? [call("verify_pid_file", own.pidFile, definition.runAs?.user ?? "root", `${at}.pidFile`)] : []),
    ...(definition.runAs && manager === "lsb"
      ? [call("verify_user", definition.runAs.user ?? "root", definition.runAs.group ?? "")]
      : []),
    ...(facts.init === "systemd" ? ["verify_generator", ...endsInTime(definition)] : []),
    call("verify_script", Buffer.from(script.content).toString("base64")),
  ];
  return [{ name: "verify", script: calls(...checks) }];
}

/** systemd kills an init script and its processes after five minutes: systemd-sysv-generator(8). */
const SYSTEMD_SECONDS = 300;
/** Seconds for everything in a stop besides waiting. */
const SPARE_SECONDS = 10;

function endsInTime({ stop }: Definition): string[] {
  const most = SYSTEMD_SECONDS - SPARE_SECONDS;
  if ((stop?.timeoutSeconds ?? 0) <= most) return [];
  const text = `stop.timeoutSeconds: must be at most ${most} where systemd runs the init script, because systemd stops a script after ${SYSTEMD_SECONDS} s`;
  return [call("wrong", text)];
}
