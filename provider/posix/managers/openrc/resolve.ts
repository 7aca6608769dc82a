import type { Definition } from "../../../../model/service";
import { DEFAULT_RESPAWN_MAX, DEFAULT_STOP_SECONDS } from "./machinery";
import { DEFAULT_RUNLEVEL } from "./name";
import { parseScript, renderScript } from "./script";
import { splitEnvironment } from "../common/environment";
import { formatAssignments } from "../common/assignments";

const NAME = "resolve";
const MARKER = { ownerId: "", urn: "", definition: "", triggers: "" };

/** A definition as OpenRC carries it out: every value in its one spelling (written and read back), its defaults filled in. */
export function resolve(definition: Definition): Definition {
  const secrets = formatAssignments(splitEnvironment(definition).secret);
  const { definition: said } = parseScript(NAME, renderScript(NAME, definition, MARKER), secrets);
  const { openrc } = said.options ?? {};
  return {
    ...said,
    workingDirectory: said.workingDirectory ?? "/",
    umask: said.umask ?? "0022",
    runAs: said.runAs ?? { user: "root" },
    restart: { policy: "never", delaySeconds: 0, maxAttempts: DEFAULT_RESPAWN_MAX + 1, ...said.restart },
    stop: { signal: "SIGTERM", timeoutSeconds: DEFAULT_STOP_SECONDS, mode: "process", ...said.stop },
    options: { openrc: { runlevel: DEFAULT_RUNLEVEL, ...openrc } },
    ...(said.logs?.stdout !== undefined && { logs: { stderr: said.logs.stdout, ...said.logs } }),
  };
}
