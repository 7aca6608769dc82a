import type { Values } from "../../../../model/props";
import type { Definition } from "../../../../model/service";
import type { Column } from "../support/column";
import type { Cases } from "../support/cases";
import { FOLDER, type Mode } from "../support/probe";
import { secret } from "../support/resource";
import type { Service } from "../support/world";
import { until } from "../../../engine/support/run";

type Program = Values & { mode?: Mode; arguments?: string[] };

interface Change {
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
function changes(column: Column): Change[] {
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

export const changing: Cases = {
  name: "a change of each property is seen, arrives, and restarts only what has to",
  together: (column, test) => {
    const isTried = ({ property }: Change) => column.ownChanges?.includes(property) ?? true;
    const tried = changes(column).filter(isTried);
    tried.forEach(({ property, what, before = {}, after, secrets = [], differs, arrived }, i) => {
      test(what === undefined ? property : `${property}: ${what}`, async (world) => {
        const web = world.service(`changed-${i}`);
        const supports = (values: Program) => world.manager.validate(definition(values, web)).length === 0;
        const refused = [before, { ...before, ...after }].find((values) => !supports(values));
        if (refused !== undefined) {
          // What a manager can't do is refused in words, never ignored.
          const said = await web.failure(web.program(refused));
          expect(said).toMatch(new RegExp(`^${property}\\b.*${column.manager}`, "m"));
          return;
        }
        await web.up(web.program(before, ...secret(...secrets)));
        const pid = await web.probe.pid();
        const done = await web.up(web.program(after, ...secret(...secrets)));
        expect(done).toMatchObject({ did: "update", properties: differs });
        const paths = done.properties.map((path) => path.split(/[.[]/));
        const restarts = paths.some((path) => path[0] === "triggers" || world.manager.impact(path) === "restart");
        expect([(await web.probe.pid()) !== pid, done.notes.length > 0]).toEqual([restarts, restarts]);
        expect(await web.refresh()).toEqual([]);
        await arrived(web);
      });
    });

    test("running, to false and back: stopped and started, and at boot all the while", async (world) => {
      const web = world.service("switched");
      await web.up(web.program());
      const pid = await web.probe.pid();
      expect((await web.up(web.program({ running: false }))).properties).toEqual(["running"]);
      expect([await web.probe.pids(), await web.enabled(), await web.refresh()]).toEqual([[], true, []]);
      expect(web.outputs).toMatchObject({ status: "stopped" });
      await web.up(web.program({ running: false, umask: "0077" }));
      expect([await web.probe.pids(), await web.refresh()]).toEqual([[], []]);
      await web.up(web.program());
      expect(await web.probe.pid()).not.toBe(pid);
      expect(await web.refresh()).toEqual([]);
    });

    test('whenChanged: "defer" restarts nothing, says that a restart is pending, and the next restart ends that', async (world) => {
      const web = world.service("deferred");
      await web.up(web.program());
      const pid = await web.probe.pid();
      const later = { arguments: ["later"], whenChanged: "defer" };
      await web.up(web.program(later));
      expect([await web.probe.pid(), web.outputs["restartPending"]]).toEqual([pid, true]);
      expect([await web.refresh(), web.outputs["restartPending"]]).toEqual([[], true]);
      await world.shell(`${column.stop(web.name)} && ${column.start(web.name)}`);
      expect([await web.refresh(), web.outputs["restartPending"]]).toEqual([[], false]);
      expect((await web.probe.started()).arguments).toEqual(["deferred", "run", "later"]);
    });

    test('without reload, whenChanged: "reload" is refused', async (world) => {
      const web = world.service("unreloadable");
      expect(await web.failure(web.program({ whenChanged: "reload" }))).toContain(
        "needs reload.signal or reload.command",
      );
    });
  },
};

function definition({ mode = "run", arguments: more = [], ...rest }: Program, web: Service): Definition {
  return { ...(rest as Definition), command: web.program({ mode, arguments: more }).values["command"] as string[] };
}
