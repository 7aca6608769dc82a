import { parsePath } from "../model/propertyPath";
import type { Path } from "../model/props";
import type { Definition, StartMode } from "../model/service";
import { MANAGERS } from "../provider/managers";
import { startModeProblem, type Impact, type ManagerRules } from "../provider/rules";

/** Paths of a platform, and an account that it has. */
const EXAMPLES = {
  posix: {
    program: "/opt/bots/bin/bots-webserver",
    folder: "/srv/bots",
    log: "/var/log/bots",
    account: "bots",
    other: { user: "bots" },
  },
  windows: {
    program: "C:\\Bots\\webserver.exe",
    folder: "C:\\Bots",
    log: "C:\\Bots\\log",
    account: "LocalService",
    other: { user: "EDI\\bots", password: "x" },
  },
};
type Examples = (typeof EXAMPLES)["posix" | "windows"];

/** The rows: what a user may want, and the definition that asks for it, besides the program. */
const WISHES: readonly [string, Definition | ((on: Examples) => Definition)][] = [
  ["`command`, any arguments", ({ program }) => ({ command: [program, "", " a\n$b'\"%c"] })],
  ["`displayName`", { displayName: "Bots" }],
  ["`description`", { description: "Web interface" }],
  ["`workingDirectory`", ({ folder }) => ({ workingDirectory: folder })],
  ["`umask`", { umask: "0027" }],
  ["`environment`", { environment: { TZ: "UTC" } }],
  ["`environment`, empty value", { environment: { TZ: "" } }],
  ["`environment`, secret", { environment: { TOKEN: "x" }, secretEnvironment: ["TOKEN"] }],
  ["`runAs.user`", ({ account }) => ({ runAs: { user: account } })],
  ["`runAs.user`, of the host or a domain", ({ other }) => ({ runAs: other })],
  ["`runAs.group`", ({ account }) => ({ runAs: { user: account, group: "edi" } })],
  ["`runAs.group` alone", { runAs: { group: "edi" } }],
  ["`restart.policy: always`", { restart: { policy: "always" } }],
  ["`restart.policy: onFailure`", { restart: { policy: "onFailure" } }],
  ["`restart.policy: never`", { restart: { policy: "never" } }],
  ["`restart.delaySeconds`", { restart: { policy: "always", delaySeconds: 5 } }],
  ["`restart.delaySeconds`, a fraction", { restart: { policy: "always", delaySeconds: 0.5 } }],
  ["`restart.maxAttempts`", { restart: { policy: "always", maxAttempts: 60 } }],
  ["`restart.maxAttempts: 0`, no limit", { restart: { policy: "always", maxAttempts: 0 } }],
  ["`stop.signal`", { stop: { signal: "SIGINT" } }],
  ["`stop.timeoutSeconds`", { stop: { timeoutSeconds: 30 } }],
  ["`stop.mode: mixed`", { stop: { mode: "mixed" } }],
  ["`stop.mode: process`", { stop: { mode: "process" } }],
  ["`stop.mode: group`", { stop: { mode: "group" } }],
  ["`reload.signal`", { reload: { signal: "SIGHUP" } }],
  ["`reload.command`", ({ program }) => ({ reload: { command: [program, "-HUP"] } })],
  ["`requires`", { requires: ["bots-jobqueueserver"] }],
  ["`logs`, a file", ({ log }) => ({ logs: { stdout: log } })],
  ["`logs`, two files", ({ log }) => ({ logs: { stdout: log, stderr: `${log}2` } })],
  ["`logs: discard`", { logs: { stdout: "discard" } }],
];

const START_MODES: readonly StartMode[] = ["automatic", "delayed", "manual", "disabled"];

const managers = [...MANAGERS.values()];

/** What each service manager can do, in Markdown: from the rules that check uses, so that the two never differ. */
function supportTable(): string {
  const notes: string[] = [];
  const note = (text: string) => (notes.includes(text) ? notes.indexOf(text) : notes.push(text) - 1) + 1;
  const row = (wish: string, problemsOf: (manager: ManagerRules) => readonly string[]) => [
    wish,
    ...managers.map((manager) => {
      const notesOf = problemsOf(manager).map(note);
      return notesOf.length === 0 ? "yes" : `no (${notesOf.join(", ")})`;
    }),
  ];
  const rows = [
    ...WISHES.map(([wish, definition]) =>
      row(wish, (manager) => {
        const on = EXAMPLES[manager.platform];
        const wanted = typeof definition === "function" ? definition(on) : definition;
        return manager.validate({ command: [on.program], ...wanted }).map(({ message }) => message);
      }),
    ),
    ...START_MODES.map((mode) =>
      row(`\`startMode: ${mode}\``, (manager) => [startModeProblem(manager, mode)].flatMap((problem) => problem ?? [])),
    ),
  ];
  return [table(rows), "", ...notes.map((text, i) => `${i + 1}. ${text}`)].join("\n");
}

/** Properties whose change affects the service; those of `options` belong to one manager. */
const PROPERTIES = [
  ...["command", "workingDirectory", "environment", "umask", "runAs", "logs", "triggers"],
  ...["displayName", "description", "restart.policy", "restart.delaySeconds", "restart.maxAttempts"],
  ...["stop", "reload", "requires", "startMode"],
  ...["options.systemd.unit", "options.systemd.service", "options.systemd.service.TimeoutSec"],
  "options.systemd.install",
  ...["lsb", "startStopDaemon"].flatMap((manager) => [`options.${manager}.pidFile`, `options.${manager}.runlevels`]),
  ...["options.openrc.runlevel", "options.openrc.need", "options.upstart.author", "options.upstart.startOn"],
  "options.upstart.stopOn",
  ...["options.nssm", "options.srvany", "options.windows.failureActions", "options.windows.serviceSid"],
];

const IMPACTS: Record<Impact, string> = {
  restart: "restart",
  reload: "definition",
  enable: "boot",
  none: "definition",
};

/** What a change of each property does, in Markdown: from the rules that diff uses. */
function impactTable(): string {
  const cell = (manager: ManagerRules, path: Path) =>
    path[0] === "options" && path[1] !== manager.name && path[1] !== manager.platform
      ? ""
      : IMPACTS[manager.impact(path)];
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

/** The tables of docs/managers.md, by the name of the comment that marks their place. */
export const managersTables = { "what each can do": supportTable, "what a change does": impactTable };
