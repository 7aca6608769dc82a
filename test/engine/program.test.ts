import * as bots from "../../index";
import { describeWith } from "../support/requirements";
import { connectionTo, sleeper } from "./support/daemons";
import { InlineProject } from "./support/inline";
import { Scene, traces } from "./support/scene";

describeWith(["lab", "pulumi"], "the same as an inline TypeScript program", () => {
  const scene = new Scene();
  const project = new InlineProject("edi");
  let untouched: string[];
  let connections: number;

  /** Two services, one after the other, and what is known of them. */
  const program = (colour: string) => () => {
    const connection = connectionTo(scene.host) as bots.Connection;
    const common = { connection, command: sleeper, settleSeconds: 1 };
    const queue = new bots.Service("queue", { ...common, name: "queue" });
    const web = new bots.Service("web", {
      ...common,
      name: "web",
      description: "Web interface",
      environment: { COLOUR: colour },
      requires: [queue.name],
    });
    const found = bots.getServiceOutput({ connection, name: web.name });
    return Promise.resolve({ pid: web.pid, status: web.status, description: found.description, files: web.files });
  };
  const asText = (run: Promise<{ stdout: string }>) => run.then(({ stdout }) => stdout);

  beforeAll(async () => {
    untouched = await traces(scene.host);
    await project.init(program("red"));
    connections = await scene.host.connections();
  });
  afterAll(() => project.remove());

  test("preview asks no host, and does not know yet what only the host can say", async () => {
    const { changeSummary } = await project.stack.preview();
    expect(changeSummary).toEqual({ create: 3 });
    expect(await scene.host.connections()).toBe(connections);
  });

  test("up: outputs are live values, getService reads what was made; one connection", async () => {
    const { outputs } = await project.stack.up();
    expect(await scene.host.connections()).toBe(connections + 1);
    expect(outputs).toMatchObject({
      pid: { value: Number(await scene.pid("web")) },
      status: { value: "running" },
      description: { value: "Web interface" },
      files: {
        value: [expect.objectContaining({ path: "/etc/systemd/system/web.service", mode: "0644", owner: "root:root" })],
      },
    });
    expect(await scene.shell("grep -E '^(After|Wants)=' /etc/systemd/system/web.service")).toContain("queue.service");
  });

  test("up again: nothing to do, pids stay", async () => {
    const before = await scene.pid("web");
    const { summary } = await project.stack.up({ expectNoChanges: true });
    expect(summary.resourceChanges).toEqual({ same: 3 });
    expect(await scene.pid("web")).toBe(before);
  });

  test("stopped and edited by hand: refresh ends with 7 and says what; up --refresh repairs", async () => {
    await scene.shell("systemctl stop queue; sed -i s/red/blue/ /etc/systemd/system/web.service");
    const said: string[] = [];
    const options = { color: "never" as const, onOutput: (text: string) => void said.push(text) };
    const drift = await project.failure((stack) =>
      stack.refresh({ ...options, previewOnly: true, expectNoChanges: true }),
    );
    expect(drift.code).toBe(7);
    expect(said.join("")).toMatch(/queue .*\[diff: ~running\]/);
    expect(said.join("")).toMatch(/web .*\[diff: ~environment\]/);
    expect(await project.stack.previewRefresh()).toMatchObject({ changeSummary: { same: 1, update: 2 } });
    expect(await asText(project.stack.up({ refresh: true }))).toContain("2 updated");
    await project.stack.refresh({ previewOnly: true, expectNoChanges: true });
    expect(await scene.shell("systemctl is-active queue; grep COLOUR /etc/systemd/system/web.service")).toBe(
      'active\nEnvironment="COLOUR=red"',
    );
  });

  test("a change restarts the daemon that it is about", async () => {
    const before = [await scene.pid("queue"), await scene.pid("web")];
    project.program(program("green"));
    expect(await asText(project.stack.preview({ color: "never" }))).toContain(`restarts web on ${scene.host.name}`);
    await project.stack.up();
    expect(await scene.pid("queue")).toBe(before[0]);
    expect(await scene.pid("web")).not.toBe(before[1]);
  });

  test("a reboot is no drift", async () => {
    await scene.host.reboot();
    await project.stack.refresh({ previewOnly: true, expectNoChanges: true });
  });

  test("an explicit provider with connections by machine name; Service.get reads what is not managed here", async () => {
    const { host, ...way } = connectionTo(scene.host) as unknown as bots.Connection;
    const before = await scene.pid("web");
    project.program(() => {
      const edi = new bots.Provider("edi", { hosts: { [host as string]: way } });
      const args = { command: sleeper, settleSeconds: 1, connection: { host: host as string } };
      new bots.Service("more", { ...args, name: "more" }, { provider: edi });
      const ssh = bots.Service.get("ssh", `${scene.host.name}/ssh`, { provider: edi });
      return program("green")().then((outputs) => ({ ...outputs, ssh: ssh.status }));
    });
    const { outputs } = await project.stack.up();
    expect(outputs["ssh"]?.value).toBe("running");
    expect(await scene.shell("systemctl is-active more")).toBe("active");
    expect(project.resources()["more"]?.id).toBe(`${scene.host.name}/more`);
    expect(await scene.pid("web")).toBe(before);
  });

  test("destroy: nothing is left", async () => {
    await project.stack.destroy();
    expect(await traces(scene.host)).toEqual(untouched);
  });
});
