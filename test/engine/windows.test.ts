import { startWindowsHost } from "../../lab/windows/host";
import type { WindowsHost } from "../../lab/windows/types";
import { describeWith } from "../support/requirements";
import { YamlProject } from "./support/project";

describeWith(["windows", "pulumi", "pulumi-language-yaml"], "a Windows host under the real engine", () => {
  const project = new YamlProject("edi", { ownPlugins: true });
  let host: WindowsHost;
  beforeAll(async () => {
    host = await startWindowsHost({ nssm: true });
    await project.init();
  });
  afterAll(() => Promise.all([host?.stop(), project.remove()]));

  const program = (connection: object, properties: object = {}) =>
    project.write({
      web: {
        type: "bots:index:Service",
        properties: {
          connection: { host: host.name, address: host.address, user: host.user, ...connection },
          name: "web",
          command: ["C:\\lab\\ticker.exe", "--record", "C:\\lab\\web.txt", "ünï 日本"],
          settleSeconds: 1,
          options: { nssm: { path: "C:\\tools\\nssm.exe" } },
          ...properties,
        },
      },
    });
  const winRm = () => ({ type: "winrm", port: host.port, password: host.password });
  const ssh = () => ({ port: host.ssh.port, privateKeyFile: host.ssh.privateKeyFile, hostKey: host.ssh.hostKey });

  test("a service that was made over WinRM reads the same over SSH, is changed there, and goes", async () => {
    program(winRm());
    await project.must("up", "--yes");
    const { outputs } = (await project.resources())["web"]!;
    expect(outputs).toMatchObject({ status: "running", manager: "nssm", machineId: host.machineId });

    program(ssh());
    await project.must("up", "--yes", "--expect-no-changes");
    await project.must("refresh", "--yes", "--expect-no-changes");
    expect((await project.resources())["web"]!.outputs).toEqual(outputs);

    program(ssh(), { description: "wéb" });
    await project.must("up", "--yes");
    expect((await project.resources())["web"]!.outputs).toMatchObject({ description: "wéb", pid: outputs["pid"] });
    await project.must("destroy", "--yes");
    expect(await host.services()).not.toHaveProperty("web");
  });
});
