import type { Definition } from "../../../../model/service";
import type { Cases } from "../support/cases";
import { secret } from "../support/resource";
import type { Service } from "../support/world";
import { changes, type Change, type Program } from "./changes";

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
