import { lsb } from "./lifecycle/support/initScripts";
import { PROGRAM } from "./lifecycle/support/probe";
import { World, type Service } from "./lifecycle/support/world";
import { makeRedHat, SHUTDOWN } from "../support/redHat";
import { describeWith } from "../support/requirements";

/** As people write them there: a header for chkconfig alone. */
const handMade = (name: string, levels: string) => `#!/bin/bash
#
# chkconfig: ${levels} 85 15
# description: made by hand

case "$1" in
  start)
    runuser -s /bin/sh nobody -c "${PROGRAM} ${name} run >/dev/null 2>&1 & echo \\$!" >/var/run/${name}.pid
    ;;
  stop)
    kill $(cat /var/run/${name}.pid) && rm -f /var/run/${name}.pid
    ;;
esac
`;

describeWith(["lab"], "init scripts in the way of Red Hat", () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start({ ...lsb, name: "lsb in the way of Red Hat", prepare: makeRedHat });
  });
  afterAll(() => world?.stop());

  const links = (name: string) => world.shell(`cd /etc; ls -d rc?.d/[SK]??${name} | tr '\\n' ' '`);

  async function install(web: Service, levels: string, enable = `chkconfig --add ${web.name}`): Promise<void> {
    await world.shell(`cat >${web.file} && chmod 755 ${web.file}`, handMade(web.name, levels));
    await world.shell(`${enable} && setsid ${web.file} start && sleep 0.5`);
  }

  test("chkconfig makes the links, for the run levels that were asked for and in the order of what is required", async () => {
    const [first, last] = [world.service("zz-first"), world.service("aa-last")];
    const options = { lsb: { runlevels: [1, 3] } };
    await first.up(first.program({ options }));
    await last.up(last.program({ options, requires: ["zz-first"] }));
    expect(await links("zz-first")).toBe(
      "rc0.d/K10zz-first rc1.d/S90zz-first rc2.d/K10zz-first rc3.d/S90zz-first rc4.d/K10zz-first rc5.d/K10zz-first rc6.d/K10zz-first",
    );
    expect(await world.shell("cd /etc; ls -d rc?.d/S??aa-last")).toBe("rc1.d/S91aa-last\nrc3.d/S91aa-last");
    await last.up(last.program({ options, requires: ["zz-first"], startMode: "manual" }));
    expect([await links("aa-last"), await last.refresh()]).toEqual([expect.not.stringContaining("S"), []]);
    await last.up(last.program({ options, requires: ["zz-first"] }));
    await world.shell("chkconfig aa-last off");
    expect(await last.refresh()).toEqual(expect.arrayContaining(["startMode"]));
    await last.up(last.program({ options, requires: ["zz-first"] }));
    expect(await last.refresh()).toEqual([]);
    for (const web of [first, last]) await web.destroy();
    expect(await world.shell("ls /etc/rc?.d /etc/init.d | grep -c 'first\\|last' || true")).toBe("0");
  });

  test("a script that was made by hand starts where its links say, whatever its header does", async () => {
    const web = world.service("on");
    await install(web, "345", "chkconfig --add on && chkconfig on on");
    expect(await web.import(`${world.host.name}/on`)).not.toHaveProperty("options");
    expect(web.outputs["startMode"]).toBe("automatic");

    const never = world.service("dash");
    await install(never, "-");
    expect(await never.import(`${world.host.name}/dash`)).toMatchObject({ startMode: "manual" });

    const some = world.service("some");
    await install(some, "-", "chkconfig --add some && chkconfig --level 35 some on");
    const links = await world.shell("cd /etc; ls -d rc?.d/S??some");
    expect(links).toMatch(/^rc3\.d\/S..some\nrc5\.d\/S..some$/);
    const found = await some.import(`${world.host.name}/some`);
    expect(found).toMatchObject({ existing: true });
    expect(some.outputs["startMode"]).toBe("automatic");
    const { connection } = some.program().values;
    await some.up({ ...some.program(), values: { ...found, connection, settleSeconds: 1 } });
    expect([await some.refresh(), await world.shell("cd /etc; ls -d rc?.d/S??some")]).toEqual([[], links]);
  });

  test("a shutdown stops it: what was started, what is restarted, and what was taken over as it ran", async () => {
    const started = world.service("started");
    await started.up(started.program());
    const restarted = world.service("restarted");
    await restarted.up(restarted.program({ restart: { policy: "always" } }));
    const taken = world.service("taken");
    await install(taken, "2345");
    const pid = await taken.probe.pid();
    await taken.import(`${world.host.name}/taken`);
    await taken.up(taken.program({ whenChanged: "defer" }));
    expect([await taken.probe.pid(), taken.outputs["restartPending"]]).toEqual([pid, true]);

    await world.shell(SHUTDOWN);
    for (const web of [started, restarted, taken]) expect([web.name, await web.probe.pids()]).toEqual([web.name, []]);
    expect(await world.shell("ls /var/lock/subsys")).toBe("");
  });

  test("a machine without an id may get one: it is the same machine", async () => {
    await world.shell("rm /etc/machine-id /var/lib/dbus/machine-id 2>/dev/null; true");
    world.login();
    const web = world.service("nameless");
    await web.up(web.program());
    expect(web.outputs["machineId"]).toBe("");
    await world.shell("mkdir -p /var/lib/dbus && echo 0123456789abcdef0123456789abcdef >/var/lib/dbus/machine-id");
    world.login();
    const later = world.service("nameless", web.urn);
    later.state = web.state;
    await later.up(later.program({ umask: "0077" }));
    expect(await later.refresh()).toEqual([]);
    expect(later.log.lines.join("\n")).not.toContain("machine id");
    expect(later.outputs["machineId"]).toMatch(/^0123/);
    await later.destroy();
  });
});
