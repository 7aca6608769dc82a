import { until } from "../../engine/support/run";
import { describeWith } from "../../support/requirements";
import type { LabMachine } from "./support/machine";
import { World } from "./support/world";

describeWith(["windows"], "faults on the way to a Windows host, over WinRM", () => {
  let world: World<LabMachine>;
  beforeAll(async () => {
    world = await World.inLab();
  });
  afterAll(() => world.stop());

  test("promise 5: two operations on one service come one after the other", async () => {
    const [one, other] = [world.service("twice"), world.service("twice")];
    const results = await Promise.allSettled([one.up(one.program()), other.up(other.program())]);
    expect(results.filter(({ status }) => status === "fulfilled").length).toBeGreaterThan(0);
    expect([await one.scmState(), await world.ours()]).toEqual(["RUNNING", []]);
  });

  test.each([1, 2, 3])(
    "promise 5: a create that was killed at its remote process %i is taken over after some silence, and completed",
    async (moment) => {
      const name = `killed-${moment}`;
      const commands = async () =>
        (await world.host.lab.winRmService.events()).filter(({ event }) => event === "command").length;
      const before = await commands();
      const killed = world.service(name);
      const lost = killed.up(killed.program()).catch(() => {});
      await until(async () => (await commands()) >= before + moment, `remote process ${moment} has begun`);
      world.closeAll();
      await lost;
      const web = world.service(name);
      await web.up(web.program());
      expect([await web.refresh(), await web.scmState(), await world.ours()]).toEqual([[], "RUNNING", []]);
    },
  );

  test("promise 4: an update that was killed is completed by the next one, and leaves no backup", async () => {
    const web = world.service("updated");
    await web.up(web.program({ arguments: ["old"] }));
    const state = web.state;
    await web.killed(web.program({ arguments: ["new"] }), "parameters");
    const again = world.service("updated");
    again.state = state;
    await again.up(again.program({ arguments: ["new"] }));
    expect([(await again.started()).arguments.at(-1), await again.refresh(), await world.ours()]).toEqual([
      "new",
      [],
      [],
    ]);
  });

  test("a reboot: what is automatic comes up, what is manual does not", async () => {
    const [automatic, manual] = [world.service("boots"), world.service("boots-not")];
    await automatic.up(automatic.program({ environment: { A: "1" } }));
    await manual.up(manual.program({ startMode: "manual" }));
    await world.host.lab.reboot();
    await until(async () => (await automatic.scmState()) === "RUNNING", "the service runs after the boot");
    expect(await automatic.refresh()).toEqual([]);
    expect([await manual.refresh(), await manual.scmState()]).toEqual([["running"], "STOPPED"]);
  });

  test("reads go on where remote shells are switched off, and a change names the policy", async () => {
    const web = world.service("shellless");
    await web.up(web.program());
    world.host.lab.winRmService.answer("Create", { code: 2150859180 });
    expect(await web.refresh()).toEqual([]);
    expect(await web.failure(web.program({ arguments: ["changed"] }))).toContain("AllowRemoteShellAccess");
    expect([await web.refresh(), await web.scmState()]).toEqual([[], "RUNNING"]);
  });

  test("where WMI is refused, reads go by a remote shell, and a warning says so once", async () => {
    const strict = await World.inLab({ winRm: { deniesWmi: true } });
    try {
      const web = strict.service("unasked");
      await web.up(web.program({ description: "ünï 日本", environment: { A: "ü" } }));
      expect([await web.refresh(), await web.scmState(), await strict.ours()]).toEqual([[], "RUNNING", []]);
      await strict.run("sc.exe config unasked start= demand");
      expect(await web.refresh()).toEqual(["startMode"]);
      expect(web.log.lines.filter((line) => line.includes("refuses WMI"))).toHaveLength(1);
    } finally {
      await strict.stop();
    }
  });
});
