import { describeWith } from "../support/requirements";
import type { YamlProject } from "./support/project";
import { Scene } from "./support/scene";

describeWith(
  ["lab", "pulumi", "pulumi-language-yaml"],
  "from an init script to systemd, after an upgrade of the distribution",
  () => {
    const scene = new Scene();
    let project: YamlProject;
    const properties = { description: "The shop", environment: { SHOP: "open" }, runAs: { user: "nobody" } };
    const by = (manager: string, more: object = {}) => ({
      shop: scene.service("shop", { ...properties, manager, ...more }),
    });
    const pids = () => scene.shell("pgrep -u nobody -x sleep || true");

    beforeAll(async () => {
      project = await scene.running(by("lsb"));
    });

    test("auto keeps the init script, since it is there", async () => {
      const pid = await pids();
      await project.write(by("auto")).must("up", "--yes", "--expect-no-changes");
      expect([await pids(), (await project.resources())["shop"]?.outputs["manager"]]).toEqual([pid, "lsb"]);
    });

    test("to systemd, where it does not come up: up says why, and the init script runs it again", async () => {
      const broken = {
        command: ["/bin/sh", "-c", "echo 'no such shop'; sleep 0.2; exit 4"],
        restart: { policy: "never" },
      };
      const up = await project.write(by("systemd", broken)).up();
      expect(up.code).not.toBe(0);
      expect(up.output).toContain("no such shop");
      expect(up.output).toContain("Rolled back: the previous definition runs again");
      expect(await pids()).toMatch(/^\d+$/);
      expect(
        await scene.shell(
          "ls /etc/init.d/shop /etc/systemd/system/shop.service /var/lib/pulumi-bots 2>/dev/null || true",
        ),
      ).toMatch(/^\/etc\/init\.d\/shop(\n|$)(?!.*shop\.service)/);
      expect(await project.write(by("lsb")).drifted()).toMatchObject({ code: 0, found: {} });
    });

    test("to systemd: preview says that it moves and restarts; up does so, and nothing of the script is left", async () => {
      const pid = await pids();
      await project.must("refresh", "--yes", "--skip-preview"); // the pid is another one since the rollback
      project.write(by("systemd"));
      expect(await project.planned()).toMatchObject({ found: { shop: ["manager"] } });
      const preview = await project.must("preview");
      expect(preview.output).toContain(
        `moves shop on ${scene.host.name} from lsb to systemd: it is stopped (pid ${pid})`,
      );
      await project.must("up", "--yes", "--skip-preview");
      expect(await scene.shell("systemctl is-active shop; systemctl is-enabled shop")).toBe("active\nenabled");
      expect(await pids()).toBe(await scene.pid("shop"));
      expect(await scene.shell("find /etc/init.d /etc/rc?.d /run -name '*shop*' ! -path '/run/systemd/*'")).toBe("");
      expect((await project.resources())["shop"]?.outputs).toMatchObject({ manager: "systemd", status: "running" });
      expect(await project.drifted()).toMatchObject({ code: 0, found: {} });
    });

    test("auto now keeps systemd, and destroy leaves nothing", async () => {
      await project.write(by("auto")).must("up", "--yes", "--expect-no-changes");
      await project.must("destroy", "--yes", "--skip-preview");
      expect([
        await pids(),
        await scene.shell("find /etc /var/lib/pulumi-bots -name '*shop*' 2>/dev/null || true"),
      ]).toEqual(["", ""]);
    });
  },
);
