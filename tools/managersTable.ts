import { parsePath } from "../model/propertyPath";
import type { Path } from "../model/props";
import type { Definition } from "../model/service";
import { MANAGERS } from "../provider/posix/managers";
import type { Impact, ManagerRules } from "../provider/rules";

const program = { command: ["/opt/bots/bin/bots-webserver"] };

/** One row each: what a user may want, as the definition that asks for it. */
const WISHES: readonly [string, Definition][] = [
  ["`command`, any arguments", { command: ["/opt/bots/bin/bots-webserver", "", " a\n$b'\"%c"] }],
  ["`displayName`", { ...program, displayName: "Bots" }],
  ["`description`", { ...program, description: "Web interface" }],
  ["`workingDirectory`", { ...program, workingDirectory: "/srv/bots" }],
  ["`umask`", { ...program, umask: "0027" }],
  ["`environment`", { ...program, environment: { TZ: "UTC" } }],
  ["`environment`, secret", { ...program, environment: { TOKEN: "x" }, secretEnvironment: ["TOKEN"] }],
  ["`runAs.user`", { ...program, runAs: { user: "bots" } }],
  ["`runAs.group`", { ...program, runAs: { user: "bots", group: "edi" } }],
  ["`runAs.group` alone", { ...program, runAs: { group: "edi" } }],
  ["`restart.policy: always`", { ...program, restart: { policy: "always" } }],
  ["`restart.policy: onFailure`", { ...program, restart: { policy: "onFailure" } }],
  ["`restart.policy: never`", { ...program, restart: { policy: "never" } }],
  ["`restart.delaySeconds`", { ...program, restart: { policy: "always", delaySeconds: 5 } }],
  ["`restart.delaySeconds`, a fraction", { ...program, restart: { policy: "always", delaySeconds: 0.5 } }],
  ["`restart.maxAttempts`", { ...program, restart: { policy: "always", maxAttempts: 60 } }],
  ["`restart.maxAttempts: 0`, no limit", { ...program, restart: { policy: "always", maxAttempts: 0 } }],
  ["`stop.signal`", { ...program, stop: { signal: "SIGINT" } }],
  ["`stop.timeoutSeconds`", { ...program, stop: { timeoutSeconds: 30 } }],
  ["`stop.mode: mixed`", { ...program, stop: { mode: "mixed" } }],
  ["`stop.mode: process`", { ...program, stop: { mode: "process" } }],
  ["`stop.mode: group`", { ...program, stop: { mode: "group" } }],
  ["`reload.signal`", { ...program, reload: { signal: "SIGHUP" } }],
  ["`reload.command`", { ...program, reload: { command: ["/bin/kill", "-HUP"] } }],
  ["`requires`", { ...program, requires: ["bots-jobqueueserver"] }],
  ["`logs`, a file", { ...program, logs: { stdout: "/var/log/bots/web.log" } }],
  ["`logs`, two files", { ...program, logs: { stdout: "/var/log/bots/web.log", stderr: "/var/log/bots/err.log" } }],
  ["`logs: discard`", { ...program, logs: { stdout: "discard" } }],
];

const managers = [...MANAGERS.values()];

/** What each service manager can do, in Markdown: made of what check asks, so that the two never differ. */
function supportTable(): string {
  const notes: string[] = [];
  const note = (text: string) => (notes.includes(text) ? notes.indexOf(text) : notes.push(text) - 1) + 1;
  const rows = WISHES.map(([wish, definition]) => {
    const cells = managers.map((manager) => {
      const issues = manager.validate(definition).map(({ message }) => note(message));
      return issues.length === 0 ? "yes" : `no (${issues.join(", ")})`;
    });
    return [wish, ...cells];
  });
  return [table(rows), "", ...notes.map((text, i) => `${i + 1}. ${text}`)].join("\n");
}

/** Properties that a change of is about the service; those of `options` are one manager's own. */
const PROPERTIES = [
  ...["command", "workingDirectory", "environment", "umask", "runAs", "logs", "triggers"],
  ...["displayName", "description", "restart.policy", "restart.delaySeconds", "restart.maxAttempts"],
  ...["stop", "reload", "requires", "startMode"],
  ...["options.systemd.unit", "options.systemd.service", "options.systemd.service.TimeoutSec"],
  "options.systemd.install",
  ...["lsb", "startStopDaemon"].flatMap((manager) => [`options.${manager}.pidFile`, `options.${manager}.runlevels`]),
  ...["options.openrc.runlevel", "options.openrc.need", "options.upstart.author", "options.upstart.startOn"],
  "options.upstart.stopOn",
];

const IMPACTS: Record<Impact, string> = {
  restart: "restart",
  reload: "definition",
  enable: "boot",
  none: "definition",
};

/** What a change of each property asks for, in Markdown: made of what diff asks. */
function impactTable(): string {
  const cell = (manager: ManagerRules, path: Path) =>
    path[0] === "options" && path[1] !== manager.name ? "" : IMPACTS[manager.impact(path)];
  const rows = PROPERTIES.map((property) => {
    const path = parsePath(property);
    return [`\`${property}\``, ...managers.map((manager) => cell(manager, path))];
  });
  return table(rows);
}

function table(rows: readonly string[][]): string {
  const heads = ["", ...managers.map(({ name }) => `\`${name}\``)];
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`.replaceAll("  ", " ");
  return [line(heads), line(heads.map(() => "---")), ...rows.map(line)].join("\n");
}

/** The tables of docs/managers.md, by the name of their place in it. */
export const managersTables = { "what each can do": supportTable, "what a change does": impactTable };
