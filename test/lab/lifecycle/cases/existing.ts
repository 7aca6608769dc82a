import type { Props, Values } from "../../../../model/props";
import { until } from "../../../engine/support/run";
import type { Cases } from "../support/cases";
import { install, textOf } from "../support/handMade";
import type { Service } from "../support/world";

/** What a program says of a service that somebody else defines. */
function existing(service: Service, values: Values = {}): Props {
  const { connection, manager, name, settleSeconds } = service.program().values;
  const props = service.program();
  return { ...props, values: { connection, manager, name, settleSeconds, existing: true, ...values } };
}

/** Of a service that somebody else defines, all but its definition is managed; nothing is ever written to that. */
export const existingServices: Cases = {
  name: "existing: true, somebody else's definition",
  together: (column, test) => {
    const { handMade } = column;
    test("a service that is not there is an error, and nothing is made", async (world) => {
      const web = world.service("absent");
      expect(await web.failure(existing(web))).toContain('there is no service "absent"');
      expect(await world.is(`test -e ${web.file}`)).toBe(false);
    });
    if (handMade === undefined) return;

    test("runs already: the same process, no file touched; a start that does not come up is an error", async (world) => {
      const web = world.service("theirs");
      await install(web, handMade);
      const before = [await web.probe.pid(), await textOf(web, handMade)];
      await web.up(existing(web));
      expect([await web.refresh(), await web.probe.pid(), await textOf(web, handMade)]).toEqual([[], ...before]);
      expect(web.outputs).toMatchObject({ existing: true, status: "running", pid: before[0], startMode: "automatic" });
      expect(web.outputs.command).toBeUndefined();
      expect((await web.up(existing(web))).did).toBe("same");
      await web.destroy();
      expect([await web.probe.pid(), await textOf(web, handMade), await web.enabled()]).toEqual([...before, true]);
      expect(web.log.lines.join("\n")).toContain("stays as it is");

      await world.shell(column.stop(web.name));
      await web.probe.gone();
      await web.probe.breaks(true);
      expect(await web.failure(existing(web))).toContain("theirs");
      await web.probe.breaks(false);
      expect(await web.probe.pids()).toEqual([]);
      await web.up(existing(web));
      await web.probe.pid();
    });

    test("stopped, killed, switched off by hand: repaired by its own means; told to stop, it obeys", async (world) => {
      const web = world.service("mended");
      await install(web, handMade);
      const definition = await textOf(web, handMade);
      await web.up(existing(web));
      await world.shell(column.stop(web.name));
      await web.probe.gone();
      expect(await web.refresh()).toEqual(["running"]);
      expect((await web.up(existing(web))).did).toBe("update");
      await world.shell(`kill -9 ${await web.probe.pid()}`);
      await web.up(existing(web)).catch(() => {}); // the state may not know of it yet
      await web.refresh();
      await web.up(existing(web));
      await world.shell(column.disable(web.name));
      expect(await web.refresh()).toEqual(["startMode"]);
      await web.up(existing(web));
      expect([await web.enabled(), await web.refresh(), (await web.probe.pids()).length]).toEqual([true, [], 1]);
      expect((await web.probe.started()).arguments).toEqual(["mended", "run", "by-hand"]);
      expect(await textOf(web, handMade)).toBe(definition);

      await web.up(existing(web, { running: false, startMode: "manual" }));
      expect([await web.probe.pids(), await web.enabled(), await web.refresh()]).toEqual([[], false, []]);
      expect(web.outputs.status).toBe("stopped");
      await web.up(existing(web, { hold: "restore from backup" }));
      expect(await web.probe.pids()).toEqual([]);
      await web.up(existing(web));
      // On a busy host a process may take a while from its fork to its program.
      await until(async () => (await web.probe.pids()).length === 1, "it runs again");
      expect(await web.enabled()).toBe(true);
    });

    test("a change of triggers restarts it once; deferred, it is pending until somebody restarts it", async (world) => {
      const web = world.service("triggered");
      await install(web, handMade);
      const first = await web.probe.pid();
      await web.up(existing(web, { triggers: { config: "a" } }));
      expect(await web.probe.pid()).toBe(first);
      const later = existing(web, { triggers: { config: "b" } });
      expect(web.preview(later).notes.join()).toContain("restarts triggered");
      await web.up(later);
      const second = await web.probe.pid();
      expect(second).not.toBe(first);
      const deferred = existing(web, { triggers: { config: "c" }, whenChanged: "defer" });
      await web.up(deferred);
      expect([await web.probe.pid(), web.outputs.restartPending]).toEqual([second, true]);
      expect([await web.refresh(), (await web.up(deferred)).did, web.outputs.restartPending]).toEqual([
        [],
        "same",
        true,
      ]);
      await world.shell(`${column.stop(web.name)}`);
      await web.probe.gone();
      await world.shell(column.start(web.name));
      await web.probe.replaced(second);
      await web.refresh();
      expect(web.outputs.restartPending).toBe(false);
    });

    test("moved to a definition of ours, with a restart that the preview announces, and back without one", async (world) => {
      const web = world.service("converted");
      await install(web, handMade);
      const [pid, original] = [await web.probe.pid(), await textOf(web, handMade)];
      await web.up(existing(web));
      const own = web.program({ umask: "0077" });
      const { notes } = web.preview(own);
      expect(notes.join("\n")).toMatch(/replaces the definition of converted.*\n.*restarts converted/);
      await web.up(own);
      expect(await web.probe.pid()).not.toBe(pid);
      expect([await web.refresh(), (await web.probe.started()).umask]).toEqual([[], "0077"]);
      const kept = Object.keys(handMade("converted").files).map(
        (path) => `/var/lib/pulumi-bots/converted/original-*/files${path}`,
      );
      expect(original).toContain(await world.shell(`cat ${kept.join(" ")}`));

      const ours = await web.probe.pid();
      await web.up(existing(web));
      expect([await web.probe.pid(), await web.refresh()]).toEqual([ours, []]);
      expect(await world.shell(`grep -c 'pulumi-bots: ' ${web.file} || true`)).toBe("0");
      await world.shell(`kill -9 ${ours}`);
      await web.refresh();
      await web.up(existing(web));
      expect([(await web.probe.pids()).length, await web.refresh()]).toEqual([1, []]);
      await web.destroy();
      expect([(await web.probe.pids()).length, await world.is(`test -e ${web.file}`)]).toEqual([1, true]);
    });

    const whenLeading: typeof test = column.leads ? test : () => {};
    whenLeading(
      "a definition of ours that breaks it is rolled back: the existing one runs again, and says the same",
      async (world) => {
        const web = world.service("reverted");
        await install(web, handMade);
        const original = await textOf(web, handMade);
        await web.up(existing(web));
        const said = await web.failure(web.program({ mode: "breaks", restart: { policy: "never" } }));
        expect(said).toContain("Rolled back");
        expect([await textOf(web, handMade), await web.kept()]).toEqual([original, ""]);
        expect((await web.probe.started()).arguments).toEqual(["reverted", "run", "by-hand"]);
        await web.probe.pid();
        expect(await web.enabled()).toBe(true);
        expect((await web.up(existing(web))).did).toBe("same");
      },
    );
  },
};
