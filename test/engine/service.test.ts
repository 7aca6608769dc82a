import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describeWith } from "../support/requirements";
import { botsDaemons, connectionTo } from "./support/daemons";
import type { YamlProject } from "./support/project";
import { Scene, traces, type YamlResource } from "./support/scene";

const lessEnvironment = { environment: { PATH: "/opt/bots/bin:/usr/bin:/bin" } };
const units = ["bots-webserver", "bots-jobqueueserver", "bots-dirmonitor"];

describeWith(
  ["lab", "pulumi", "pulumi-language-yaml"],
  "the Bots daemons under the real engine, as a YAML program",
  () => {
    const scene = new Scene({ bots: true, ownPlugins: true });
    let project: YamlProject;
    let untouched: string[];

    const pids = () => Promise.all(units.map((unit) => scene.pid(unit)));
    const daemons = () => botsDaemons(scene.host) as Record<"web" | "queue" | "dirmonitor", YamlResource>;
    /** The program, with one daemon changed. */
    const changed = (name: "web" | "queue", properties: object) => {
      const program = daemons();
      return { ...program, [name]: { ...program[name], properties: { ...program[name].properties, ...properties } } };
    };
    /** What the daemons say themselves. */
    const answers = () =>
      scene.shell(`
      curl -s -o /dev/null -w '%{http_code}' http://127.0.0.1:${scene.host.ports.web}/login/
      python3 -c 'import xmlrpc.client as x
try: x.ServerProxy("http://localhost:${scene.host.ports.queue}").isup_probe()
except x.Fault: print(" fault")'`);

    /** Over how many TCP connections a run went, by sshd's log. */
    async function connectionsOf(run: () => Promise<unknown>): Promise<number> {
      const before = await scene.host.connections();
      await run();
      return (await scene.host.connections()) - before;
    }

    beforeAll(async () => {
      untouched = await traces(scene.host);
      project = await scene.project(daemons());
    });

    test("up: the daemons run, answer, and start at boot, over one connection", async () => {
      expect(await connectionsOf(() => project.must("up", "--yes"))).toBe(1);
      const state = await project.resources();
      expect(Object.values(state).map(({ outputs }) => outputs.status)).toEqual(["running", "running", "running"]);
      for (const unit of units) {
        expect(await scene.shell(`systemctl is-active ${unit}; systemctl is-enabled ${unit}`)).toBe("active\nenabled");
      }
      expect(await answers()).toBe("200 fault");
    });

    test("a second up changes nothing and contacts no host; a refresh finds nothing, over one connection; pids stay", async () => {
      const before = await pids();
      expect(await connectionsOf(() => project.must("up", "--yes", "--expect-no-changes"))).toBe(0);
      expect(await connectionsOf(() => project.must("refresh", "--preview-only", "--expect-no-changes"))).toBe(1);
      expect(await pids()).toEqual(before);
    });

    test("a change: the preview announces which daemon restarts, and no other one does", async () => {
      const before = await pids();
      project.write(changed("queue", lessEnvironment));
      const preview = await project.must("preview", "--diff");
      expect(preview.output).toContain(`restarts bots-jobqueueserver on ${scene.host.name} (pid ${before[1]})`);
      expect(preview.output).toMatch(/- PYTHONUNBUFFERED: "1"/);
      await project.must("up", "--yes", "--skip-preview");
      const [web, queue, dirmonitor] = await pids();
      expect([web, dirmonitor]).toEqual([before[0], before[2]]);
      expect(queue).not.toBe(before[1]);
      expect(await answers()).toBe("200 fault");
    });

    test("stopped by hand, and a unit edited by hand: exit code 7 and the right properties; up --refresh repairs", async () => {
      await scene.shell("systemctl stop bots-jobqueueserver");
      await scene.shell("sed -i 's#-c/srv/bots/config#-c/srv/bots/other#' /etc/systemd/system/bots-webserver.service");
      expect(await project.drifted()).toMatchObject({
        code: 7,
        // The directory monitor is fine, and so is the web server's process.
        found: { queue: ["running"], web: ["command[1]"] },
      });
      expect(await connectionsOf(() => project.must("up", "--yes", "--skip-preview", "--refresh"))).toBe(1);
      expect(await project.drifted()).toMatchObject({ code: 0, found: {} });
      expect(await answers()).toBe("200 fault");
    });

    test("its unit deleted by hand: found, and made again, with one daemon and not two", async () => {
      await scene.shell("rm /etc/systemd/system/bots-dirmonitor.service; systemctl daemon-reload");
      expect(await project.drifted()).toMatchObject({ code: 7, found: { dirmonitor: "delete" } });
      await project.must("up", "--yes", "--skip-preview", "--refresh");
      expect(await project.drifted()).toMatchObject({ code: 0 });
      expect(await scene.shell("pgrep -fc '^/opt/bots/bin/python3 /opt/bots/bin/bots-dirmonitor'")).toBe("1");
    });

    test("a reboot: the daemons are up again, and that is no drift", async () => {
      const before = await pids();
      await scene.host.reboot();
      expect(await pids()).not.toEqual(before);
      expect(await project.drifted()).toMatchObject({ code: 0, found: {} });
      await project.must("up", "--yes", "--expect-no-changes");
    });

    test("import: the printed program shows no difference, and the daemon keeps its pid", async () => {
      const before = await pids();
      const id = `${scene.host.name}/bots-webserver`;
      await project.must("config", "set", "bots:connection", JSON.stringify(connectionTo(scene.host)));
      // The engine imports with the provider's configuration as it stands in the state.
      await project.must("up", "--yes", "--skip-preview", "--expect-no-changes");
      await project.must("state", "delete", "urn:pulumi:dev::edi::bots:index:Service::web", "--yes");
      const out = join(project.folder, "imported.yaml");
      await project.must("import", "bots:index:Service", "web", id, "--yes", "--protect=false", "--out", out);
      const { web: _, ...rest } = changed("queue", lessEnvironment);
      const imported = readFileSync(out, "utf8").replace(/^resources:\n/, `resources:\n  ${inline(rest)}\n`);
      project.writeText(imported);
      await project.must("up", "--yes", "--skip-preview", "--refresh", "--expect-no-changes");
      expect(await pids()).toEqual(before);
    });

    test("destroy: no unit, link, environment file, kept file, lock, temporary file or memory of it is left", async () => {
      expect(await connectionsOf(() => project.must("destroy", "--yes", "--skip-preview"))).toBe(1);
      expect(await traces(scene.host)).toEqual(untouched);
      expect(await scene.shell("pgrep -fc /opt/bots/bin/[b]ots-")).toBe("0");
      expect(await project.resources()).toEqual({});
    });
  },
);

/** Resources as lines of YAML (JSON is YAML). */
function inline(resources: object): string {
  return Object.entries(resources)
    .map(([name, resource]) => `${name}: ${JSON.stringify(resource)}`)
    .join("\n  ");
}
