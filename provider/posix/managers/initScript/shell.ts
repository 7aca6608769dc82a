import { shQuote } from "../../shell/quote";
import type { Definition } from "../../../../model/service";
import type { HostFacts } from "../../../../model/host";
import { pidFilePath, recordPath, scriptPath, type ScriptManagerName } from "./name";
import { functionsOf } from "./machinery";
import { settingsText } from "./script";

/** Is there a script of ours in place? */
export const isOurScript = (name: string): string => `grep -qs '^# pulumi-bots:' ${shQuote(scriptPath(name))}`;

/** Calls our script itself, also on a host where a person's call would go through systemd. Its words go into the error. */
export const ourScript = (name: string, action: string): string =>
  `SYSTEMCTL_SKIP_REDIRECT=1 /bin/sh ${shQuote(scriptPath(name))} ${action} >&2`;

/** Ends what was started by a script of ours, also when that is not there any more. Nothing running is fine. */
export function endOurs(manager: ScriptManagerName, name: string, definition: Definition): string {
  // Without its command a process is known by the record alone: any pid file would do.
  const known = definition.command === undefined ? `[ -r ${shQuote(recordPath(name))} ] || exit 0` : ":";
  return `(
${known}
set +u
${settingsText(name, definition, manager)}${functionsOf(manager)}
say() { echo "$2"; }
load
[ -n "$state" ] || exit 0
stop_service >&2
)`;
}

/** What a script leaves behind of a service that has been ended. */
export const remains = (name: string): string[] => [recordPath(name), `${recordPath(name)}.lock`, pidFilePath(name)];

/**
 * A systemctl(1) with the last words of the script, which are in the journal. systemd waits for a script for five minutes;
 * the time of the operation bounds it besides.
 */
export function systemctl(verb: string, name: string): string {
  const unit = shQuote(`${name}.service`);
  return `{ timeout -k 10 "$(pb_left)" systemctl --no-ask-password ${verb} ${unit} >&2 || {
  rc=$?
  journalctl -u ${unit} -n 5 --no-pager -o cat >&2 2>/dev/null
  (exit $rc)
}; }`;
}

export const isSystemd = ({ init }: Pick<HostFacts, "init">): boolean => init === "systemd";

/** Makes systemd look at the scripts again: it makes a unit of each. */
export const DAEMON_RELOAD = {
  name: "daemon-reload",
  script: "timeout -k 10 90 systemctl --no-ask-password daemon-reload >&2",
};
