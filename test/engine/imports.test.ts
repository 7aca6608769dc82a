import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describeWith } from "../support/requirements";
import { connectionTo } from "./support/daemons";
import type { YamlProject } from "./support/project";
import { handMade, Scene } from "./support/scene";

const oddUnit = `# set up by hand
[Unit]
Description=Old shop, 100 %% by hand
After=network-online.target
Wants=network-online.target
Documentation=man:sleep(1)

[Service]
Type=simple
Environment="GREETING=hello world" LANG=C
Environment=PLAIN=1
EnvironmentFile=-/etc/default/shop
ExecStartPre=/bin/sh -c 'echo preparing'
ExecStart=/bin/sh -c "while :; do sleep $$NAP; done" \\
  shop
ExecReload=/bin/kill -HUP $MAINPID
User=nobody
Restart=on-failure
RestartSec=1min
TimeoutStopSec=12
KillMode=mixed
LimitNOFILE=4096
Nice=5
ProtectSystem=full
SuccessExitStatus=143
X-Remark=none of systemd's business

[Install]
WantedBy=multi-user.target
Alias=old-shop.service
`;

describeWith(
  ["lab", "pulumi", "pulumi-language-yaml"],
  "decision 'Import': what was made by hand becomes a program that shows no difference",
  () => {
    const scene = new Scene();
    let project: YamlProject;
    let pid: string;

    const files = () => scene.shell("cat /etc/systemd/system/shop.service /etc/systemd/system/shop.service.d/*");
    /** Imports a service and makes the program that Pulumi prints the program of the project. */
    async function importInto(target: YamlProject, id: string, ...args: string[]): Promise<string> {
      const out = join(target.folder, "imported.yaml");
      await target.must("import", "bots:index:Service", "shop", id, "--yes", "--skip-preview", "--out", out, ...args);
      return readFileSync(out, "utf8");
    }

    beforeAll(async () => {
      await scene.shell("mkdir -p /etc/systemd/system/shop.service.d; echo NAP=1 >/etc/default/shop");
      const dropIn = "/etc/systemd/system/shop.service.d/override.conf";
      await scene.host.run(`cat >${dropIn}`, { input: "[Service]\nEnvironment=PLAIN=2\nUMask=027\nLimitCORE=0\n" });
      await handMade(scene.host, "shop", oddUnit);
      pid = await scene.pid("shop");
      project = await scene.project({});
      const { host, ...way } = connectionTo(scene.host);
      // A machine's connection, as in a stack's configuration.
      await project.must("config", "set", "bots:hosts", JSON.stringify({ [host as string]: way }));
    });

    test("the program that Pulumi prints holds the unit and its drop-in, property by property", async () => {
      const before = await files();
      const yaml = await importInto(project, `${scene.host.name}/shop`, "--protect=false");
      project.writeText(yaml);
      const { shop } = await project.resources();
      expect(shop?.inputs).toMatchObject({
        connection: { host: scene.host.name },
        name: "shop",
        description: "Old shop, 100 % by hand",
        environment: { GREETING: "hello world", LANG: "C", PLAIN: "2" },
        runAs: { user: "nobody" },
        umask: "0027",
        restart: { policy: "onFailure", delaySeconds: 60 },
        stop: { timeoutSeconds: 12, mode: "mixed" },
      });
      expect(shop?.inputs["options"]).toMatchObject({
        systemd: { service: { LimitNOFILE: "4096", LimitCORE: "0", Nice: "5", ProtectSystem: "full" } },
      });
      expect(shop?.outputs["ownerId"]).toBeUndefined();
      expect([await scene.pid("shop"), await files()]).toEqual([pid, before]);
    });

    test("no difference at the next preview, up and refresh; the daemon keeps its pid", async () => {
      const before = await files();
      await project.must("preview", "--expect-no-changes");
      await project.must("up", "--yes", "--expect-no-changes");
      expect(await project.drifted()).toMatchObject({ code: 0, found: {} });
      expect([await scene.pid("shop"), await files()]).toEqual([pid, before]);
    });

    test("drift of an imported service is found", async () => {
      await scene.shell("sed -i s/LANG=C/LANG=de/ /etc/systemd/system/shop.service");
      expect(await project.drifted()).toMatchObject({ code: 7, found: { shop: ["environment.LANG"] } });
      await scene.shell("sed -i s/LANG=de/LANG=C/ /etc/systemd/system/shop.service");
    });

    test("the first change makes it ours: with a restart that is announced, what was there before is kept", async () => {
      const before = await scene.shell("cat /etc/systemd/system/shop.service");
      const text = readFileSync(join(project.folder, "imported.yaml"), "utf8").replace("by hand", "by Pulumi");
      const up = await project.writeText(text).must("up", "--yes");
      expect(up.output).toContain(`restarts shop on ${scene.host.name} (pid ${pid})`);
      expect(await scene.pid("shop")).not.toBe(pid);
      expect((await project.resources())["shop"]?.outputs["ownerId"]).toEqual(expect.any(String));
      expect(await project.drifted()).toMatchObject({ code: 0 });
      expect(up.output).toContain("Special user nobody");
      const kept = "/var/lib/pulumi-bots/shop/original-*/files/etc/systemd/system";
      expect(await scene.shell(`cat ${kept}/shop.service`)).toBe(before);
      expect(await scene.shell(`cat ${kept}/shop.service.d/override.conf`)).toContain("LimitCORE=0");
      expect(await scene.shell("ls /etc/systemd/system | grep shop")).toBe("old-shop.service\nshop.service");
    });

    test("with the manager in the id, too; what is not there is an error, and so is an odd id", async () => {
      const other = await scene.project({});
      const { host, ...way } = connectionTo(scene.host);
      await other.must("config", "set", "bots:hosts", JSON.stringify({ [host as string]: way }));
      await importInto(other, `${scene.host.name}/systemd/shop`);
      expect((await other.resources())["shop"]?.id).toBe(`${scene.host.name}/shop`);
      const missing = await other.pulumi("import", "bots:index:Service", "x", `${scene.host.name}/none`, "--yes");
      expect([missing.code, missing.output]).toEqual([1, expect.stringContaining("does not exist")]);
      const odd = await other.pulumi("import", "bots:index:Service", "y", "shop", "--yes");
      expect([odd.code, odd.output]).toEqual([1, expect.stringContaining("must have the form host/name")]);
    });
  },
);
