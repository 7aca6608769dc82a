import type { Definition } from "../../../model/service";
import { shQuote } from "../shell/quote";
import type { Step } from "../shell/step";

/** Who opens the log files of a service, for the first time and at each restart. */
export type LogOpener = "systemd" | "script";

/**
 * Looks whether the host has what a definition names: users, folders, the program. Service managers find these out
 * only at the start, when the old process is gone. Emits `missing`: one line for each, `PROPERTY<tab>MESSAGE`.
 */
export function preflightStep({ command, workingDirectory, runAs, logs }: Definition, opener: LogOpener): Step {
  // Of a numeric id that no account has, systemd asks nothing more.
  const isBare = (account: string) => opener === "systemd" && /^\d+$/.test(account);
  const checks: string[] = [];
  const miss = (property: string, message: string) => `miss ${shQuote(property)} ${shQuote(message)}`;
  if (runAs?.user !== undefined && !isBare(runAs.user)) {
    checks.push(
      `id -u ${shQuote(runAs.user)} >/dev/null 2>&1 || ${miss("runAs.user", `there is no user "${runAs.user}"`)}`,
    );
  }
  if (runAs?.group !== undefined && !isBare(runAs.group)) {
    const group = shQuote(runAs.group);
    checks.push(
      `{ getent group ${group} || cut -d: -f1,3 /etc/group | tr : '\\n' | grep -Fxq -- ${group}; } >/dev/null 2>&1 || ${miss("runAs.group", `there is no group "${runAs.group}"`)}`,
    );
  }
  if (workingDirectory !== undefined) {
    const message = `there is no folder ${workingDirectory}`;
    checks.push(`[ -d ${shQuote(workingDirectory)} ] || ${miss("workingDirectory", message)}`);
  }
  const program = command?.[0];
  if (program !== undefined) {
    const path = shQuote(program);
    checks.push(
      `if [ ! -e ${path} ]; then ${miss("command[0]", `there is no program ${program}`)}; elif [ -d ${path} ] || [ ! -x ${path} ]; then ${miss("command[0]", `${program} is not executable`)}; fi`,
    );
  }
  for (const stream of ["stdout", "stderr"] as const) {
    const file = logs?.[stream];
    if (file === undefined || file === "discard") continue;
    const folder = file.slice(0, file.lastIndexOf("/")) || "/";
    // systemd opens it as root whatever the service's user; our own scripts only where that is safe.
    const user = opener === "systemd" ? "root" : (runAs?.user ?? "root");
    const why = opener === "systemd" ? "systemd opens it as root" : "root opens it";
    checks.push(`if [ ! -d ${shQuote(folder)} ]; then ${miss(`logs.${stream}`, `there is no folder ${folder}`)}
      else
        said=$(pb_shared ${shQuote(file)} ${shQuote(user)} ${shQuote(why)})
        [ -z "$said" ] || miss ${shQuote(`logs.${stream}`)} "$said"
      fi`);
  }
  return {
    name: "check the host",
    script: `
      found=
      miss() { found="$found$1	$2
"; }
      ${checks.join("\n      ")}
      emit missing "$found"`,
  };
}
