import { describeWith } from "../support/requirements";
import { connectionTo } from "./support/daemons";
import { Scene } from "./support/scene";

describeWith(["lab", "pulumi", "pulumi-language-yaml"], "what is not started, not stopped, not asked", () => {
  const scene = new Scene();
  const active = (name: string) => scene.shell(`systemctl is-active ${name}`);

  test("hold: stops nothing, never starts it, and every preview says why", async () => {
    const service = (properties: object) => ({ web: scene.service("held", properties) });
    const project = await scene.running(service({}));
    const pid = await scene.pid("held");
    project.write(service({ hold: "restore from backup" }));
    expect((await project.must("preview")).output).toContain(
      "held is on hold, neither started nor stopped: restore from backup",
    );
    await project.must("up", "--yes", "--skip-preview");
    expect(await scene.pid("held")).toBe(pid);

    await scene.shell("systemctl stop held");
    expect(await project.drifted()).toMatchObject({ code: 0 });
    project.write(service({ hold: "restore from backup", environment: { COLOUR: "blue" } }));
    await project.must("up", "--yes", "--skip-preview", "--refresh");
    expect(await active("held")).toBe("inactive");
    expect(await scene.shell("cat /etc/systemd/system/held.service")).toContain("COLOUR=blue");

    project.write(service({ environment: { COLOUR: "blue" } }));
    expect(await project.planned()).toMatchObject({ found: { web: ["running"] } });
    await project.must("up", "--yes", "--skip-preview");
    expect(await active("held")).toBe("active");
  });

  test("running false is never started; started by hand it is drift; true again starts it", async () => {
    const service = (running: unknown) => ({ web: scene.service("stopped", { running }) });
    const project = await scene.running(service(false));
    expect(await scene.shell("systemctl is-active stopped; systemctl is-enabled stopped")).toBe("inactive\nenabled");
    expect(await project.drifted()).toMatchObject({ code: 0 });
    await scene.shell("systemctl start stopped");
    expect(await project.drifted()).toMatchObject({ code: 7, found: { web: ["running"] } });
    await project.must("up", "--yes", "--skip-preview", "--refresh");
    expect(await active("stopped")).toBe("inactive");
    await project.write(service(true)).must("up", "--yes", "--skip-preview");
    expect(await active("stopped")).toBe("active");
    await project.write(service(false)).must("up", "--yes", "--skip-preview");
    expect(await active("stopped")).toBe("inactive");
  });

  test('running "unmanaged" is left as it is, either way', async () => {
    const service = (properties: object) => ({ web: scene.service("free", { running: "unmanaged", ...properties }) });
    const project = await scene.running(service({}));
    expect(await active("free")).toBe("inactive");
    await scene.shell("systemctl start free");
    expect(await project.drifted()).toMatchObject({ code: 0 });
    await scene.shell("systemctl stop free");
    expect(await project.drifted()).toMatchObject({ code: 0 });
    await project.write(service({ umask: "0077" })).must("up", "--yes", "--skip-preview");
    expect(await active("free")).toBe("inactive");
  });

  test("startMode manual: runs now, not after a boot; enabled by hand it is drift", async () => {
    const project = await scene.running({ web: scene.service("manual", { startMode: "manual" }) });
    expect(await scene.shell("systemctl is-active manual; systemctl is-enabled manual")).toBe("active\ndisabled");
    await scene.shell("systemctl enable manual");
    expect(await project.drifted()).toMatchObject({ code: 7, found: { web: ["startMode"] } });
    await project.must("up", "--yes", "--skip-preview", "--refresh");
    expect(await scene.shell("systemctl is-active manual; systemctl is-enabled manual")).toBe("active\ndisabled");
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
    expect(await active("quiet")).toBe("active");
  });
});
