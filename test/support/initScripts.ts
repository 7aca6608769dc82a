import fc from "fast-check";
import type { HostFacts } from "../../provider/posix/facts";
import type { Definition, Live } from "../../model/service";
import { lsb, startStopDaemon } from "../../provider/posix/managers/initScript";
import { anyText, arbitraryDefinition, marker } from "./definitions";

export const MANAGERS = { lsb, startStopDaemon };
export type ScriptManager = keyof typeof MANAGERS;

export const facts: HostFacts = {
  machineId: "0123456789abcdef0123456789abcdef",
  hostName: "edi1",
  uptime: 100,
  init: "sysvinit",
  initText: "sysvinit",
  upstartVersion: "",
  startStopDaemon: "dpkg",
  systemdVersion: 0,
  tools: new Set(),
  uid: 0,
};

/** A service with nearly every property. */
export const botsDefinition = (manager: ScriptManager): Definition => ({
  displayName: "Bots Webserver",
  description: "Web interface of the Bots EDI translator, 100 %",
  command: ["/opt/bots/bin/bots-webserver", "-c/srv/bots/config", "a \"b\" \\ $HOME\n'%h'"],
  workingDirectory: "/srv/bots",
  umask: "0027",
  environment: { BOTSENV: "default", PATH: "/opt/bots/bin:/usr/bin:/bin", TOKEN: "ge'heim\n$x" },
  secretEnvironment: ["TOKEN"],
  runAs: { user: "bots", group: "bots" },
  restart: { policy: "always", delaySeconds: 5, maxAttempts: 3 },
  stop: { signal: "SIGTERM", timeoutSeconds: 30, mode: "mixed" },
  reload: { signal: "SIGHUP" },
  requires: ["bots-jobqueueserver"],
  logs: { stdout: "/var/log/bots/web.log", stderr: "discard" },
  options: { [manager]: { pidFile: "/run/bots/web.pid", runlevels: [3, 5], requiredStart: ["$network", "$syslog"] } },
});

/** The fields that a host would emit after the files of a definition were put there; `change` spoils the script. */
export function written(
  manager: ScriptManager,
  definition: Definition,
  { change = (text: string) => text, ...extra }: { change?: (text: string) => string; [key: string]: unknown } = {},
): Live {
  const [script, secrets] = MANAGERS[manager].render("web", definition, marker, facts);
  const fields = { script: change(script!.content), ...(secrets && { environment: secrets.content }), ...extra };
  return MANAGERS[manager].parse("web", {
    fields: new Map(Object.entries(fields)),
    shared: new Map([["boot", "b1"]]),
  });
}

const facility = fc.oneof(
  fc.constantFrom("$network", "$remote_fs", "$syslog"),
  fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/),
);
const options = fc
  .record(
    {
      pidFile: fc.constantFrom("/run/x.pid", "/run/a b/it's.pid", "/var/run/web.pid"),
      runlevels: fc.uniqueArray(fc.integer({ min: 1, max: 5 }), { minLength: 1 }).map((levels) => levels.sort()),
      requiredStart: fc.uniqueArray(facility, { maxLength: 3 }),
      requiredStop: fc.uniqueArray(facility, { maxLength: 3 }),
    },
    { requiredKeys: [] },
  )
  .filter((value) => Object.keys(value).length > 0);

const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,6}X$/);
const hundredths = fc.integer({ min: 1, max: 1e6 }).map((value) => value / 100);

/** Any definition that a manager of init scripts can express, in normalised form. */
export const arbitraryScriptDefinition = (manager: ScriptManager): fc.Arbitrary<Definition> =>
  fc
    .tuple(
      arbitraryDefinition,
      fc.option(options),
      fc.option(fc.uniqueArray(fc.tuple(name, anyText, fc.boolean()), { selector: ([key]) => key, minLength: 1 })),
      hundredths,
      fc.integer({ min: 1, max: 1000 }),
    )
    .map(([{ options: _, environment: __, secretEnvironment: ___, ...definition }, own, variables, delay, seconds]) => {
      const secret = (variables ?? []).flatMap(([key, , hidden]) => (hidden ? [key] : [])).sort();
      const { restart, stop } = definition;
      return {
        ...definition,
        ...(restart && { restart: { ...restart, ...(restart.delaySeconds !== undefined && { delaySeconds: delay }) } }),
        ...(stop && {
          stop: {
            ...stop,
            ...(stop.timeoutSeconds !== undefined && { timeoutSeconds: manager === "lsb" ? delay : seconds }),
            ...(stop.mode && { mode: manager === "lsb" ? stop.mode : "mixed" }),
          },
        }),
        ...(definition.requires && { requires: definition.requires.map((one) => one.replace(/[^a-z0-9-]|^-+/g, "x")) }),
        ...(own && { options: { [manager]: own } }),
        ...(variables && { environment: Object.fromEntries(variables.map(([key, value]) => [key, value])) }),
        ...(secret.length > 0 && { secretEnvironment: secret }),
      };
    });
