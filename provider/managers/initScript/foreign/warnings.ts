import type { Found } from "./choose";
import type { Launch } from "./launch";
import type { Walk } from "./walk";

/** What a person should know before a script is replaced. */
export function scriptWarnings(
  script: string,
  launch: Launch | undefined,
  command: string[] | undefined,
  daemon: Found,
  start: Walk,
  reload: Walk,
): string[] {
  const signal = reload.sent.find((sent) => !["SIGTERM", "SIGKILL"].includes(sent.signal));
  const words = launch?.operators?.join(" ") ?? "";
  const other = command && daemon.command && JSON.stringify(command) !== JSON.stringify(daemon.command);
  return [
    !launch && `how ${script} starts its program can't be told without running it`,
    launch &&
      !command &&
      !daemon.command &&
      `what ${script} starts can't be worked out without running it: give command`,
    words !== "" &&
      (other
        ? `the program was given "${words}" as arguments, which ${script} surely means as redirections`
        : `"${words}" in a variable of ${script} is taken for redirections; some shells hand it to the program as arguments`),
    other &&
      words === "" &&
      `the process has other arguments than ${script} would give it now: those of the process count`,
    launch &&
      !launch.background &&
      `${script} leaves it to the program to go into the background, which it must not do once this service is managed`,
    start.loops && `${script} starts the program again when it ends: give restart for that`,
    signal && `reload in ${script} sends ${signal.signal}, of which Bots dies: it is not taken over`,
  ].filter((text) => typeof text === "string" && text !== "") as string[];
}
