import { describeWith } from "../support/requirements";
import { botsDaemons } from "./support/daemons";
import type { YamlProject } from "./support/project";
import { Scene } from "./support/scene";

describeWith(
  ["lab", "pulumi", "pulumi-language-yaml"],
  "decision 'ready': a stranger on the port of Bots' job queue",
  () => {
    const scene = new Scene({ bots: true });
    const port = () => scene.host.ports.queue;
    let project: YamlProject;
    let stranger: string;

    /** Somebody else's program on the queue's port, inside the host. Its pid there. */
    const occupy = () =>
      scene.shell(`
      setsid python3 -m http.server ${port()} --bind 127.0.0.1 >/dev/null 2>&1 </dev/null &
      echo $!
      until curl -s -o /dev/null http://127.0.0.1:${port()}; do sleep 0.05; done`);
    const queue = (properties: object = {}) => {
      const { queue } = botsDaemons(scene.host) as { queue: { properties: object } };
      const ready = { tcp: port(), timeoutSeconds: 2 };
      return { queue: { ...queue, properties: { ...queue.properties, settleSeconds: 1, ready, ...properties } } };
    };
    const named = () => `port ${port()} is held by another program: pid ${stranger} (python3)`;

    beforeAll(async () => {
      stranger = await occupy();
      project = await scene.project(queue());
    });

    test("the queue stays alive without its port: up fails, names his pid and program, and shows the log", async () => {
      const up = await project.up();
      expect(up.code).toBe(1);
      expect(up.output).toContain(`it runs, but was not ready within 2 s: ${named()}`);
      expect(up.output).toContain("Address already in use");
      expect(await scene.shell("systemctl is-active bots-jobqueueserver")).toBe("inactive");
      expect(await project.resources()).toMatchObject({ queue: { outputs: { running: false } } });
    });

    test("once he is gone, the next up succeeds without hand work", async () => {
      await scene.shell(`kill ${stranger}`);
      await project.must("up", "--yes", "--skip-preview");
      expect(await project.drifted()).toMatchObject({ code: 0, found: {} });
    });

    test("he comes later, and systemd still says active: drift says that it does not run", async () => {
      await scene.shell("systemctl stop bots-jobqueueserver");
      stranger = await occupy();
      await scene.shell("systemctl start bots-jobqueueserver");
      expect(await scene.shell("systemctl is-active bots-jobqueueserver")).toBe("active");
      const drift = await project.drift();
      expect([drift.code, drift.output]).toEqual([7, expect.stringContaining("running: true => false")]);
      expect((await project.pulumi("refresh", "--preview-only")).output).toContain(`notReady: ${named()}`);
    });

    test("up --refresh fails while he is there, names him, and repairs it once he is gone", async () => {
      const up = await project.up("--refresh");
      expect([up.code, up.output]).toEqual([1, expect.stringContaining(named())]);
      await scene.shell(`kill ${stranger}`);
      await project.must("up", "--yes", "--skip-preview", "--refresh");
      expect(await project.resources()).toMatchObject({ queue: { outputs: { status: "running" } } });
      expect(await project.drifted()).toMatchObject({ code: 0, found: {} });
    });
  },
);
