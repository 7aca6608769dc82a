import type { Cases } from "../support/cases";
import { FOLDER } from "../support/probe";

export const running: Cases = {
  name: "at work",
  together: (column, test) => {
    const whenLeading: typeof test = column.leads ? test : () => {};
    whenLeading("hold: neither started nor stopped, whatever else changes", async (world) => {
      const web = world.service("on-hold");
      await web.up(web.program());
      const pid = await web.probe.pid();
      await web.up(web.program({ hold: "restore from backup", running: false }));
      expect(await web.probe.pid()).toBe(pid);
      await web.probe.kill();
      await web.refresh();
      await web.up(web.program({ hold: "restore from backup", arguments: ["changed"] }));
      expect(await web.probe.pids()).toEqual([]);
      await web.up(web.program({ arguments: ["changed"] }));
      expect([await web.refresh(), (await web.probe.pids()).length]).toEqual([[], 1]);
    });

    whenLeading('running: "unmanaged" leaves it as it is', async (world) => {
      const web = world.service("unmanaged");
      await web.up(web.program({ running: "unmanaged" }));
      expect(await web.probe.pids()).toEqual([]);
      await web.up(web.program({ running: "unmanaged", umask: "0077" }));
      expect([await web.refresh(), await web.probe.pids()]).toEqual([[], []]);
    });

    test("ready: its own process listens on the port; a command knows the processes of the service", async (world) => {
      const web = world.service("listening");
      const port = world.host.ports.spare[0]!;
      const listens = { mode: "listens" as const, arguments: [String(port)] };
      await web.up(web.program({ ...listens, ready: { tcp: port } }));
      expect(await web.refresh()).toEqual([]);

      const asks = (test: string) => ({ ...listens, ready: { command: ["/bin/sh", "-c", test], timeoutSeconds: 1 } });
      const itself = `case " $SERVICE_PIDS " in *" $(tail -n 1 ${FOLDER}/listening.starts) "*) ;; *) exit 1 ;; esac`;
      await web.up(web.program({ ...asks(itself), umask: "0027" }));
      const said = await web.failure(web.program({ ...asks("exit 1"), umask: "0077" }));
      expect(said).toContain("was not ready within 1 s");
    });

    whenLeading("ready: a stranger on the port does not count", async (world) => {
      const taken = world.host.ports.spare[1]!;
      const stranger = world.service("stranger");
      await stranger.up(stranger.program({ mode: "listens", arguments: [String(taken)] }));
      const late = world.service("late");
      const said = await late.failure(late.program({ ready: { tcp: taken, timeoutSeconds: 1 } }));
      expect(said).toContain("was not ready within 1 s");
      expect(said).toMatch(
        new RegExp(`port ${taken}.*another process|another process.*${taken}|${await stranger.probe.pid()}`),
      );

      const held = `port ${taken} is held by another program: pid ${await stranger.probe.pid()} (`;
      const exits = { mode: "listens" as const, arguments: [String(taken)], ready: { tcp: taken } };
      for (const policy of ["never", "always"]) {
        const why = await late.failure(late.program({ ...exits, restart: { policy, delaySeconds: 1 } }));
        expect(why).toMatch(/did not stay up|keeps restarting|could not be changed/);
        expect(why).toContain(held);
      }
    });
  },
  alone: (_, test) => {
    test("a reboot: what is automatic comes up, what is manual does not, and nothing is found afterwards", async (world) => {
      const [automatic, manual] = [world.service("boots"), world.service("boots-not")];
      await Promise.all([
        automatic.up(automatic.program({ environment: { A: "1" }, runAs: { user: "games" } })),
        manual.up(manual.program({ startMode: "manual" })),
      ]);
      expect(manual.outputs).toMatchObject({ status: "running", startMode: "manual" });
      expect([await manual.enabled(), await manual.refresh()]).toEqual([false, []]);
      await world.host.reboot();
      await automatic.probe.replaced(0);
      expect(await automatic.refresh()).toEqual([]);
      expect((await automatic.probe.started()).uid).toBe(5);
      expect([await manual.probe.pids(), await manual.refresh()]).toEqual([[], ["running"]]);
      expect(manual.outputs).toMatchObject({ status: "stopped" });
    });

    test("a power cut: the same", async (world) => {
      const web = world.service("cut");
      await web.up(web.program({ restart: { policy: "always", delaySeconds: 1 } }));
      await world.host.powerCycle();
      await web.probe.replaced(0);
      expect([await web.refresh(), (await web.probe.pids()).length]).toEqual([[], 1]);
    });
  },
};
