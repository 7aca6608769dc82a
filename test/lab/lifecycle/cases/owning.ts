import type { Values } from "../../../../model/props";
import type { Cases } from "../support/cases";
import { install } from "../support/handMade";
import { PROGRAM } from "../support/probe";
import type { World } from "../support/world";

export const owning: Cases = {
  name: "what others have made",
  together: (column, test) => {
    const { handMade } = column;
    test("another resource is refused, and told whose it is; a rename takes it over: the process stays", async (world) => {
      const web = world.service("renamed");
      await web.up(web.program());
      const pid = await web.probe.pid();
      const other = web.as("other-resource");
      expect(await other.failure(web.program({ umask: "0077" }))).toContain(`It belongs to ${web.urn}`);
      expect([await web.probe.pid(), await web.refresh()]).toEqual([pid, []]);

      const renamed = web.as("renamed-too");
      await renamed.up(web.program());
      await web.destroy(); // of the old one: touches nothing
      expect([await web.probe.pid(), await renamed.refresh()]).toEqual([pid, []]);
    });

    const whenOwn: typeof test = column.ownChanges ? () => {} : test;
    whenOwn("what is no file in the place of one of its files: refused without adopt, kept with it", async (world) => {
      const web = world.service("strange");
      const [file = "", ...others] = world.manager.paths("strange");
      for (const path of [...others, file]) {
        await world.shell(`mkdir -p ${path}`);
        expect(await web.failure(web.program())).toContain(`${path} is a folder`);
        await world.shell(`rmdir ${path} && ln -s /no/where ${path}`);
        expect(await web.failure(web.program())).toContain(`${path} is a link to a file that does not exist`);
        expect(await world.shell(`readlink ${path}`)).toBe("/no/where");
        if (path !== file) await world.shell(`rm ${path}`);
      }
      await web.up(web.program({ adopt: true }));
      await web.probe.pid();
      const kept = `readlink /var/lib/pulumi-bots/strange/original-*/files${file}`;
      expect(await world.shell(kept)).toBe("/no/where");

      await world.shell(`rm ${file} && ln -s /no/where/else ${file}`);
      await web.destroy();
      expect((await world.shell(kept)).split("\n")).toEqual(["/no/where", "/no/where/else"]);
    });

    if (handMade === undefined) return;
    const text = async (world: World, name: string) =>
      world.shell(`cat ${Object.keys(handMade(name).files).join(" ")}`);

    test("made by hand: refused without adopt; taken over with it, and kept on the host, also after a delete", async (world) => {
      const web = world.service("adopted");
      await install(web, handMade);
      const [pid, original] = [await web.probe.pid(), await text(world, "adopted")];
      const said = await web.failure(web.program());
      expect(said).toContain('there is a service "adopted" already');
      expect(said).toContain("set adopt: true");
      expect([await web.probe.pid(), await text(world, "adopted")]).toEqual([pid, original]);
      expect(web.state).toBeUndefined();

      await web.up(web.program({ adopt: true, umask: "0077" }));
      expect(await web.probe.pid()).not.toBe(pid);
      expect((await web.probe.started()).umask).toBe("0077");
      const kept = `cat ${Object.keys(handMade("adopted").files)
        .map((path) => `/var/lib/pulumi-bots/adopted/original-*/files${path}`)
        .join(" ")}`;
      expect(await world.shell(kept)).toBe(original);
      expect(await web.refresh()).toEqual([]);
      await web.destroy();
      expect([await web.probe.pids(), await world.shell(kept)]).toEqual([[], original]);
      expect(await world.is(`test -e ${web.file}`)).toBe(false);
    });

    test("made by hand: an adoption that breaks it is rolled back, and what was made by hand runs again", async (world) => {
      const web = world.service("regretted");
      await install(web, handMade);
      const original = await text(world, "regretted");
      const said = await web.failure(web.program({ adopt: true, mode: "breaks", restart: { policy: "never" } }));
      expect(said).toContain("Rolled back");
      expect([await text(world, "regretted"), await web.kept()]).toEqual([original, ""]);
      expect((await web.probe.started()).arguments).toEqual(["regretted", "run", "by-hand"]);
      await web.probe.pid();
    });

    test("made by hand: imported; an up of the same touches nothing; the first change keeps what was there", async (world) => {
      const web = world.service("imported");
      const { inputs } = handMade("imported");
      await install(web, handMade);
      const [pid, original] = [await web.probe.pid(), await text(world, "imported")];
      const found = await importNamed(web);
      expect(found).toMatchObject(inputs);
      expect(web.outputs).toMatchObject({ status: "running", pid, manager: column.manager });
      const { connection, manager, settleSeconds } = web.program().values;
      const program = { ...web.program(), values: { ...found, connection, manager, settleSeconds } };
      expect((await web.up(program)).did).toBe("same");
      expect([await web.refresh(), await web.refresh()]).toEqual([[], []]);
      expect([await web.probe.pid(), await text(world, "imported")]).toEqual([pid, original]);

      // What is a program has no definition that could be changed: it is given one.
      const command = [PROGRAM, "imported", "run", "by-hand"];
      const { existing: _, ...own }: Values = { command, ...program.values };
      await web.up(web.program({ ...own, umask: "0077" }));
      expect((await web.probe.started()).arguments).toEqual(["imported", "run", "by-hand"]);
      expect((await web.probe.started()).umask).toBe("0077");
      expect(await web.kept()).toContain("original-");
      expect([await web.refresh(), (await web.probe.pids()).length]).toEqual([[], 1]);
      await web.destroy();
      expect(await web.probe.pids()).toEqual([]);
    });

    const whenLeading: typeof test = column.leads ? test : () => {};
    whenLeading(
      "made by hand and imported, then deleted: data goes and is kept, a program stays as it is",
      async (world) => {
        const web = world.service("dismissed");
        await install(web, handMade);
        const { existing = false } = await importNamed(web);
        await web.destroy();
        expect([(await web.probe.pids()).length > 0, await world.is(`test -e ${web.file}`)]).toEqual([
          existing,
          existing,
        ]);
        expect((await web.kept()).includes("original-")).toBe(!existing);
      },
    );

    /** By its id, in which the manager is said where it is not the usual one. */
    async function importNamed(web: ReturnType<World["service"]>) {
      return web.import(`${web.world.host.name}/${column.manager}/${web.name}`);
    }
  },
};
