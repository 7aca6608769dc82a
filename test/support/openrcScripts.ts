import fc from "fast-check";
import type { Definition, Live } from "../../model/service";
import type { HostFacts } from "../../provider/posix/facts";
import { openrc } from "../../provider/posix/managers/openrc";
import { anyText, marker } from "./definitions";

export const facts: HostFacts = {
  machineId: "0123456789abcdef0123456789abcdef",
  hostName: "edi1",
  uptime: 100,
  init: "openrc",
  initText: "OpenRC",
  upstartVersion: "",
  startStopDaemon: "dpkg",
  systemdVersion: 0,
  tools: new Set(["rc-service"]),
  uid: 0,
};

/** The service for which a host would emit these fields. */
export function live(fields: Record<string, string>): Live {
  return openrc.parse("web", { fields: new Map(Object.entries(fields)), shared: new Map() });
}

/** The fields that a host would emit after the files of a definition were written there. */
export function written(definition: Definition, extra: Record<string, string> = {}): Live {
  const [script, environment] = openrc.render("web", definition, marker, facts);
  return live({ script: script!.content, ...(environment && { environment: environment.content }), ...extra });
}

const noNul = anyText.filter((text) => !text.includes("\0"));
const line = noNul.map((text) => text.replace(/[\r\n]/g, "")).filter((text) => text !== "");
const path = fc
  .array(
    noNul.filter((text) => text !== "" && !text.includes("/")),
    { minLength: 1, maxLength: 3 },
  )
  .map((parts) => `/${parts.join("/")}`)
  .filter((text) => text !== "/dev/null");
const argv = fc.tuple(path, fc.array(noNul, { maxLength: 4 })).map(([first, rest]) => [first, ...rest]);
const names = fc
  .uniqueArray(fc.stringMatching(/^[a-z0-9_][a-z0-9_.]{0,6}[a-z]$/), { minLength: 1, maxLength: 3 })
  .filter((list) => list.every((name) => openrc.validateName(name) === undefined));
const log = fc.oneof(fc.constant("discard"), path);
const signal = fc.constantFrom("SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGUSR1");
const variable = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{1,6}$/).filter((name) => !/^(UID|PPID|EUID)$/.test(name));

const some = <T extends object>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.record(model, { requiredKeys: [] }).filter((value) => Object.keys(value).length > 0) as fc.Arbitrary<Partial<T>>;

const environment = fc
  .uniqueArray(fc.tuple(variable, noNul, fc.boolean()), { selector: ([key]) => key, minLength: 1, maxLength: 5 })
  .map((variables) => ({
    environment: Object.fromEntries(variables.map(([key, value]) => [key, value])),
    secretEnvironment: variables.flatMap(([key, , secret]) => (secret ? [key] : [])).sort(),
  }))
  .map(({ secretEnvironment, ...rest }) => (secretEnvironment.length > 0 ? { ...rest, secretEnvironment } : rest));

/** Any definition that OpenRC can carry out, in normalised form. */
export const arbitraryDefinition: fc.Arbitrary<Definition> = fc
  .tuple(
    fc.record({ command: argv }),
    fc.record(
      {
        displayName: line,
        description: line,
        workingDirectory: path,
        umask: fc.integer({ min: 0, max: 0o777 }).map((mask) => mask.toString(8).padStart(4, "0")),
        runAs: some({ user: fc.constantFrom("bots", "root", "1000"), group: fc.constantFrom("adm", "50") }),
        restart: some({
          policy: fc.constantFrom("always" as const, "never" as const),
          delaySeconds: fc.integer({ min: 0, max: 1000 }),
          maxAttempts: fc.integer({ min: 0, max: 100 }).filter((attempts) => attempts !== 1),
        }),
        stop: some({
          signal,
          timeoutSeconds: fc.integer({ min: 1, max: 1000 }),
          mode: fc.constantFrom("mixed" as const, "process" as const, "group" as const),
        }),
        reload: fc.oneof(fc.record({ signal }), fc.record({ command: argv })),
        logs: some({ stdout: log, stderr: log }),
      },
      { requiredKeys: [] },
    ),
    fc.record(
      {
        requires: names,
        openrc: some({ runlevel: fc.constantFrom("boot", "default"), need: names, use: names, after: names }),
      },
      { requiredKeys: [] },
    ),
    fc.option(environment, { nil: {} }),
  )
  .map(([command, rest, { requires, openrc: options }, variables]) => {
    if (options?.after && requires) options.after = options.after.filter((name) => !requires.includes(name));
    if (options?.after?.length === 0) delete options.after;
    return {
      ...command,
      ...rest,
      ...variables,
      ...(requires && { requires }),
      ...(options && Object.keys(options).length > 0 && { options: { openrc: options } }),
    };
  });

/** A service with nearly every property. */
export const BOTS: Definition = {
  displayName: "Bots Webserver",
  description: "Web interface of the Bots EDI translator, 100 %",
  command: ["/opt/bots/bin/bots-webserver", "-c/srv/bots/config", "a \"b\" \\ $HOME\n* 'c'"],
  workingDirectory: "/srv/bots",
  umask: "0027",
  environment: { BOTSENV: "default", PATH: "/opt/bots/bin:/usr/bin:/bin", TOKEN: "se'cret\n$x" },
  secretEnvironment: ["TOKEN"],
  runAs: { user: "bots", group: "bots" },
  restart: { policy: "always", delaySeconds: 5, maxAttempts: 60 },
  stop: { signal: "SIGTERM", timeoutSeconds: 30, mode: "mixed" },
  reload: { signal: "SIGHUP" },
  requires: ["bots-jobqueueserver"],
  logs: { stdout: "/var/log/bots/web.log", stderr: "discard" },
  options: { openrc: { runlevel: "boot", need: ["net"], after: ["postgresql"] } },
};
