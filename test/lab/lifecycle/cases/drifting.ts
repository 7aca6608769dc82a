import type { Values } from "../../../../model/props";
import type { Cases } from "../support/cases";
import type { Edit } from "../support/column";
import { secret } from "../support/resource";

/** What somebody changes by hand in the files of every manager. */
const edits = (file: (name: string) => string): Edit[] => {
  const sed = (program: string) => (name: string) => `sed -i '${program}' ${file(name)}`;
  return [
    { what: "an argument", shell: sed("s/alpha/omega/"), found: ["command[3]"] },
    { what: "a variable", shell: sed("s/crimson/azure/"), found: ["environment.COLOUR"] },
    { what: "its description", shell: sed("s/as we said/as they said/"), found: ["description"] },
    { what: "its user", shell: sed("s/games/nobody/"), found: ["runAs.user"] },
    { what: "its folder", shell: sed("s#/var/tmp/probe\\b#/var/tmp#"), found: ["workingDirectory"] },
    {
      what: "a secret, in the file of the secrets",
      shell: (name) => `sed -i 's/sesame/barley/' /etc/pulumi-bots/${name}.env`,
      found: ["environment.TOKEN"],
    },
  ];
};

/** What goes with a file, or with a line. */
const losses = (file: (name: string) => string): Edit[] => [
  {
    what: "the file of the secrets",
    shell: (name) => `rm /etc/pulumi-bots/${name}.env`,
    found: ["environment.TOKEN"],
  },
  {
    what: "the comment that says whose it is",
    shell: (name) => `sed -i '/^# pulumi-bots: /d' ${file(name)}`,
    found: ["unmapped"],
  },
];

const edited = {
  arguments: ["alpha"],
  environment: { COLOUR: "crimson", TOKEN: "sesame" },
  description: "as we said",
  runAs: { user: "games" },
  workingDirectory: "/var/tmp/probe",
};

export const drifting: Cases = {
  name: "what is done by hand is found by a refresh, at its property, and repaired by the next up",
  together: (column, test) => {
    for (const [name, done] of [
      ["edited", edits(column.file)],
      ["edited-more", [...column.edits, ...losses(column.file)]],
    ] as const) {
      test(`edited: ${done.map(({ what }) => what).join("; ")}`, async (world) => {
        const web = world.service(name);
        const program = web.program(edited, ...secret("TOKEN"));
        await web.up(program);
        const pid = await web.probe.pid();
        for (const { what, shell, found } of done) {
          const before = web.outputs;
          await world.shell(shell(web.name));
          const seen = await web.refresh();
          const isNews = JSON.stringify(web.outputs) !== JSON.stringify(before);
          const missed = found.filter((path) => !(Array.isArray(seen) && seen.some((one) => one.startsWith(path))));
          expect([what, missed, isNews]).toEqual([what, [], true]);
        }
        expect(await web.probe.pid()).toBe(pid);
        expect((await web.up(program)).did).toBe("update");
        expect([await web.refresh(), (await web.probe.pids()).length]).toEqual([[], 1]);
      });
    }

    test("killed with -9, stopped, taken from the boot; restarted, which is no difference", async (world) => {
      const web = world.service("handled");
      await web.up(web.program());
      await web.probe.kill();
      expect([await web.refresh(), web.outputs["running"]]).toEqual([["running"], false]);
      await web.up(web.program());
      expect([await web.refresh(), (await web.probe.pids()).length]).toEqual([[], 1]);

      await world.shell(column.stop(web.name));
      await web.probe.gone();
      expect([await web.refresh(), web.outputs["status"]]).toEqual([["running"], "stopped"]);
      await web.up(web.program());
      expect([await web.refresh(), (await web.probe.pids()).length]).toEqual([[], 1]);

      await world.shell(`${column.stop(web.name)} && ${column.start(web.name)}`);
      expect([await web.refresh(), web.outputs["pid"]]).toEqual([[], await web.probe.pid()]);

      const pid = await web.probe.pid();
      await world.shell(column.disable(web.name));
      expect(await web.refresh()).toEqual(["startMode"]);
      await web.up(web.program());
      expect([await web.enabled(), await web.refresh(), await web.probe.pid()]).toEqual([true, [], pid]);
    });

    test("running: false makes it and does not start it; started by hand, it is stopped", async (world) => {
      const web = world.service("woken");
      await web.up(web.program({ running: false }));
      expect(web.outputs).toMatchObject({ status: "stopped", running: false });
      expect([await web.probe.starts(), await web.enabled(), await web.refresh()]).toEqual([0, true, []]);
      await world.shell(column.start(web.name));
      await web.probe.replaced(0);
      expect(await web.refresh()).toEqual(["running"]);
      await web.up(web.program({ running: false }));
      expect([await web.refresh(), await web.probe.pids()]).toEqual([[], []]);
    });

    const whenLeading: typeof test = column.leads ? test : () => {};
    whenLeading("ignored by ignoreChanges: left as it is, also by an update of something else", async (world) => {
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

    test("its definition deleted: gone when it was stopped before; made again, and there is one process", async (world) => {
      const web = world.service("beheaded");
      await web.up(web.program());
      await world.shell(`${column.stop(web.name)} && ${column.remove(web.name)}`);
      expect(await web.refresh()).toBe("gone");
      await web.up(web.program());
      expect([await web.refresh(), (await web.probe.pids()).length]).toEqual([[], 1]);

      await world.shell(column.remove(web.name));
      await web.refresh();
      await web.up(web.program());
      expect([await web.refresh(), (await web.probe.pids()).length]).toEqual([[], 1]);

      await world.shell(column.remove(web.name));
      await web.destroy();
      expect(await web.probe.pids()).toEqual([]);
    });
  },
};
