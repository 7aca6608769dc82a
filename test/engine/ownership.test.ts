import { describeWith } from "../support/requirements";
import type { CliResult, YamlProject } from "./support/project";
import { handMade, Scene } from "./support/scene";

const handMadeUnit = `[Unit]
Description=The shop, set up by hand in 2014

[Service]
ExecStart=/bin/sleep 86400
Environment=SHOP=old

[Install]
WantedBy=multi-user.target
`;

describeWith(["lab", "pulumi", "pulumi-language-yaml"], "promise 6: only what is ours", () => {
  const scene = new Scene();
  const unit = (name: string) => scene.shell(`cat /etc/systemd/system/${name}.service`);

  describe("what is there already", () => {
    const stock = {
      description: "The shop, set up by hand in 2014",
      command: ["/bin/sleep", "86400"],
      environment: { SHOP: "old" },
    };
    const program = (properties: object) => ({
      shop: scene.service("shop", { environment: { SHOP: "new" }, ...properties }),
      stock: scene.service("stock", stock),
      closed: scene.service("closed", properties),
    });
    const names = ["shop", "stock", "depot"];
    const look = (name: string) => Promise.all([scene.pid(name), unit(name)]);
    let project: YamlProject;
    let before: Record<string, [pid: string, unit: string]>;
    let refused: CliResult;

    beforeAll(async () => {
      await handMade(scene.host, "shop", handMadeUnit);
      await handMade(scene.host, "stock", handMadeUnit);
      await handMade(scene.host, "depot", `${handMadeUnit}Alias=store.service\n`);
      await scene.shell("systemctl mask closed.service");
      before = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await look(name)] as const)));
      project = await scene.project({ ...program({}), alias: scene.service("store", { adopt: true }) });
      refused = await project.up("--continue-on-error");
    });

    test("a service of that name that is not ours is refused with what differs, and left as it is", async () => {
      expect(refused.code).toBe(1);
      for (const words of [
        'there is a service "shop" already (/etc/systemd/system/shop.service); it was not changed',
        'command[1]: "86400" on the host, "infinity" wanted',
        'environment.SHOP: "old" on the host, "new" wanted',
        'description: "The shop, set up by hand in 2014" on the host, (unset) wanted',
        "set adopt: true",
        `pulumi import bots:index:Service shop ${scene.host.name}/shop`,
      ]) {
        expect(refused.output).toContain(words);
      }
      expect(await look("shop")).toEqual(before["shop"]);
      expect(Object.keys(await project.resources())).toEqual(["stock"]);
    });

    test("a name that is only another name of a unit is refused, also with adopt", async () => {
      expect(refused.output).toContain("store is only an alias of depot.service");
      expect(await look("depot")).toEqual(before["depot"]);
    });

    test("a name that somebody has masked is refused, unless adopt", async () => {
      expect(refused.output).toContain("masked, so it can't be started");
      expect(await scene.shell("systemctl is-enabled closed")).toBe("masked");
    });

    test("a service that is just as wanted only gets the marker, and keeps its process", async () => {
      expect(await scene.pid("stock")).toBe(before["stock"]![0]);
      expect(await unit("stock")).toContain("# Managed by Pulumi (urn:pulumi:dev::edi::bots:index:Service::stock)");
    });

    test("with adopt: true they become ours, and what was there before is kept, also by a destroy", async () => {
      await project.write(program({ adopt: true })).must("up", "--yes", "--skip-preview");
      const [pid, text] = before["shop"]!;
      expect(await scene.pid("shop")).not.toBe(pid);
      const environment = "cat /proc/$(systemctl show -p MainPID --value shop)/environ | tr '\\0' '\\n'";
      expect(await scene.shell(environment)).toContain("SHOP=new");
      const kept = "cat /var/lib/pulumi-bots/shop/original-*/files/etc/systemd/system/shop.service";
      expect(await scene.shell(kept)).toBe(text);
      expect(await scene.shell("systemctl is-active closed; systemctl is-enabled closed")).toBe("active\nenabled");
      expect(await project.drifted()).toMatchObject({ code: 0 });
      await project.must("up", "--yes", "--skip-preview", "--expect-no-changes");

      const destroy = await project.destroy();
      expect(destroy.output).toContain("files of shop that somebody else made are kept");
      expect(await scene.shell("ls /etc/systemd/system/shop.service 2>&1")).toContain("No such file");
      expect(await scene.shell(kept)).toBe(text);
    });
  });

  test("two stacks with the same service: the second is refused, and the error names the owner", async () => {
    const project = await scene.running({ web: scene.service("web") });
    const before = [await scene.pid("web"), await unit("web")];
    await project.init("other");
    const up = await project.write({ web: scene.service("web", { description: "mine" }) }).up();
    expect(up.code).not.toBe(0);
    expect(up.output).toContain("It belongs to urn:pulumi:dev::edi::bots:index:Service::web");
    // The same definition makes it no less the other's.
    const same = await project.write({ web: scene.service("web") }).up();
    expect(same.code).not.toBe(0);
    expect(same.output).toContain("It belongs to urn:pulumi:dev::edi::bots:index:Service::web");
    expect([await scene.pid("web"), await unit("web")]).toEqual(before);
  });

  test("a service that another owner has taken: read and update name both, delete touches nothing", async () => {
    const project = await scene.running({ taken: scene.service("taken") });
    const { ownerId } = (await project.resources())["taken"]!.outputs;
    await scene.shell(
      `sed -i 's/${String(ownerId)}/somebody-else/; s/::edi::/::their::/' /etc/systemd/system/taken.service`,
    );
    const before = [await scene.pid("taken"), await unit("taken")];
    const both = ["somebody-else", String(ownerId), "urn:pulumi:dev::their::bots:index:Service::taken"];

    const refresh = await project.pulumi("refresh", "--yes", "--skip-preview");
    expect(refresh.code).not.toBe(0);
    for (const words of both) expect(refresh.output).toContain(words);

    const up = await project.write({ taken: scene.service("taken", { description: "mine" }) }).up();
    expect(up.code).not.toBe(0);
    for (const words of both) expect(up.output).toContain(words);

    const destroy = await project.destroy();
    expect(destroy.code).toBe(0);
    expect(destroy.output).toMatch(/warning: .*taken on .* is no longer the service of this resource.*not changed/);
    expect([await scene.pid("taken"), await unit("taken")]).toEqual(before);
  });
});
