import type { Cases } from "../support/cases";
import { until } from "../../../engine/support/run";

const never = { restart: { policy: "never" } };
const always = { restart: { policy: "always", delaySeconds: 1 } };

export const failing: Cases = {
  name: "a program that does not stay up",
  together: (column, test) => {
    const whenLeading: typeof test = column.leads ? test : () => {};
    for (const [what, name, restart] of [
      ["is not restarted", "dying", never],
      ["keeps restarting", "looping", always],
    ] as const) {
      test(`made, and ${what}: an error with its last words, nothing left running, and the next up repairs it`, async (world) => {
        const web = world.service(name);
        const said = await web.failure(web.program({ ...restart, mode: "breaks" }));
        expect(said).toMatch(/did not stay up|keeps restarting/);
        expect(said).toContain(`${name} can't go on`);
        expect(web.outputs).toMatchObject({ running: false });
        const starts = await web.probe.starts();
        await world.shell("sleep 2");
        expect([await web.probe.starts(), await web.probe.pids()]).toEqual([starts, []]);
        if (restart === never) {
          // Without an error, but at once: a start that does not count.
          expect(await web.failure(web.program({ mode: "ends" }))).toMatch(/did not stay up|exited immediately/);
          expect(web.outputs).toMatchObject({ running: false });
        }
        await web.up(web.program(restart));
        expect([await web.refresh(), (await web.probe.pids()).length]).toEqual([[], 1]);
      });
    }

    test("an update that breaks it is rolled back: the old one runs again, by the old definition, and nothing is kept", async (world) => {
      const web = world.service("rolling");
      const good = web.program({ arguments: ["good"], ...never });
      await web.up(good);
      const [definition, state] = [await world.shell(`cat ${web.file}`), web.state];
      const said = await web.failure(web.program({ mode: "breaks", ...never, umask: "0077" }));
      expect(said).toContain("rolling can't go on");
      expect(said).toContain("Rolled back: the previous definition runs again.");
      expect(web.state).toBe(state);
      expect(await world.shell(`cat ${web.file}`)).toBe(definition);
      expect((await web.probe.started()).arguments).toEqual(["rolling", "run", "good"]);
      expect([await web.refresh(), (await web.probe.pids()).length, await web.kept()]).toEqual([[], 1, ""]);
      expect((await web.up(good)).did).toBe("same");
    });

    test("the same of one that is always restarted", async (world) => {
      const web = world.service("rolling-always");
      await web.up(web.program(always));
      expect(await web.failure(web.program({ mode: "breaks", ...always }))).toContain("Rolled back");
      await world.shell("sleep 2");
      expect([await web.refresh(), (await web.probe.pids()).length, await web.kept()]).toEqual([[], 1, ""]);
    });

    whenLeading('onFailedUpdate: "keep" leaves what is there, and the state says so', async (world) => {
      const web = world.service("keeping");
      await web.up(web.program(never));
      const said = await web.failure(web.program({ mode: "breaks", ...never, onFailedUpdate: "keep" }));
      expect(said).not.toContain("Rolled back");
      expect(web.outputs).toMatchObject({ command: [expect.anything(), "keeping", "breaks"], running: false });
      expect(await web.probe.pids()).toEqual([]);
      await web.up(web.program(never));
      expect([await web.refresh(), await web.kept()]).toEqual([[], ""]);
    });

    test("one that runs well and then can't be started any more is found, also between two crashes", async (world) => {
      const web = world.service("flapping");
      await web.up(web.program(always));
      await web.probe.breaks(true);
      await web.probe.kill();
      const starts = await web.probe.starts();
      await until(async () => (await web.probe.starts()) > starts, "it is started again");
      expect([await web.refresh(), web.outputs["running"]]).toEqual([["running"], false]);
      await web.probe.breaks(false);
      await world.shell("sleep 2"); // the one that is dying just now does not count as well
      await web.up(web.program(always));
      expect([await web.refresh(), (await web.probe.pids()).length]).toEqual([[], 1]);
    });

    whenLeading("one that dies just after an up has seen it run: the up brings it back", async (world) => {
      const web = world.service("dying-now");
      await web.up(web.program({ ...always, settleSeconds: 0 }));
      const killed: Promise<void>[] = [];
      const off = web.onStatus((message) => {
        if (!message.startsWith("waiting until")) return;
        off();
        killed.push(web.probe.kill());
      });
      await web.up(web.program({ ...always, settleSeconds: 3, startMode: "manual" }));
      await Promise.all(killed);
      expect([killed.length, await web.refresh(), (await web.probe.pids()).length]).toEqual([1, [], 1]);
    });

    whenLeading("what the host lacks is an error at its property, and nothing is touched", async (world) => {
      const web = world.service("lacking");
      const lacks = { runAs: { user: "nobody-at-all" }, workingDirectory: "/no/such", logs: { stdout: "/no/log/x" } };
      const said = await web.failure(web.program({ ...lacks, command: ["/no/program"] }));
      for (const property of ["runAs.user", "workingDirectory", "logs.stdout", "command[0]"]) {
        expect(said).toContain(`${property}: `);
      }
      expect(web.state).toBeUndefined();
      expect(await world.shell("find /etc /var/lib /run -name '*lacking*'")).toBe("");
    });
  },
};
