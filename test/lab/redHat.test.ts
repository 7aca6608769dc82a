import { lsb } from "./lifecycle/support/initScripts";
import { PROGRAM } from "./lifecycle/support/probe";
import { World, type Service } from "./lifecycle/support/world";
import { makeRedHat } from "../support/redHat";
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

  async function install(web: Service, levels: string, enable = `chkconfig --add ${web.name}`): Promise<void> {
    await world.shell(`cat >${web.file} && chmod 755 ${web.file}`, handMade(web.name, levels));
    await world.shell(`${enable} && setsid ${web.file} start && sleep 0.5`);
  }

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
    const found = await some.import(`${world.host.name}/some`);
    expect(found).toMatchObject({ options: { lsb: { runlevels: [3, 5] } } });
    expect(some.outputs["startMode"]).toBe("automatic");
    await some.up(some.program({ ...found, description: "ours" }));
    expect(await world.shell("cd /etc; ls -d rc?.d/S??some")).toBe("rc3.d/S90some\nrc5.d/S90some");
    expect(await some.refresh()).toEqual([]);
  });
});
