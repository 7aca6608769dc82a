import type { Cases } from "../support/cases";
import { secret } from "../support/resource";
import { FOLDER } from "../support/probe";

const places = "/etc /var/lib /var/log /var/tmp /var/spool /tmp /run /root /usr/local /opt /dev/shm";
/** What the host itself writes all the time, whoever is on it. */
const noise = new RegExp(
  `^(/run/systemd/(units|journal|transient|propagate)|/var/log/journal|/run/log/journal|${FOLDER}/|/run/user/)`,
);

export const leaving: Cases = {
  name: "leaving",
  together: (_, test) => {
    test("a delete of what is stopped, of what has failed, and a second one of what has gone", async (world) => {
      const web = world.service("leaving");
      await web.up(web.program({ running: false }));
      const { state } = web;
      await web.destroy();
      web.state = state;
      await web.destroy();
      expect(await world.is(`test -e ${web.file}`)).toBe(false);
      await web.up(web.program({ restart: { policy: "never" } }));
      await web.probe.kill();
      await web.destroy();
      expect([await web.probe.pids(), await world.is(`test -e ${web.file}`)]).toEqual([[], false]);
    });

    test("a delete of what is restarted again and again ends that", async (world) => {
      const web = world.service("leaving-loop");
      await web.up(web.program({ restart: { policy: "always", delaySeconds: 1 } }));
      await web.probe.breaks(true);
      await web.probe.kill();
      await web.destroy();
      const starts = await web.probe.starts();
      await world.shell("sleep 2");
      expect([await web.probe.pids(), await web.probe.starts()]).toEqual([[], starts]);
    });
  },
  alone: (column, test) => {
    test("a whole life leaves no trace at all", async (world) => {
      const list = async () =>
        (await world.shell(`find ${places} -xdev`))
          .split("\n")
          .filter((path) => !noise.test(path) && !column.ownLogs?.test(path))
          .sort();
      const web = world.service("traceless");
      const first = world.service("traceless-first");
      await first.up(first.program()); // the common folders of the host, such as insserv's lists
      await first.destroy();
      const before = await list();
      const full = { environment: { A: "1", TOKEN: "x" }, description: "all of it", runAs: { user: "games" } };
      await web.up(web.program({ ...full, restart: { policy: "always", delaySeconds: 1 } }, ...secret("TOKEN")));
      await web.up(web.program({ ...full, umask: "0077" }, ...secret("TOKEN")));
      await web.failure(web.program({ ...full, mode: "breaks" }, ...secret("TOKEN")));
      expect((await list()).length).toBeGreaterThan(before.length);
      await web.destroy();
      expect(await list()).toEqual(before);
      expect(await world.shell("pgrep -af '[t]raceless' || true")).toBe("");
    });
  },
};
