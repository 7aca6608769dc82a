import type { Values } from "../../../../model/props";
import type { Cases } from "../support/cases";
import type { Edit } from "../support/column";
import { secret } from "../support/resource";

/** What can be edited by hand in the files of every manager. */
const edits = (file: (name: string) => string): Edit[] => [
  {
    what: "an argument",
    values: { arguments: ["alpha"] },
    shell: (name) => `sed -i 's/alpha/omega/' ${file(name)}`,
    found: ["command[3]"],
  },
  {
    what: "a variable",
    values: { environment: { COLOUR: "crimson" } },
    shell: (name) => `sed -i 's/crimson/azure/' ${file(name)}`,
    found: ["environment.COLOUR"],
  },
  {
    what: "its description",
    values: { description: "as we said" },
    shell: (name) => `sed -i 's/as we said/as they said/' ${file(name)}`,
    found: expect.arrayContaining(["description"]) as string[],
  },
  {
    what: "its user",
    values: { runAs: { user: "games" } },
    shell: (name) => `sed -i 's/games/nobody/' ${file(name)}`,
    found: expect.arrayContaining(["runAs.user"]) as string[],
  },
  {
    what: "its folder",
    values: { workingDirectory: "/var/tmp/probe" },
    shell: (name) => `sed -i 's#/var/tmp/probe\\b#/var/tmp#' ${file(name)}`,
    found: ["workingDirectory"],
  },
  {
    what: "a secret, in the file of the secrets",
    values: { environment: { TOKEN: "sesame" } },
    secrets: ["TOKEN"],
    shell: (name) => `sed -i 's/sesame/barley/' /etc/pulumi-bots/${name}.env`,
    found: ["environment.TOKEN"],
  },
  {
    what: "the file of the secrets, deleted",
    values: { environment: { TOKEN: "sesame" } },
    secrets: ["TOKEN"],
    shell: (name) => `rm /etc/pulumi-bots/${name}.env`,
    found: ["environment.TOKEN"],
  },
  {
    what: "the comment that says whose it is, taken away",
    shell: (name) => `sed -i '/^# pulumi-bots: /d' ${file(name)}`,
    found: expect.arrayContaining(["unmapped"]) as string[],
  },
];

export const drifting: Cases = {
  name: "what is done by hand is found by a refresh, at its property, and repaired by the next up",
  together: (column, test) => {
    [...edits(column.file), ...column.edits].forEach(({ what, values = {}, secrets = [], shell, found }, i) => {
      test(`edited: ${what}`, async (world) => {
        const web = world.service(`edited-${i}`);
        const program = web.program(values, ...secret(...secrets));
        await web.up(program);
        await world.shell(shell(web.name));
        const top = (path: string) => path.replace(/^unmapped.*/, "unmapped");
        const seen = await web.refresh();
        expect(Array.isArray(seen) ? [...new Set(seen.map(top))] : seen).toEqual(found);
        expect((await web.up(program)).did).toBe("update");
        expect([await web.refresh(), (await web.probe.pids()).length]).toEqual([[], 1]);
      });
    });

    test("killed with -9", async (world) => {
      const web = world.service("killed");
      await web.up(web.program());
      await web.probe.kill();
      expect([await web.refresh(), web.outputs["running"]]).toEqual([["running"], false]);
      await web.up(web.program());
      expect([await web.refresh(), (await web.probe.pids()).length]).toEqual([[], 1]);
    });

    test("stopped", async (world) => {
      const web = world.service("stopped");
      await web.up(web.program());
      await world.shell(column.stop(web.name));
      await web.probe.gone();
      expect([await web.refresh(), web.outputs["status"]]).toEqual([["running"], "stopped"]);
      await web.up(web.program());
      expect([await web.refresh(), (await web.probe.pids()).length]).toEqual([[], 1]);
    });

    test("started, where it should not run", async (world) => {
      const web = world.service("woken");
      await web.up(web.program({ running: false }));
      await world.shell(column.start(web.name));
      await web.probe.replaced(0);
      expect(await web.refresh()).toEqual(["running"]);
      await web.up(web.program({ running: false }));
      expect([await web.refresh(), await web.probe.pids()]).toEqual([[], []]);
    });

    test("restarted: no difference", async (world) => {
      const web = world.service("restarted");
      await web.up(web.program());
      await world.shell(`${column.stop(web.name)} && ${column.start(web.name)}`);
      expect(await web.refresh()).toEqual([]);
      expect(web.outputs["pid"]).toBe(await web.probe.pid());
    });

    test("taken from the boot", async (world) => {
      const web = world.service("disabled");
      await web.up(web.program());
      const pid = await web.probe.pid();
      await world.shell(column.disable(web.name));
      expect(await web.refresh()).toEqual(["startMode"]);
      await web.up(web.program());
      expect([await web.enabled(), await web.refresh(), await web.probe.pid()]).toEqual([true, [], pid]);
    });

    test("ignored by ignoreChanges: left as it is, also by an update that something else causes", async (world) => {
      const web = world.service("ignored");
      const program = (more: Values = {}) => web.program({ environment: { COLOUR: "crimson", SIZE: "1" }, ...more });
      await web.up(program());
      await world.shell(`sed -i 's/crimson/azure/' ${column.file(web.name)}`);
      await world.shell(column.disable(web.name));
      await world.shell(column.stop(web.name));
      await web.probe.gone();
      const ignored = ["environment.COLOUR", "startMode", "running"];
      const other = program({ environment: { COLOUR: "crimson", SIZE: "2" } });
      const done = await web.up(other, ignored);
      expect(done).toMatchObject({ did: "update", properties: ["environment.SIZE"] });
      expect(web.outputs).toMatchObject({
        environment: { COLOUR: "azure", SIZE: "2" },
        startMode: "manual",
        running: false,
      });
      expect([await web.probe.pids(), await web.enabled()]).toEqual([[], false]);
      expect((await web.up(other, ignored)).did).toBe("same");
      await web.up(other);
      expect([await web.refresh(), (await web.probe.started()).environment.COLOUR]).toEqual([[], "crimson"]);
    });

    test("stopped, and its definition deleted: gone, and made again", async (world) => {
      const web = world.service("deleted");
      await web.up(web.program());
      await world.shell(`${column.stop(web.name)} && ${column.remove(web.name)}`);
      expect(await web.refresh()).toBe("gone");
      await web.up(web.program());
      expect([await web.refresh(), (await web.probe.pids()).length]).toEqual([[], 1]);
    });

    test("its definition deleted while it runs: made again, and there is one process", async (world) => {
      const web = world.service("beheaded");
      await web.up(web.program());
      await world.shell(column.remove(web.name));
      await web.refresh();
      await web.up(web.program());
      expect([await web.refresh(), (await web.probe.pids()).length]).toEqual([[], 1]);
    });

    test("its definition deleted while it runs, and then destroyed: the process has gone, too", async (world) => {
      const web = world.service("forgotten");
      await web.up(web.program());
      await world.shell(column.remove(web.name));
      await web.destroy();
      expect(await web.probe.pids()).toEqual([]);
    });
  },
};
