import { startHost, type LabHost } from "../../lab";
import { describeWith } from "../support/requirements";
import { botsDaemons } from "./support/daemons";
import { YamlProject } from "./support/project";

describeWith(["lab", "pulumi", "pulumi-language-yaml"], "the Bots daemons under the real engine", () => {
  let host: LabHost;
  let project: YamlProject;

  beforeAll(async () => {
    host = await startHost({ kind: "systemd" });
    project = await new YamlProject("edi").write(botsDaemons(host)).init();
  });
  afterAll(async () => {
    await host?.stop();
    project?.remove();
  });

  const pidOf = async (unit: string) => (await host.run(`systemctl show -p MainPID --value ${unit}`)).stdout.trim();

  test("up: the daemons run, answer, and start at boot, over one connection", async () => {
    const before = await host.connections();
    const up = await project.must("up", "--yes");
    expect(await host.connections()).toBe(before + 1);
    expect(up.output).toContain("4 created");
    const state = await project.resources();
    expect(Object.values(state).map(({ outputs }) => outputs.status)).toEqual(["running", "running", "running"]);
    for (const unit of ["bots-webserver", "bots-jobqueueserver", "bots-dirmonitor"]) {
      const { stdout } = await host.run(`systemctl is-active ${unit}; systemctl is-enabled ${unit}`);
      expect(stdout).toBe("active\nenabled\n");
    }
    const { stdout } = await host.run(`curl -sD- -o /dev/null http://127.0.0.1:${host.ports.web}/login/`);
    expect(stdout).toContain("Server: bots-webserver");
  });

  test("a second up changes nothing, a refresh finds nothing, pids stay", async () => {
    const pid = await pidOf("bots-webserver");
    const again = await project.must("up", "--yes", "--expect-no-changes");
    expect(again.output).toContain("4 unchanged");
    expect((await project.drift()).code).toBe(0);
    expect(await pidOf("bots-webserver")).toBe(pid);
  });
});
