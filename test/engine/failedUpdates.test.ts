import { describeWith } from "../support/requirements";
import type { ResourceState } from "./support/backend";
import type { CliResult, YamlProject } from "./support/project";
import { Scene } from "./support/scene";

const breaks = ["/bin/sh", "-c", "echo 'bad configuration' >&2; sleep 0.3; exit 4"];
const never = { restart: { policy: "never" } };

/** What can be seen to be wrong beforehand. */
const table = [
  {
    what: "a directive that systemd does not know",
    name: "directive",
    properties: { options: { systemd: { service: { LimitNOFLIE: "4096" } } } },
    words: "'LimitNOFLIE' in section",
  },
  {
    what: "a value that systemd does not take",
    name: "value",
    properties: { options: { systemd: { service: { Nice: "very" } } } },
    words: "Failed to parse nice priority 'very'",
  },
  {
    what: "a program that is not there",
    name: "program",
    properties: { command: ["/opt/none"] },
    words: "command[0]: there is no program /opt/none",
  },
  {
    what: "a user that does not exist",
    name: "user",
    properties: { runAs: { user: "nouser" } },
    words: 'runAs.user: there is no user "nouser"',
  },
];

describeWith(["lab", "pulumi", "pulumi-language-yaml"], "promise 4: an update that does not come up", () => {
  const scene = new Scene();
  const units = table.map(({ name }) => name).join(" ");
  const look = () =>
    scene.shell(
      `systemctl show -p MainPID ${units}; cd /etc/systemd/system; cat ${units.replace(/\w+/g, "$&.service")}`,
    );
  const mend = () => scene.shell("printf '#!/bin/sh\\nexec sleep infinity\\n' >/opt/daemon; chmod 755 /opt/daemon");
  const only = ["--target", "urn:pulumi:dev::edi::bots:index:Service::web"];
  const version = (number: string) => ({ ...never, environment: { VERSION: number } });
  const good = (number: string) => ({
    web: scene.service("web", version(number)),
    kept: scene.service("kept", never),
    lost: scene.service("lost", { ...never, command: ["/opt/daemon"] }),
    ...Object.fromEntries(table.map(({ name }) => [name, scene.service(name)])),
  });
  const bad = () => ({
    web: scene.service("web", { ...version("2"), command: breaks }),
    kept: scene.service("kept", { ...never, command: breaks, onFailedUpdate: "keep" }),
    lost: scene.service("lost", { ...never, command: breaks }),
    ...Object.fromEntries(table.map(({ name, properties }) => [name, scene.service(name, properties)])),
  });
  let project: YamlProject;
  let before: string;
  let unit: string;
  let up: CliResult;
  let state: Record<string, ResourceState>;
  /** What was said of one of them. */
  const said = (name: string) => {
    const diagnostics = up.output.slice(up.output.lastIndexOf("Diagnostics:"));
    return diagnostics.split(/^ {2}(?=\S)/m).find((part) => part.startsWith(`bots:index:Service (${name})`)) ?? "";
  };

  beforeAll(async () => {
    await mend();
    project = await scene.running(good("1"));
    await scene.shell("rm /opt/daemon"); // it runs on, but can't be started again
    before = await look();
    unit = await scene.shell("cat /etc/systemd/system/web.service");
    up = await project.write(bad()).up("--continue-on-error");
    expect(up.code).toBe(1);
    state = await project.resources();
  });

  test("is rolled back: up fails with the reason and the log, and says that the old one runs", async () => {
    expect(said("web")).toContain("web did not come up: it did not stay up: exit code 4");
    expect(said("web")).toContain("bad configuration");
    expect(said("web")).toContain("Rolled back: the previous definition runs again");
    expect(await scene.shell("cat /etc/systemd/system/web.service")).toBe(unit);
    const environment = "cat /proc/$(systemctl show -p MainPID --value web)/environ | tr '\\0' '\\n'";
    expect(await scene.shell(environment)).toContain("VERSION=1");
    // The state stays old, which is the truth: a refresh finds nothing (below).
    expect(state["web"]).toMatchObject({ outputs: { status: "running", environment: { VERSION: "1" } } });
    expect(state["web"]?.initErrors).toBeUndefined();
  });

  test('stays where it is with onFailedUpdate: "keep", and the state has what is on the host', async () => {
    expect(said("kept")).toContain("bad configuration");
    expect(said("kept")).not.toContain("Rolled back");
    expect(state["kept"]).toMatchObject({ outputs: { command: breaks, status: "failed", running: false } });
    expect(state["kept"]?.initErrors).toHaveLength(1);
    expect(await scene.shell("cat /etc/systemd/system/kept.service")).toContain("bad configuration");
  });

  test("and whose former definition does not come up any more: up says both, the state has what is on the host", () => {
    expect(said("lost")).toContain("bad configuration");
    expect(said("lost")).toContain("The previous definition could not be restored");
    expect(state["lost"]).toMatchObject({
      outputs: { command: ["/opt/daemon"], running: false },
      initErrors: [expect.stringContaining("could not be restored")],
    });
  });

  describe("that can be seen to be wrong beforehand touches nothing", () => {
    test.each(table)("$what: the error says so", ({ name, words }) => expect(said(name)).toContain(words));

    test("same processes, same files, and the state stays as it was", async () => {
      expect(await look()).toBe(before);
      for (const { name } of table) {
        expect([state[name]?.outputs["status"], state[name]?.initErrors]).toEqual(["running", undefined]);
      }
    });
  });

  test("a refresh finds nothing but the two that do not run", async () => {
    const { code, found } = await project.drifted();
    expect([code, Object.keys(found).sort()]).toEqual([7, ["kept", "lost"]]);
  });

  test("the next up tries again, and succeeds once the cause is corrected", async () => {
    expect((await project.up(...only)).output).toContain("Rolled back");
    await mend();
    await project.write(good("2")).must("up", "--yes", "--skip-preview");
    expect((await project.resources())["web"]).toMatchObject({ outputs: { environment: { VERSION: "2" } } });
    expect(await project.drifted()).toMatchObject({ code: 0, found: {} });
    expect(await scene.shell("ls /var/lib/pulumi-bots")).toBe("");
  });
});
