import { describeWith } from "../support/requirements";
import { connectionTo } from "./support/daemons";
import type { YamlProject } from "./support/project";
import { Run, until } from "./support/run";
import { handMade, Scene } from "./support/scene";

const handMadeUnit = `[Unit]
Description=by hand

[Service]
ExecStart=/bin/sleep infinity

[Install]
WantedBy=multi-user.target
`;

/** What a replacement that is not about the host comes to: a service that the program wants runs afterwards, once. */
describeWith(["lab", "pulumi", "pulumi-language-yaml"], "promise 12: forced replacement", () => {
  const scene = new Scene();
  const urn = (name: string) => `urn:pulumi:dev::edi::bots:index:Service::${name}`;
  const each = (option: string, names: string[]) => names.flatMap((name) => [option, urn(name)]);
  const createFirst = { deleteBeforeReplace: false };

  const owner = (name: string) =>
    scene.shell(`sed -n 's/^# pulumi-bots: .*"ownerId":"\\([^"]*\\)".*/\\1/p' /etc/systemd/system/${name}.service`);
  const ofAll = async (names: string[], what: (name: string) => Promise<string>) =>
    Object.fromEntries(await Promise.all(names.map(async (name) => [name, await what(name)] as const)));
  const processes = async () =>
    (await scene.shell("pgrep -x -f '.*sleep infinity'")).split("\n").filter(Boolean).sort();

  /** Each runs, once, as the state says, with nothing left to do; and is gone after a destroy. */
  async function areWellUntilDestroyed(project: YamlProject, names: string[]) {
    const pids = Object.values(await ofAll(names, (name) => scene.pid(name)));
    expect(await processes()).toEqual(pids.sort());
    const state = await project.resources();
    expect(Object.keys(state).sort()).toEqual([...names].sort());
    const owners = Object.entries(state).map(([name, { outputs }]) => [name, outputs["ownerId"]] as const);
    expect(Object.fromEntries(owners)).toEqual(await ofAll(names, owner));
    expect(await project.drifted()).toMatchObject({ code: 0, found: {} });
    await project.must("up", "--yes", "--skip-preview", "--expect-no-changes");
    await project.must("destroy", "--yes", "--skip-preview");
    for (const name of names) {
      const left = `ls -d /etc/systemd/system/${name}.service /var/lib/pulumi-bots/${name} 2>/dev/null; systemctl is-active ${name}`;
      expect(await scene.shell(left)).toBe("inactive");
    }
  }

  describe("by every way that Pulumi has", () => {
    const keepTheirProcess = ["replaced", "targeted", "tainted", "triggered", "changed", "pending"];
    const startedAnew = ["again", "crashed", "notready"];
    const names = [...keepTheirProcess, ...startedAnew];
    const program = (trigger: string, more: object) => ({
      ...Object.fromEntries(names.map((name) => [name, scene.service(name)])),
      triggered: scene.service("triggered", {}, { ...createFirst, replacementTrigger: trigger }),
      changed: scene.service("changed", more, { ...createFirst, replaceOnChanges: ["description"] }),
      again: scene.service("again", {}, { deleteBeforeReplace: true }),
      notready: scene.service("notready", {
        command: ["/bin/sh", "-c", "touch /run/isready; exec sleep infinity"],
        ready: { command: ["/usr/bin/test", "-e", "/run/isready"], timeoutSeconds: 3 },
      }),
    });
    let project: YamlProject;
    let pids: Record<string, string>;
    let owners: Record<string, string>;
    let output: string;

    beforeAll(async () => {
      project = await scene.running(program("one", {}));
      [pids, owners] = await Promise.all([ofAll(names, (name) => scene.pid(name)), ofAll(names, owner)]);
      await scene.shell("systemctl kill -s KILL crashed; systemctl stop crashed; rm /run/isready");
      await project.must("state", "taint", urn("tainted"), "--yes");
      project.write(program("two", { description: "new" }));
      const before = await deployment(project);
      const replace = each("--replace", ["replaced", "pending", ...startedAnew]);
      output = (await project.must("up", "--yes", "--skip-preview", ...replace)).output;
      output += (await project.must("up", "--yes", "--skip-preview", "--target-replace", urn("targeted"))).output;
      // As the engine writes it before it deletes what it has replaced.
      const after = await deployment(project);
      const old = before.deployment.resources.find((resource) => resource.urn === urn("pending"))!;
      after.deployment.resources.push({ ...old, delete: true });
      await project.load(after);
    });

    test.each(["replaced", "targeted", "tainted", "triggered", "changed"])(
      "%s: the service goes on with its process, and belongs to the replacement",
      async (name) => {
        expect(output).toMatch(new RegExp(` ${name} replaced`));
        expect(await scene.pid(name)).toBe(pids[name]);
        expect(["", owners[name]]).not.toContain(await owner(name));
      },
    );

    test.each([
      ["again", "with deleteBeforeReplace: true it is removed and made again"],
      ["crashed", "a service that has failed is started by the replacement"],
      ["notready", "a service that runs and is not ready is restarted by the replacement"],
    ])("%s: %s", async (name) => {
      expect(["0", pids[name]]).not.toContain(await scene.pid(name));
    });

    test("pending: the engine killed after the replacement was recorded: the old one is deleted later, and takes nothing", async () => {
      await project.must("refresh", "--yes", "--skip-preview");
      const { output } = await project.must("up", "--yes", "--skip-preview");
      expect(output).toMatch(/pending .*deleted/);
      expect(await scene.pid("pending")).toBe(pids["pending"]);
    });

    test("all are well, until they are destroyed", () => areWellUntilDestroyed(project, names));
  });

  test("a replacement that does not come up is rolled back or, if nothing ran before, completed by the next up", async () => {
    const names = ["back", "broken"];
    const program = (properties: object) =>
      Object.fromEntries(names.map((name) => [name, scene.service(name, properties)]));
    const project = await scene.running(program({}));
    const [pid, before] = [await scene.pid("back"), await owner("back")];
    await scene.shell("systemctl stop broken");
    project.write(program({ command: ["/bin/sh", "-c", "echo no; exit 3"] }));
    const failed = await project.up("--continue-on-error", ...each("--replace", names));
    expect(failed.code).not.toBe(0);
    expect(failed.output).toContain("Rolled back: the previous definition runs again");
    // What ran before runs, and is still the state's.
    expect(await scene.shell("systemctl is-active back")).toBe("active");
    expect(await scene.pid("back")).not.toBe(pid);
    expect([await owner("back"), (await project.resources())["back"]?.outputs["ownerId"]]).toEqual([before, before]);
    await project.write(program({})).must("up", "--yes", "--skip-preview");
    await areWellUntilDestroyed(project, names);
  });

  test("the engine killed while it replaces: whatever is done next, the service is well afterwards", async () => {
    const names = ["killed", "changed", "shown", "unknown"];
    const program = (properties: object) =>
      Object.fromEntries(names.map((name) => [name, scene.service(name, properties)]));
    const project = await scene.running(program({}), { ownPlugins: true });
    const before = await ofAll(names, owner);
    project.write(program({ settleSeconds: 120 }));
    const run = new Run(project, "up", "--yes", "--skip-preview", ...each("--replace", names));
    const taken = async (name: string) => ![before[name], ""].includes(await owner(name));
    await until(async () => (await Promise.all(names.map(taken))).every(Boolean), "the replacements have the services");
    run.killEngine();
    await run.ended;
    await project.must("cancel", "--yes");
    project.write(program({}));

    // A refresh shows it.
    expect(await project.drifted()).toMatchObject({
      code: 7,
      found: Object.fromEntries(names.map((name) => [name, ["unmapped"]])),
    });
    // A destroy leaves what the state does not know, and says so.
    const destroy = await project.must("destroy", "--yes", "--skip-preview", "--target", urn("unknown"));
    expect(destroy.output).toMatch(
      /warning: unknown on .* belongs to a later run of this resource \(owner .*\): it was left as it is/,
    );
    // The same again, and a change without --replace.
    project.write({ ...program({}), changed: scene.service("changed", { description: "new" }) });
    await project.must("up", "--yes", "--skip-preview", "--target-replace", urn("killed"));
    await project.must("up", "--yes", "--skip-preview", ...each("--target", ["changed", "unknown"]));
    // A refresh takes over the rest.
    await project.must("up", "--yes", "--skip-preview", "--refresh");
    await areWellUntilDestroyed(project, names);
  });

  test("an imported service that is replaced before its first change keeps running", async () => {
    const name = "imported";
    await handMade(scene.host, name, handMadeUnit);
    const pid = await scene.pid(name);
    const project = await scene.project({});
    const { host, ...way } = connectionTo(scene.host);
    await project.must("config", "set", "bots:hosts", JSON.stringify({ [host as string]: way }));
    await project.must("import", "bots:index:Service", name, `${String(host)}/${name}`, "--yes", "--protect=false");
    project.write({ [name]: scene.service(name, { description: "by hand" }) });
    expect(await project.up("--replace", urn(name))).toMatchObject({ code: 0 });
    expect([await scene.pid(name), await scene.shell(`systemctl is-active ${name}`)]).toEqual([pid, "active"]);
    expect((await project.resources())[name]?.outputs["ownerId"]).toBe(await owner(name));
    expect(await project.drifted()).toMatchObject({ code: 0, found: {} });
  });

  interface Deployment {
    deployment: { resources: { urn: string; delete?: boolean }[] };
  }
  async function deployment(project: YamlProject): Promise<Deployment> {
    return JSON.parse((await project.must("stack", "export")).stdout) as Deployment;
  }
});
