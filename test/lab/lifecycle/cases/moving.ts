import { MANAGERS } from "../../../../provider/posix/managers";
import type { Cases } from "../support/cases";
import { secret } from "../support/resource";
import type { Service } from "../support/world";

/** The files there are that belong to a service under one manager, and not under another. */
const files = (web: Service, manager: string, other?: string) => {
  const paths = (name: string | undefined) => MANAGERS.get(String(name))?.paths(web.name) ?? [];
  const own = paths(manager).filter((path) => !paths(other).includes(path));
  return web.world.shell(own.length === 0 ? "" : `ls -d ${own.join(" ")} 2>/dev/null || true`);
};
const full = { description: "moves", environment: { A: "1", TOKEN: "sesame" }, runAs: { user: "games" } };

export const moving: Cases = {
  name: "moving it to another manager of the host, by changing `manager`",
  together: ({ manager, neighbours, leads }, test) => {
    for (const other of neighbours) {
      test(`to ${other} and back: the preview says so; ended before it is started there, and nothing left`, async (world) => {
        const web = world.service(`moved-${other.toLowerCase()}`);
        await web.up(web.program({ ...full, manager }, ...secret("TOKEN")));
        for (const [from, to] of [
          [manager, other],
          [other, manager],
        ] as const) {
          const pid = await web.probe.pid();
          const moved = web.program({ ...full, manager: to }, ...secret("TOKEN"));
          const preview = web.preview(moved);
          expect(preview.properties).toContain("manager");
          expect(preview.notes.join()).toMatch(new RegExp(`moves ${web.name} .*from ${from} to ${to}.*pid ${pid}`));
          await web.up(moved);
          expect(web.outputs).toMatchObject({ manager: to, status: "running", startMode: "automatic", unmapped: [] });
          expect(await web.probe.started()).toMatchObject({ uid: 5, environment: { A: "1", TOKEN: "sesame" } });
          expect([await files(web, from, to), await web.kept()]).toEqual(["", ""]);
          expect([await web.refresh(), (await web.probe.pids()).length]).toEqual([[], 1]);
          expect((await web.up(moved)).did).toBe("same");
        }
        await web.destroy();
        expect([await web.probe.pids(), await files(web, manager), await files(web, other)]).toEqual([[], "", ""]);
      });
    }

    for (const [from, to] of neighbours.flatMap((other) => [
      [manager, other],
      [other, manager],
    ]) as [string, string][]) {
      const slug = `${from}-${to}`.toLowerCase();

      test(`from ${from} to ${to}, where it does not come up: the old one runs again, under its manager`, async (world) => {
        const web = world.service(`returned-${slug}`);
        const good = web.program({ ...full, manager: from, restart: { policy: "never" } }, ...secret("TOKEN"));
        await web.up(good);
        const broken = { ...full, manager: to, mode: "breaks" as const, restart: { policy: "never" } };
        const said = await web.failure(web.program(broken, ...secret("TOKEN")));
        expect(said).toContain(`${web.name} can't go on`);
        expect(said).toContain("Rolled back");
        expect(web.outputs["manager"]).toBe(from);
        expect([await files(web, to, from), await web.kept()]).toEqual(["", ""]);
        expect([await web.refresh(), (await web.probe.pids()).length]).toEqual([[], 1]);
        expect((await web.probe.started()).arguments[1]).toBe("run");
        expect((await web.up(good)).did).toBe("same");
      });

      const whenLeading: typeof test = leads ? test : () => {};
      whenLeading(`from ${from} to ${to} with running: false: moved, and not started`, async (world) => {
        const web = world.service(`resting-${slug}`);
        await web.up(web.program({ manager: from, running: false }));
        await web.up(web.program({ manager: to, running: false }));
        expect([await web.probe.starts(), await files(web, from, to), await web.refresh()]).toEqual([0, "", []]);
      });
    }
  },
};
