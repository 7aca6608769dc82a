import type { Definition } from "../../../model/service";
import type { Step } from "../shell/step";
import { call, calls } from "../shell/library";

/** Who opens the log files of a service at each start. */
export type LogOpener = "systemd" | "script";

/**
 * Checks that the host has the users, folders and the program of a definition. Service managers notice that only at the
 * start, when the old process is gone. Emits `missing`: one line for each missing thing, `PROPERTY<tab>MESSAGE`.
 */
export function preflightStep({ command, workingDirectory, runAs, logs }: Definition, opener: LogOpener): Step {
  // systemd accepts a numeric id without an account.
  const isBare = (account: string) => opener === "systemd" && /^\d+$/.test(account);
  const needs: string[] = [];
  if (runAs?.user !== undefined && !isBare(runAs.user)) needs.push(call("need_user", runAs.user));
  if (runAs?.group !== undefined && !isBare(runAs.group)) needs.push(call("need_group", runAs.group));
  if (workingDirectory !== undefined) needs.push(call("need_folder", workingDirectory));
  if (command?.[0] !== undefined) needs.push(call("need_program", command[0]));
  for (const stream of ["stdout", "stderr"] as const) {
    const file = logs?.[stream];
    if (file === undefined || file === "discard") continue;
    // systemd opens the file as root whatever the service's user; the provider's scripts do so only where that is safe.
    const [user, why] =
      opener === "systemd" ? ["root", "systemd opens it as root"] : [runAs?.user ?? "root", "root opens it"];
    needs.push(call("need_log", `logs.${stream}`, file, user, why));
  }
  return { name: "check the host", script: calls(...needs, call("tell_missing")) };
}
