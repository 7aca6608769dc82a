import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describeWith } from "../support/requirements";
import { connectionTo } from "./support/daemons";
import { handMade, Scene } from "./support/scene";
import { labServer, ServersProject } from "./support/servers";

const webUnit = `[Service]
User=bots
WorkingDirectory=/srv/bots
Environment=PATH=/opt/bots/bin:/usr/bin:/bin
ExecStart=/opt/bots/bin/bots-webserver -c/srv/bots/config
[Install]
WantedBy=multi-user.target
`;

const script = `#!/bin/sh
### BEGIN INIT INFO
# Provides: oldshop
# Required-Start: $remote_fs
# Required-Stop: $remote_fs
# Default-Start: 2 3 4 5
# Default-Stop: 0 1 6
### END INIT INFO
case "$1" in
  start) start-stop-daemon --start -b -m -p /run/oldshop.pid --startas /bin/sleep -- 1000000 ;;
  stop) start-stop-daemon --stop --oknodo -p /run/oldshop.pid ;;
esac
`;

describeWith(["lab", "pulumi", "pulumi-language-yaml"], "existing: true with the real engine", () => {
  const scene = new Scene({ bots: true });
  const unit = () =>
    scene.shell("stat -c '%Y %a' /etc/systemd/system/bots-web.service; cat /etc/systemd/system/bots-web.service");
  const daemons = { webserver: { existing: true, name: "bots-web" } };

  beforeAll(() => handMade(scene.host, "bots-web", webUnit));

  test("a BotsServer whose web interface somebody else defines: watched, repaired, and left in place", async () => {
    const before = [await scene.pid("bots-web"), await unit()];
    const server = { type: "bots:index:BotsServer", properties: labServer(scene.host, { daemons }) };
    const project = await scene.running({ edi1: server });
    const web = (await project.resources())["edi1-webserver"];
    expect(web?.inputs).toMatchObject({ existing: true, name: "bots-web", ready: { http: { status: 200 } } });
    expect(web?.inputs["command"]).toBeUndefined();
    expect(web?.outputs).toMatchObject({ existing: true, status: "running" });
    expect([await scene.pid("bots-web"), await unit()]).toEqual(before);
    expect(await project.drifted()).toMatchObject({ code: 0, found: {} });

    await scene.shell("systemctl kill -s STOP bots-web");
    expect(await project.drifted()).toMatchObject({ code: 7, found: { "edi1-webserver": ["running"] } });
    await scene.shell("systemctl kill -s CONT bots-web; systemctl disable --now bots-web");
    expect(await project.drifted()).toMatchObject({ code: 7, found: { "edi1-webserver": ["running", "startMode"] } });
    await project.must("up", "--yes", "--skip-preview", "--refresh");
    expect(await scene.shell("systemctl is-active bots-web; systemctl is-enabled bots-web")).toBe("active\nenabled");

    await scene.shell("sed -i 's/^User=/#&\\n&/' /etc/systemd/system/bots-web.service; systemctl daemon-reload");
    const edited = await project.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes");
    expect([edited.code, edited.output]).toEqual([0, expect.stringContaining("bots-web.service has changed")]);

    const pid = await scene.pid("bots-web");
    const gone = await project.must("destroy", "--yes", "--skip-preview");
    expect(gone.output).toContain("stays as it is");
    expect([await scene.pid("bots-web"), await project.resources()]).toEqual([pid, {}]);
  });

  test("the same in the stack configuration of stacks/", async () => {
    const pid = await scene.pid("bots-web");
    const servers = await ServersProject.create({ "edi:servers": { one: labServer(scene.host, { daemons }) } });
    expect(await servers.up()).toMatchObject({ failure: "" });
    expect([await servers.drift(), await scene.pid("bots-web")]).toEqual(["", pid]);
    await servers.stack.destroy();
    expect(await scene.pid("bots-web")).toBe(pid);
    servers.remove();
  });

  test("a definition beside it is an error at its property, before any host is asked", async () => {
    const project = await scene.project({ web: scene.service("bots-web", { existing: true }) });
    const { code, output } = await project.pulumi("preview");
    expect([code, output]).toEqual([1, expect.stringContaining("can't be set together with existing: true")]);
  });

  test("decision 'Import': an init script is a program: imported with existing: true, and what was read is printed", async () => {
    const path = "/etc/init.d/oldshop";
    await scene.host.run(
      `cat >${path} && chmod 755 ${path} && update-rc.d oldshop defaults && systemctl daemon-reload`,
      {
        input: script,
      },
    );
    await scene.shell("systemctl start oldshop");
    const pid = await scene.shell("cat /run/oldshop.pid");
    const project = await scene.project({});
    const { host, ...way } = connectionTo(scene.host);
    await project.must("config", "set", "bots:hosts", JSON.stringify({ [host as string]: way }));
    const out = join(project.folder, "imported.yaml");
    const id = `${scene.host.name}/oldshop`;
    const { output } = await project.must(
      ...["import", "bots:index:Service", "oldshop", id, "--yes", "--skip-preview", "--protect=false", "--out", out],
    );
    expect(output).toContain(`${path} is a program, and its settings can't be read reliably without running it`);
    expect(output).toContain(`command: ["/bin/sleep","1000000"] (${path}:10)`);
    project.writeText(readFileSync(out, "utf8"));
    expect((await project.resources())["oldshop"]?.inputs).toMatchObject({ existing: true, name: "oldshop" });
    await project.must("up", "--yes", "--expect-no-changes");
    expect(await project.drifted()).toMatchObject({ code: 0, found: {} });
    expect([await scene.shell("cat /run/oldshop.pid"), await scene.shell(`cat ${path}`)]).toEqual([pid, script.trim()]);
  });
});
