import { describeWith } from "../support/requirements";
import { Scene } from "./support/scene";

describeWith(["lab", "pulumi", "pulumi-language-yaml"], "renames: never a second daemon", () => {
  const scene = new Scene();
  const unit = (name: string) => scene.shell(`cat /etc/systemd/system/${name}.service`);
  const withoutMarker = async (name: string) => (await unit(name)).replace(/^# .*\n/gm, "");

  test("of the resource, with an alias: nothing changes at all", async () => {
    const project = await scene.running({ web: scene.service("aliased") });
    const before = [await scene.pid("aliased"), await unit("aliased")];
    project.write({ portal: scene.service("aliased", {}, { aliases: [{ name: "web" }] }) });
    const up = await project.must("up", "--yes", "--skip-preview", "--expect-no-changes");
    expect(up.output).not.toContain("created");
    expect([await scene.pid("aliased"), await unit("aliased")]).toEqual(before);
    expect(await project.drifted()).toMatchObject({ code: 0 });
  });

  test("of the resource, without an alias: taken over, only the marker changes, and the delete of the old one spares it", async () => {
    const project = await scene.running({ web: scene.service("renamed") });
    const [pid, rest] = [await scene.pid("renamed"), await withoutMarker("renamed")];
    project.write({ portal: scene.service("renamed") });
    const up = await project.must("up", "--yes", "--skip-preview");
    expect(up.output).toMatch(/warning: .*was created by urn:pulumi:dev::edi::bots:index:Service::web/);
    expect([await scene.pid("renamed"), await withoutMarker("renamed")]).toEqual([pid, rest]);
    expect(await unit("renamed")).toContain("Service::portal");
    expect(Object.keys(await project.resources())).toEqual(["portal"]);
    expect(await project.drifted()).toMatchObject({ code: 0 });
  });

  test("of the resource, without an alias, and with another definition: refused, since it could be somebody else's work", async () => {
    const project = await scene.running({ web: scene.service("both") });
    const before = [await scene.pid("both"), await unit("both")];
    const up = await project.write({ portal: scene.service("both", { description: "new" }) }).up();
    expect(up.code).not.toBe(0);
    expect(up.output).toContain("It belongs to urn:pulumi:dev::edi::bots:index:Service::web");
    expect([await scene.pid("both"), await unit("both")]).toEqual(before);
  });

  test("of the stack: nothing changes, and the next change goes through", async () => {
    const project = await scene.running({ web: scene.service("stacked") });
    const before = [await scene.pid("stacked"), await unit("stacked")];
    await project.must("stack", "rename", "prod");
    project.stack = "prod";
    await project.must("up", "--yes", "--skip-preview", "--expect-no-changes");
    expect(await project.drifted()).toMatchObject({ code: 0 });
    expect([await scene.pid("stacked"), await unit("stacked")]).toEqual(before);
    await project.write({ web: scene.service("stacked", { description: "in production" }) }).must("up", "--yes");
    expect(await scene.pid("stacked")).toBe(before[0]);
    expect(await unit("stacked")).toContain("urn:pulumi:prod::edi");
  });

  test("of the service: a replacement, the old one is gone before the new one starts", async () => {
    const command = ["/bin/sh", "-c", "systemctl is-active former >/run/former-was; exec sleep infinity"];
    const project = await scene.running({ web: scene.service("former", { command }) });
    expect(await scene.shell("cat /run/former-was")).toBe("active");
    project.write({ web: scene.service("latter", { command }) });
    expect(await project.planned()).toMatchObject({ found: { web: "replace" } });
    await project.must("up", "--yes", "--skip-preview");
    expect(await scene.shell("cat /run/former-was")).toBe("inactive");
    expect(await scene.shell("systemctl is-active latter; ls /etc/systemd/system | grep former")).toBe("active");
    expect(await project.drifted()).toMatchObject({ code: 0 });
  });
});
