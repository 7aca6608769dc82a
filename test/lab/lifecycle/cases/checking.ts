import type { Cases } from "../support/cases";
import type { ManagerName } from "../../../../model/service";

const options: Partial<Record<ManagerName, object>> = {
  systemd: { service: { Nice: "5" } },
  lsb: { runlevels: [3] },
  startStopDaemon: { runlevels: [3] },
  upstart: { author: "me" },
  openrc: { runlevel: "default" },
  nssm: { noConsole: true },
};
const managers = Object.keys(options) as ManagerName[];

export const checking: Cases = {
  name: "what can be known to be wrong before a host is asked",
  together: (column, test) => {
    test("names that the manager does not take", async (world) => {
      for (const name of column.badNames) {
        const web = world.service("named");
        expect([name, await web.failure(web.program({ name }))]).toEqual([name, expect.stringMatching(/^name: /m)]);
      }
    });

    test("options of another manager", async (world) => {
      const web = world.service("optional");
      for (const other of managers.filter((name) => name !== column.manager)) {
        const said = await web.failure(web.program({ options: { [other]: options[other] } }));
        expect(said).toMatch(new RegExp(`^options\\.${other}\\b.*${column.manager}`, "m"));
      }
    });

    test("options of another manager, with auto: as soon as the host is known", async (world) => {
      if (!column.usual) return;
      const web = world.service("optional-auto");
      const other = column.manager === "openrc" ? "upstart" : "openrc";
      const said = await web.failure(web.program({ manager: "auto", options: { [other]: options[other] } }));
      expect(said).toMatch(new RegExp(`options\\.${other}\\b.*${column.manager}`));
      expect(await world.shell("find /etc -name '*optional-auto*'")).toBe("");
    });
  },
};
