import type { Values } from "../../../../model/props";
import type { Column } from "../support/column";
import { FOLDER, type Mode } from "../support/probe";
import type { Service } from "../support/world";
import { until } from "../../../engine/support/run";

export type Program = Values & { mode?: Mode; arguments?: string[] };

export interface Change {
  /** The property that is changed, and the one by which the manager says what that asks for. */
  property: string;
  what?: string;
  before?: Program;
  after: Program;
  secrets?: string[];
  /** The properties at which the preview shows it. */
  differs: string[];
  /** That it has arrived: at the process, or at the manager. */
  arrived: (web: Service) => Promise<void>;
}

const started = (part: object) => async (web: Service) => {
  expect(await web.probe.started()).toMatchObject(part);
};
const inFile = (text: string) => async (web: Service) => {
  expect(await web.world.shell(`cat ${web.file}`)).toContain(text);
};
/** The signals that it gets when it is stopped. */
const ends = async (web: Service, program: Program): Promise<string[]> => {
  const before = (await web.probe.signals()).length;
  await web.up(web.program({ ...program, running: false }));
  expect(web.outputs).toMatchObject({ running: false });
  await web.probe.gone();
  return (await web.probe.signals()).slice(before);
};

/** A change of each property that is about the service, and how to see that it has arrived. */
export function changes(column: Column): Change[] {
  const always = { restart: { policy: "always", delaySeconds: 1 } };
  return [
    {
      property: "command",
      after: { arguments: ["--port", "2"] },
      before: { arguments: ["--port", "1"] },
      differs: ["command[4]"],
      arrived: async (web) => expect((await web.probe.started()).arguments).toEqual([web.name, "run", "--port", "2"]),
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
      before: { environment: { COLOUR: "red", OLD: "1" } },
      after: { environment: { COLOUR: "blue $HOME", NEW: "" } },
      differs: ["environment.COLOUR", "environment.NEW", "environment.OLD"],
      arrived: async (web) => {
        const { environment } = await web.probe.started();
        expect(environment).toMatchObject({ COLOUR: "blue $HOME", NEW: "" });
        expect(environment).not.toHaveProperty("OLD");
      },
    },
    {
      property: "environment",
      what: "a secret of it",
      before: { environment: { TOKEN: "old one" } },
      after: { environment: { TOKEN: "new one" } },
      secrets: ["TOKEN"],
      differs: ["environment.TOKEN"],
      arrived: started({ environment: { TOKEN: "new one" } }),
    },
    {
      property: "runAs",
      before: { runAs: { user: "games" } },
      after: { runAs: { user: "nobody" } },
      differs: ["runAs.user"],
      arrived: started({ uid: 65534 }),
    },
    {
      property: "runAs",
      what: "its group",
      before: { runAs: { user: "games" } },
      after: { runAs: { user: "games", group: "adm" } },
      differs: ["runAs.group"],
      arrived: started({ uid: 5, gid: 4 }),
    },
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
    {
      property: "restart",
      what: "its policy, to always",
      after: always,
      differs: ["restart.delaySeconds", "restart.policy"],
      arrived: async (web) => {
        const pid = await web.probe.pid();
        await web.world.shell(`kill -9 ${pid}`);
        await web.probe.replaced(pid);
      },
    },
    {
      property: "restart",
      what: "its policy, to never",
      before: always,
      after: {},
      differs: ["restart.delaySeconds", "restart.policy"],
      arrived: async (web) => {
        const starts = await web.probe.starts();
        await web.probe.kill();
        await web.world.shell("sleep 2");
        expect(await web.probe.starts()).toBe(starts);
      },
    },
    {
      property: "restart",
      what: "how often, and gives up after as many starts",
      before: always,
      after: { restart: { policy: "always", delaySeconds: 1, maxAttempts: 2 } },
      differs: ["restart.maxAttempts"],
      arrived: async (web) => {
        await web.probe.breaks(true);
        await web.probe.kill();
        const over = ["failed", "stopped"];
        await until(async () => (await web.refresh(), over.includes(String(web.outputs["status"]))), "it gives up");
        const starts = await web.probe.starts();
        await web.world.shell("sleep 2");
        expect(await web.probe.starts()).toBe(starts);
        await web.probe.breaks(false);
        await web.up(web.program({ restart: { policy: "always", delaySeconds: 1, maxAttempts: 2 } }));
        expect(await web.refresh()).toEqual([]);
      },
    },
    {
      property: "stop",
      what: "its signal",
      before: { stop: { signal: "SIGTERM" } },
      after: { stop: { signal: "SIGINT" } },
      differs: ["stop.signal"],
      arrived: async (web) => {
        expect(await ends(web, { stop: { signal: "SIGINT" } })).toEqual(["SIGINT"]);
      },
    },
    {
      property: "stop",
      what: "its time, after which it is killed",
      before: { mode: "stubborn", stop: { timeoutSeconds: 3 } },
      after: { mode: "stubborn", stop: { timeoutSeconds: 1 } },
      differs: ["stop.timeoutSeconds"],
      arrived: async (web) => {
        expect(await ends(web, { mode: "stubborn", stop: { timeoutSeconds: 1 } })).toEqual(["SIGTERM"]);
      },
    },
    ...(["process", "mixed", "group"] as const).map((mode): Change => ({
      property: "stop",
      what: `whom it ends: ${mode}`,
      before: { mode: "family", stop: { mode: mode === "mixed" ? "group" : "mixed" } },
      after: { mode: "family", stop: { mode } },
      differs: ["stop.mode"],
      arrived: async (web) => {
        const child = web.world.service(`${web.name}-child`).probe;
        const [pid, before] = [await child.pid(), (await child.signals()).length];
        await ends(web, { mode: "family", stop: { mode } });
        if (mode === "process") {
          expect(await child.pids()).toEqual([pid]);
          await web.world.shell(`kill ${pid}`);
        } else {
          await child.gone();
        }
        expect((await child.signals()).slice(before)).toEqual(mode === "mixed" ? [] : ["SIGTERM"]);
      },
    })),
    {
      property: "reload",
      what: "a signal, which the program then gets in place of a restart",
      before: { mode: "reloads" },
      after: { mode: "reloads", reload: { signal: "SIGUSR1" } },
      differs: ["reload.signal"],
      arrived: async (web) => {
        const pid = await web.probe.pid();
        const program = {
          mode: "reloads" as const,
          reload: { signal: "SIGUSR1" },
          whenChanged: "reload",
          triggers: { config: 2 },
        };
        await web.up(web.program(program));
        expect([await web.probe.pid(), await web.probe.signals()]).toEqual([pid, ["SIGUSR1"]]);
      },
    },
    {
      property: "reload",
      what: "a command",
      after: { reload: { command: ["/bin/touch", `${FOLDER}/told you "so" $HOME`] } },
      differs: ["reload.command"],
      arrived: async (web) => {
        const pid = await web.probe.pid();
        const reload = { command: ["/bin/touch", `${FOLDER}/told you "so" $HOME`] };
        await web.up(web.program({ reload, whenChanged: "reload", triggers: { config: 2 } }));
        expect(await web.probe.pid()).toBe(pid);
        await web.world.shell(`rm '${FOLDER}/told you "so" $HOME'`);
      },
    },
    { property: "requires", after: { requires: ["ssh"] }, differs: ["requires"], arrived: inFile("ssh") },
    {
      property: "logs",
      what: "its output to a file, its errors to another",
      after: { logs: { stdout: "/var/log/probe-out.log", stderr: "/var/log/probe-err.log" } },
      differs: ["logs.stderr", "logs.stdout"],
      arrived: async (web) => {
        expect(await web.world.shell("cd /var/log; cat probe-out.log; cat probe-err.log")).toBe(
          `${web.name} says hello\n${web.name} complains`,
        );
      },
    },
    {
      property: "logs",
      what: "discarded",
      before: { logs: { stdout: "/var/log/probe-before.log" } },
      after: { logs: { stdout: "discard" } },
      differs: expect.arrayContaining(["logs.stdout"]) as string[],
      arrived: async (web) => {
        const shell = `for fd in 1 2; do readlink /proc/${await web.probe.pid()}/fd/$fd; done`;
        expect(await web.world.shell(shell)).toBe("/dev/null\n/dev/null");
      },
    },
    {
      property: "options",
      after: { options: column.options.values },
      differs: expect.arrayContaining([expect.stringMatching(`^options\\.${column.manager}\\.`)]) as string[],
      arrived: async (web) => expect(await web.world.is(column.options.arrived(web.name))).toBe(true),
    },
    {
      property: "triggers",
      before: { triggers: { v: 1 } },
      after: { triggers: { v: 2 } },
      differs: ["triggers.v"],
      arrived: async () => {},
    },
    {
      property: "startMode",
      after: { startMode: "manual" },
      differs: ["startMode"],
      arrived: async (web) => {
        expect(await web.enabled()).toBe(false);
        await web.up(web.program());
        expect(await web.enabled()).toBe(true);
      },
    },
  ];
}
