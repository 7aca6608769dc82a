import type { Cases } from "../support/cases";

export const running: Cases = {
  name: "at work",
  together: (_, test) => {
    test("hold: neither started nor stopped, whatever else changes", async (world) => {
      const web = world.service("held");
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

    test('running: "unmanaged" leaves it as it is', async (world) => {
      const web = world.service("unmanaged");
      await web.up(web.program({ running: "unmanaged" }));
      expect(await web.probe.pids()).toEqual([]);
      await web.up(web.program({ running: "unmanaged", umask: "0077" }));
      expect([await web.refresh(), await web.probe.pids()]).toEqual([[], []]);
    });

    test("ready: tcp counts when its own process listens, and a stranger on the port does not", async (world) => {
      const web = world.service("listening");
      const [own, taken] = world.host.ports.spare as [number, number];
      await web.up(web.program({ mode: "listens", arguments: [String(own)], ready: { tcp: own } }));
      expect(await web.refresh()).toEqual([]);

      const stranger = world.service("stranger");
      await stranger.up(stranger.program({ mode: "listens", arguments: [String(taken)] }));
      const late = world.service("late");
      const said = await late.failure(late.program({ ready: { tcp: taken, timeoutSeconds: 1 } }));
      expect(said).toContain("was not ready within 1 s");
      expect(said).toMatch(
        new RegExp(`port ${taken}.*another process|another process.*${taken}|${await stranger.probe.pid()}`),
      );
    });

    test("ready: a command that knows the processes of the service", async (world) => {
      const web = world.service("asking");
      const asks = (test: string) => ({ command: ["/bin/sh", "-c", test], timeoutSeconds: 1 });
      await web.up(
        web.program({
          ready: asks(
            'case " $SERVICE_PIDS " in *" $(cat /var/tmp/probe/asking.starts | tail -1) "*) ;; *) exit 1 ;; esac',
          ),
        }),
      );
      expect(await web.failure(web.program({ umask: "0077", ready: asks("exit 1") }))).toContain(
        "was not ready within 1 s",
      );
    });
  },
  alone: (_, test) => {
    test("a reboot: what is automatic comes up, what is manual does not, and nothing is found afterwards", async (world) => {
      const [automatic, manual] = [world.service("boots"), world.service("boots-not")];
      await Promise.all([
        automatic.up(automatic.program({ environment: { A: "1" }, runAs: { user: "games" } })),
        manual.up(manual.program({ startMode: "manual" })),
      ]);
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
