import type { Definition } from "../../../../model/service";
import type { Cases } from "../support/cases";
import { secret } from "../support/resource";
import type { Service } from "../support/world";
import { courses, ends, type Change, type Program } from "./changes";

export const changing: Cases = {
  name: "a change of each property is seen, arrives, and restarts only what has to",
  together: (column, test) => {
    const isTried = ({ property }: Change) => column.ownChanges?.includes(property) ?? true;
    courses(column).forEach(({ what, secrets = [], updates }, i) => {
      const tried = updates.map((changes) => changes.filter(isTried)).filter((changes) => changes.length > 0);
      if (tried.length === 0) return;
      test(what, async (world) => {
        const web = world.service(`changed-${i}`);
        const possible = [];
        for (const changes of tried) possible.push(await notRefused(web, changes));
        let program = merged(possible.flat().map(({ before }) => before));
        await web.up(web.program(program, ...secret(...secrets)));
        for (const changes of possible.filter((some) => some.length > 0)) {
          const pid = await web.probe.pid();
          program = merged([program, ...changes.map(({ after }) => after)]);
          const done = await web.up(web.program(program, ...secret(...secrets)));
          expect(done.did).toBe("update");
          for (const path of changes.flatMap(({ differs }) => differs)) expect(done.properties.join()).toContain(path);
          const expected = changes.map(({ property }) => property);
          const paths = done.properties.map((path) => path.split(/[.[]/));
          expect(expected).toEqual(expect.arrayContaining(paths.map(([property]) => property)));
          const restarts = paths.some((path) => path[0] === "triggers" || world.manager.impact(path) === "restart");
          expect([(await web.probe.pid()) !== pid, done.notes.length > 0]).toEqual([restarts, restarts]);
          expect(await web.refresh()).toEqual([]);
          for (const { arrived } of changes) await arrived(web, program);
        }
      });
    });

    if (column.ownChanges?.includes("stop") ?? true) {
      test("stop: its process alone, with all that it has started, or all of them by the signal", async (world) => {
        const web = world.service("family");
        const child = world.service("family-child").probe;
        const change = (mode: string): Change => {
          const after = { mode: "family" as const, stop: { mode } };
          return { property: "stop", after, differs: [], arrived: async () => {} };
        };
        for (const { after } of await notRefused(web, ["process", "mixed", "group"].map(change))) {
          await web.up(web.program(after));
          const [pid, before] = [await child.pid(), (await child.signals()).length];
          await ends(web, after);
          const { mode } = after["stop"] as { mode: string };
          if (mode === "process") {
            expect(await child.pids()).toEqual([pid]);
            await world.shell(`kill ${pid}`);
          }
          await child.gone();
          expect((await child.signals()).slice(before)).toEqual(mode === "mixed" ? [] : ["SIGTERM"]);
        }
      });
    }

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
      expect(await web.failure(web.program({ whenChanged: "reload" }))).toContain(
        "needs reload.signal or reload.command",
      );
    });
  },
};

/** One program of several, of which the later wins. */
const merged = (programs: (Program | undefined)[]): Program => Object.assign({}, ...programs) as Program;

/** Those that the manager can do. What it can't do is refused in words, never ignored. */
async function notRefused(web: Service, changes: Change[]): Promise<Change[]> {
  const { manager, column } = web.world;
  const possible = [];
  for (const change of changes) {
    const { property, before = {}, after } = change;
    const programs = [before, { ...before, ...after }];
    const refused = programs.find((values) => manager.validate(definition(values, web)).length > 0);
    if (refused === undefined) possible.push(change);
    else expect(await web.failure(web.program(refused))).toMatch(new RegExp(`^${property}\\b.*${column.manager}`, "m"));
  }
  return possible;
}

function definition({ mode = "run", arguments: more = [], ...rest }: Program, web: Service): Definition {
  return { ...(rest as Definition), command: web.program({ mode, arguments: more }).values["command"] as string[] };
}
