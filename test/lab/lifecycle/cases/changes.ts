import type { Values } from "../../../../model/props";
import type { Column } from "../support/column";
import { FOLDER, type Mode } from "../support/probe";
import type { Service } from "../support/world";
import { until } from "../../../engine/support/run";

export type Program = Values & { mode?: Mode; arguments?: string[] };

export interface Change {
  /** The property that is changed, and the one by which the manager says what that asks for. */
  property: string;
  before?: Program;
  after: Program;
  /** The properties at which the preview shows it. */
  differs: string[];
  /** Waits until it has arrived, at the process or at the manager. Gets what the program says by then. */
  arrived: (web: Service, program: Program) => Promise<void>;
}

/** Changes of one service, one update after the other; those of one update are of different properties. */
export interface Course {
  what: string;
  secrets?: string[];
  updates: Change[][];
}

const started = (part: object) => async (web: Service) => {
  expect(await web.probe.started()).toMatchObject(part);
};
const inFile = (text: string) => async (web: Service) => {
  expect(await web.world.shell(`cat ${web.file}`)).toContain(text);
};

/** The signals that it gets when it is stopped. */
export async function ends(web: Service, program: Program): Promise<string[]> {
  const before = (await web.probe.signals()).length;
  await web.up(web.program({ ...program, running: false }));
  expect(web.outputs).toMatchObject({ running: false });
  await web.probe.gone();
  return (await web.probe.signals()).slice(before);
}

/** A change of each property that is about the service, and how to see that it has arrived. */
export function courses(column: Column): Course[] {
  const always = { policy: "always", delaySeconds: 1 };
  const touched = `${FOLDER}/told you "so" $HOME`;
  const reload = { mode: "reloads" as const, whenChanged: "reload" };
  return [
    {
      what: "what a process gets when it starts",
      secrets: ["TOKEN"],
      updates: [
        [
          {
            property: "command",
            before: { arguments: ["--port", "1"] },
            after: { arguments: ["--port", "2"] },
            differs: ["command[4]"],
            arrived: async (web) =>
              expect((await web.probe.started()).arguments).toEqual([web.name, "run", "--port", "2"]),
          },
          {
            property: "workingDirectory",
            after: { workingDirectory: FOLDER },
            differs: ["workingDirectory"],
            arrived: started({ cwd: FOLDER }),
          },
          {
            property: "umask",
            before: { umask: "0022" },
            after: { umask: "0077" },
            differs: ["umask"],
            arrived: started({ umask: "0077" }),
          },
          {
            property: "environment",
            before: { environment: { COLOUR: "red", OLD: "1", TOKEN: "old one" } },
            after: { environment: { COLOUR: "blue $HOME", NEW: "", TOKEN: "new one" } },
            differs: ["environment.COLOUR", "environment.NEW", "environment.OLD", "environment.TOKEN"],
            arrived: async (web) => {
              const { environment } = await web.probe.started();
              expect(environment).toMatchObject({ COLOUR: "blue $HOME", NEW: "", TOKEN: "new one" });
              expect(environment).not.toHaveProperty("OLD");
            },
          },
          {
            property: "runAs",
            before: { runAs: { user: "games" } },
            after: { runAs: { user: "nobody", group: "adm" } },
            differs: ["runAs.group", "runAs.user"],
            arrived: started({ uid: 65534, gid: 4 }),
          },
          {
            property: "logs",
            after: { logs: { stdout: "/var/log/probe-out.log", stderr: "/var/log/probe-err.log" } },
            differs: ["logs.stderr", "logs.stdout"],
            arrived: async (web) => {
              expect(await web.world.shell("cd /var/log; cat probe-out.log; cat probe-err.log")).toBe(
                `${web.name} says hello\n${web.name} complains`,
              );
            },
          },
        ],
        [
          {
            property: "logs",
            after: { logs: { stdout: "discard" } },
            differs: ["logs.stdout"],
            arrived: async (web) => {
              const shell = `for fd in 1 2; do readlink /proc/${await web.probe.pid()}/fd/$fd; done`;
              expect(await web.world.shell(shell)).toBe("/dev/null\n/dev/null");
            },
          },
          {
            property: "runAs",
            after: { runAs: { user: "games" } },
            differs: ["runAs.group", "runAs.user"],
            arrived: started({ uid: 5, gid: 60 }),
          },
        ],
      ],
    },
    {
      what: "its texts, and what it requires",
      updates: [
        [
          {
            property: "description",
            after: { description: "one of many" },
            differs: ["description"],
            arrived: inFile("one of many"),
          },
          {
            property: "displayName",
            after: { displayName: "Web of Bots" },
            differs: ["displayName"],
            arrived: inFile("Web of Bots"),
          },
          { property: "requires", after: { requires: ["ssh"] }, differs: ["requires"], arrived: inFile("ssh") },
        ],
      ],
    },
    {
      what: "restart: always; as often as it may, after which it gives up; and never",
      updates: [
        [
          {
            property: "restart",
            after: { restart: always },
            differs: ["restart.delaySeconds", "restart.policy"],
            arrived: async (web) => {
              const pid = await web.probe.pid();
              await web.world.shell(`kill -9 ${pid}`);
              await web.probe.replaced(pid);
            },
          },
        ],
        [
          {
            property: "restart",
            after: { restart: { ...always, maxAttempts: 2 } },
            differs: ["restart.maxAttempts"],
            arrived: async (web, program) => {
              await web.probe.breaks(true);
              await web.probe.kill();
              const over = ["failed", "stopped"];
              await until(
                async () => (await web.refresh(), over.includes(String(web.outputs["status"]))),
                "it gives up",
              );
              const starts = await web.probe.starts();
              await web.world.shell("sleep 2");
              expect(await web.probe.starts()).toBe(starts);
              await web.probe.breaks(false);
              await web.up(web.program(program));
              expect(await web.refresh()).toEqual([]);
            },
          },
        ],
        [
          {
            property: "restart",
            after: { restart: { policy: "never" } },
            differs: ["restart.policy"],
            arrived: async (web) => {
              const starts = await web.probe.starts();
              await web.probe.kill();
              await web.world.shell("sleep 2");
              expect(await web.probe.starts()).toBe(starts);
              await web.refresh();
              const status = column.knowsFailures ? "failed" : "stopped";
              expect(web.outputs).toMatchObject({ status, running: false });
            },
          },
        ],
      ],
    },
    {
      what: "stop: the signal, and the time after which it is killed",
      updates: [
        [
          {
            property: "stop",
            before: { mode: "stubborn", stop: { signal: "SIGTERM", timeoutSeconds: 3 } },
            after: { stop: { signal: "SIGINT", timeoutSeconds: 1 } },
            differs: ["stop.signal", "stop.timeoutSeconds"],
            arrived: async (web, program) => {
              expect(await ends(web, program)).toEqual(["SIGINT"]);
            },
          },
        ],
      ],
    },
    {
      what: "reload: a signal, and a command, in place of a restart",
      updates: [
        [
          {
            property: "reload",
            before: { mode: "reloads" },
            after: { ...reload, reload: { signal: "SIGUSR1" } },
            differs: ["reload.signal"],
            arrived: async (web, program) => {
              const pid = await web.probe.pid();
              await web.up(web.program({ ...program, triggers: { config: 2 } }));
              expect([await web.probe.pid(), await web.probe.signals()]).toEqual([pid, ["SIGUSR1"]]);
            },
          },
        ],
        [
          {
            property: "reload",
            after: { ...reload, reload: { command: ["/bin/touch", touched] }, triggers: { config: 2 } },
            differs: ["reload.command"],
            arrived: async (web, program) => {
              const pid = await web.probe.pid();
              await web.up(web.program({ ...program, triggers: { config: 3 } }));
              expect(await web.probe.pid()).toBe(pid);
              await web.world.shell(`rm '${touched}'`);
            },
          },
        ],
      ],
    },
    {
      what: "the manager's own options, and triggers",
      updates: [
        [
          {
            property: "options",
            after: { options: column.options.values },
            differs: [`options.${column.manager}`],
            arrived: async (web) => expect(await web.world.is(column.options.arrived(web.name))).toBe(true),
          },
        ],
        [
          {
            property: "triggers",
            before: { triggers: { v: 1 } },
            after: { triggers: { v: 2 } },
            differs: ["triggers.v"],
            arrived: async () => {},
          },
        ],
      ],
    },
    {
      what: "whether it starts at boot",
      updates: [
        [
          {
            property: "startMode",
            after: { startMode: "manual" },
            differs: ["startMode"],
            arrived: async (web, program) => {
              expect(await web.enabled()).toBe(false);
              await web.up(web.program({ ...program, startMode: "automatic" }));
              expect(await web.enabled()).toBe(true);
            },
          },
        ],
      ],
    },
  ];
}
