import { describeWith } from "../support/requirements";
import { connectionTo } from "./support/daemons";
import { Scene } from "./support/scene";

describeWith(["lab", "pulumi", "pulumi-language-yaml"], "what is not started, not stopped, not asked", () => {
  const scene = new Scene();

  test("hold, running false, running unmanaged, startMode manual", async () => {
    const services = (held: object, stopped: unknown, free: object = {}) => ({
      held: scene.service("held", held),
      stopped: scene.service("stopped", { running: stopped }),
      free: scene.service("free", { running: "unmanaged", ...free }),
      manual: scene.service("manual", { startMode: "manual" }),
    });
    const states = (which: string, ...names: string[]) => scene.shell(`systemctl ${which} ${names.join(" ")}`);
    const hold = { hold: "restore from backup" };
    const changed = { environment: { COLOUR: "blue" } };

    // Running false and unmanaged are not started; manual runs now, not after a boot.
    const project = await scene.running(services({}, false));
    expect(await states("is-active", "held", "stopped", "free", "manual")).toBe("active\ninactive\ninactive\nactive");
    expect(await states("is-enabled", "stopped", "manual")).toBe("enabled\ndisabled");

    // Hold stops nothing, and every preview says why.
    const pid = await scene.pid("held");
    project.write(services(hold, false));
    const { output } = await project.must("up", "--yes");
    expect(output.match(/held is on hold, neither started nor stopped: restore from backup/g)?.length).toBeGreaterThan(
      1,
    );
    expect(await scene.pid("held")).toBe(pid);
    expect(await project.drifted()).toMatchObject({ code: 0 });

    // By hand: stopped on hold and started unmanaged is no drift; started where false and enabled where manual is.
    await scene.shell("systemctl stop held; systemctl start stopped free; systemctl enable manual");
    expect(await project.drifted()).toMatchObject({ code: 7, found: { stopped: ["running"], manual: ["startMode"] } });
    await scene.shell("systemctl stop free");
    project.write(services({ ...hold, ...changed }, false, { umask: "0077" }));
    await project.must("up", "--yes", "--skip-preview", "--refresh");
    expect(await states("is-active", "held", "stopped", "free", "manual")).toBe("inactive\ninactive\ninactive\nactive");
    expect(await states("is-enabled", "manual")).toBe("disabled");
    expect(await scene.shell("cat /etc/systemd/system/held.service")).toContain("COLOUR=blue");
    expect(await project.drifted()).toMatchObject({ code: 0, found: {} });

    // No longer on hold, and true, start it; false stops it.
    project.write(services(changed, true, { umask: "0077" }));
    expect(await project.planned()).toMatchObject({ found: { held: ["running"], stopped: ["running"] } });
    await project.must("up", "--yes", "--skip-preview");
    expect(await states("is-active", "held", "stopped", "free")).toBe("active\nactive\ninactive");
    await project.write(services(changed, false, { umask: "0077" })).must("up", "--yes", "--skip-preview");
    expect(await states("is-active", "held", "stopped")).toBe("active\ninactive");
  });

  test("suspended: kept in the state, not contacted; create, update and delete refuse", async () => {
    const connection = (more: object = {}) => connectionTo(scene.host, more);
    const web = (more: object, properties: object = {}) =>
      scene.service("quiet", { connection: connection(more), ...properties });
    const project = await scene.running({ web: web({}) });
    const suspended = { suspended: "being rebuilt until Friday" };
    project.write({ web: web(suspended) });
    const connections = await scene.host.connections();
    const up = await project.must("up", "--yes", "--expect-no-changes");
    expect(up.output).toMatch(/warning: .*is suspended.*being rebuilt until Friday/);
    await scene.shell("systemctl stop quiet");
    const drift = await project.drift();
    expect([drift.code, drift.output]).toEqual([0, expect.stringContaining("being rebuilt until Friday")]);
    await project.must("up", "--yes", "--skip-preview", "--refresh", "--expect-no-changes");

    const more = await project
      .write({ web: web(suspended), more: scene.service("more", { connection: connection(suspended) }) })
      .up();
    expect([more.code, more.output]).toEqual([1, expect.stringContaining("being rebuilt until Friday")]);
    const destroy = await project.destroy();
    expect([destroy.code, destroy.output]).toEqual([1, expect.stringContaining("being rebuilt until Friday")]);
    expect(Object.keys(await project.resources())).toEqual(["web"]);
    expect(await scene.host.connections()).toBe(connections);

    await project.write({ web: web({}) }).must("up", "--yes", "--skip-preview");
    await project.must("up", "--yes", "--skip-preview", "--refresh");
    expect(await scene.shell("systemctl is-active quiet")).toBe("active");
  });
});
