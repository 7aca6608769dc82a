import { describeWith } from "../support/requirements";
import type { YamlProject } from "./support/project";
import { Scene } from "./support/scene";

const always = { restart: { policy: "always", delaySeconds: 0.1 } };
const untilBroken = (file: string) => ["/bin/sh", "-c", `while [ ! -e ${file} ]; do sleep 0.05; done; exit 7`];

describeWith(
  ["lab", "pulumi", "pulumi-language-yaml"],
  "decision 'Health in the diff': bad health is a changed property",
  () => {
    const scene = new Scene();
    let project: YamlProject;

    const port = () => scene.host.ports.spare[0]!;
    const program = () => ({
      calm: scene.service("calm", always),
      loops: scene.service("loops", {
        restart: { ...always.restart, maxAttempts: 0 },
        command: untilBroken("/run/loops"),
      }),
      fails: scene.service("fails", { restart: { policy: "never" }, command: untilBroken("/run/fails") }),
      off: scene.service("off", { running: false, command: untilBroken("/run/off") }),
      page: scene.service("page", {
        command: [
          "/usr/bin/python3",
          "-m",
          "http.server",
          `${port()}`,
          "--bind",
          "127.0.0.1",
          "--directory",
          "/srv/page",
        ],
        ready: { http: { url: `http://localhost:${port()}/` }, timeoutSeconds: 5 },
      }),
      asked: scene.service("asked", { ready: { command: ["/bin/sh", "-c", "! test -e /run/asked"], readOnly: true } }),
      spared: scene.service("spared", { ready: { command: ["/bin/sh", "-c", "echo . >>/run/spared"] } }),
    });

    beforeAll(async () => {
      await scene.shell("mkdir -p /srv/page");
      project = await scene.running(program());
    });

    test("killed, and started again by systemd: another pid is no drift", async () => {
      const pid = await scene.pid("calm");
      await scene.shell(`kill -9 ${pid}; until systemctl is-active calm; do sleep 0.1; done; sleep 1`);
      expect(await project.drifted()).toMatchObject({ code: 0, found: {} });
      expect(await scene.pid("calm")).not.toBe(pid);
    });

    test("failed, looping, and not doing its work: each is found, with the reason in a warning", async () => {
      await scene.shell("touch /run/loops /run/fails /run/asked; rmdir /srv/page; sleep 1");
      const asked = await scene.shell("wc -l </run/spared");
      expect(await project.drifted()).toMatchObject({
        code: 7,
        found: { loops: ["running"], fails: ["running"], page: ["running"], asked: ["running"] },
      });
      const { output } = await project.pulumi("refresh", "--yes", "--skip-preview");
      expect(output).toMatch(/loops on \S+ is flapping: (waits for its restart after exit code 7|restarted \d+ times)/);
      expect(output).toMatch(/fails on \S+ is failed: exit code 7/);
      expect(output).toMatch(/page on \S+ is notReady: GET \S+ answers 404/);
      expect(output).toMatch(/asked on \S+ is notReady: its ready command failed \(exit code 1\)/);
      expect(await project.resources()).toMatchObject({
        loops: { outputs: { status: "flapping" } },
        fails: { outputs: { status: "failed" } },
        page: { outputs: { status: "notReady" } },
        asked: { outputs: { status: "notReady" } },
      });
      // A ready command that nobody has called readOnly is not run by a read.
      expect(await scene.shell("wc -l </run/spared")).toBe(asked);
    });

    test("wanted false and failed is in sync", async () => {
      await scene.shell("touch /run/off; systemctl start off; sleep 0.5");
      expect(await scene.shell("systemctl is-active off")).toBe("failed");
      expect((await project.drifted()).found).not.toHaveProperty("off");
    });

    test("repaired by one up --refresh", async () => {
      await scene.shell("rm /run/loops /run/fails /run/asked; mkdir /srv/page");
      await project.must("up", "--yes", "--skip-preview", "--refresh");
      expect(await project.drifted()).toMatchObject({ code: 0, found: {} });
    });
  },
);
