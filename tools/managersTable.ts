import type { Definition } from "../model/service";
import { MANAGERS } from "../provider/posix/managers";

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

/** What each service manager can do, in Markdown: made of what check asks, so that the two never differ. */
export function managersTable(): string {
  const managers = [...MANAGERS.values()];
  const notes: string[] = [];
  const note = (text: string) => (notes.includes(text) ? notes.indexOf(text) : notes.push(text) - 1) + 1;
  const rows = WISHES.map(([wish, definition]) => {
    const cells = managers.map((manager) => {
      const issues = manager.validate(definition).map(({ message }) => note(message));
      return issues.length === 0 ? "yes" : `no (${issues.join(", ")})`;
    });
    return `| ${[wish, ...cells].join(" | ")} |`;
  });
  return [
    `| | ${managers.map(({ name }) => `\`${name}\``).join(" | ")} |`,
    `| --- ${managers.map(() => "| --- ").join("")}|`,
    ...rows,
    "",
    ...notes.map((text, i) => `${i + 1}. ${text}`),
  ].join("\n");
}

const BEGIN = "<!-- what each can do: npm run reference -->";
const END = "<!-- end -->";

/** A page with the table in its place. */
export function withManagersTable(page: string): string {
  const [before = "", rest = ""] = page.split(BEGIN);
  const after = rest.split(END)[1] ?? "";
  return `${before}${BEGIN}\n\n${managersTable()}\n\n${END}${after}`;
}
