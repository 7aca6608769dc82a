import { describeWith } from "../support/requirements";
import { connectionTo } from "./support/daemons";
import type { ResourceState, YamlProject } from "./support/project";
import { Run, until } from "./support/run";
import { handMade, Scene, type YamlResource } from "./support/scene";

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
  const urn = "urn:pulumi:dev::edi::bots:index:Service::web";
  const createFirst = { deleteBeforeReplace: false };

  const owner = (name: string) =>
    scene.shell(`sed -n 's/^# pulumi-bots: .*"ownerId":"\\([^"]*\\)".*/\\1/p' /etc/systemd/system/${name}.service`);
  const processes = async () => (await scene.shell("pgrep -x -f '.*sleep infinity'")).split("\n").filter(Boolean);

  async function web(project: YamlProject): Promise<ResourceState> {
    return (await project.resources())["web"]!;
  }

  /** Runs, once, as the state says, with nothing left to do; and is gone after a destroy. */
  async function isWellUntilDestroyed(project: YamlProject, name: string) {
    expect(await scene.shell(`systemctl is-active ${name}`)).toBe("active");
    expect(await processes()).toEqual([await scene.pid(name)]);
    expect((await web(project)).outputs["ownerId"]).toBe(await owner(name));
    expect(await project.drifted()).toMatchObject({ code: 0, found: {} });
    await project.must("up", "--yes", "--skip-preview", "--expect-no-changes");
    await project.must("destroy", "--yes", "--skip-preview");
    const left = `ls -d /etc/systemd/system/${name}.service /var/lib/pulumi-bots/${name} 2>/dev/null; systemctl is-active ${name}`;
    expect(await scene.shell(left)).toBe("inactive");
  }

  describe.each<[string, object, (project: YamlProject, wanted: YamlResource) => Promise<string>]>([
    [
      "up --replace",
      {},
      async (project) => (await project.must("up", "--yes", "--skip-preview", "--replace", urn)).output,
    ],
    [
      "up --target-replace",
      {},
      async (project) => (await project.must("up", "--yes", "--skip-preview", "--target-replace", urn)).output,
    ],
    [
      "state taint",
      {},
      async (project) => {
        await project.must("state", "taint", urn, "--yes");
        return (await project.must("up", "--yes", "--skip-preview")).output;
      },
    ],
    [
      "replacementTrigger",
      { ...createFirst, replacementTrigger: "one" },
      async (project, { options, ...wanted }) => {
        project.write({ web: { ...wanted, options: { ...options, replacementTrigger: "two" } } });
        return (await project.must("up", "--yes", "--skip-preview")).output;
      },
    ],
    [
      "replaceOnChanges with deleteBeforeReplace: false",
      { ...createFirst, replaceOnChanges: ["description"] },
      async (project, { properties, ...wanted }) => {
        project.write({ web: { ...wanted, properties: { ...properties, description: "new" } } });
        return (await project.must("up", "--yes", "--skip-preview")).output;
      },
    ],
  ])("%s", (way, options, replace) => {
    const name = `web-${way.replace(/\W+/g, "-").toLowerCase().slice(0, 20)}`;

    test("the service goes on with its process, and belongs to the replacement", async () => {
      const wanted = scene.service(name, {}, options);
      const project = await scene.running({ web: wanted });
      const [pid, before] = [await scene.pid(name), await owner(name)];
      const output = await replace(project, wanted);
      expect(output).toMatch(/replaced/);
      expect(await scene.pid(name)).toBe(pid);
      expect(await owner(name)).not.toBe(before);
      await isWellUntilDestroyed(project, name);
    });
  });

  const replace = (project: YamlProject) => project.up("--replace", urn);

  test("with deleteBeforeReplace: true it is removed and made again", async () => {
    const project = await scene.running({ web: scene.service("again", {}, { deleteBeforeReplace: true }) });
    const pid = await scene.pid("again");
    expect(await replace(project)).toMatchObject({ code: 0 });
    expect(await scene.pid("again")).not.toBe(pid);
    await isWellUntilDestroyed(project, "again");
  });

  test("a service that has failed is started by the replacement", async () => {
    const project = await scene.running({ web: scene.service("crashed") });
    await scene.shell("systemctl kill -s KILL crashed; systemctl stop crashed");
    expect(await replace(project)).toMatchObject({ code: 0 });
    await isWellUntilDestroyed(project, "crashed");
  });

  test("a service that runs and is not ready is restarted by the replacement", async () => {
    const properties = {
      command: ["/bin/sh", "-c", "touch /run/isready; exec sleep infinity"],
      ready: { command: ["/usr/bin/test", "-e", "/run/isready"], timeoutSeconds: 3 },
    };
    const project = await scene.running({ web: scene.service("notready", properties) });
    const pid = await scene.pid("notready");
    await scene.shell("rm /run/isready");
    expect(await replace(project)).toMatchObject({ code: 0 });
    expect(await scene.pid("notready")).not.toBe(pid);
    await isWellUntilDestroyed(project, "notready");
  });

  test("a replacement that does not come up is rolled back: what ran before runs, and is still the state's", async () => {
    const project = await scene.running({ web: scene.service("back") });
    const [pid, before] = [await scene.pid("back"), await owner("back")];
    project.write({ web: scene.service("back", { command: ["/bin/sh", "-c", "echo no; exit 3"] }) });
    const failed = await replace(project);
    expect(failed.code).not.toBe(0);
    expect(failed.output).toContain("Rolled back: the previous definition runs again");
    expect(await scene.shell("systemctl is-active back")).toBe("active");
    expect(await scene.pid("back")).not.toBe(pid);
    expect([await owner("back"), (await web(project)).outputs["ownerId"]]).toEqual([before, before]);
    project.write({ web: scene.service("back") });
    await project.must("up", "--yes", "--skip-preview", "--refresh");
    await isWellUntilDestroyed(project, "back");
  });

  test("a broken service whose replacement is broken too: the next up mends it, and the old one's delete takes nothing", async () => {
    const project = await scene.running({ web: scene.service("broken") });
    await scene.shell("systemctl stop broken");
    project.write({ web: scene.service("broken", { command: ["/bin/sh", "-c", "exit 3"] }) });
    expect((await replace(project)).code).not.toBe(0);
    project.write({ web: scene.service("broken") });
    await project.must("up", "--yes", "--skip-preview");
    await isWellUntilDestroyed(project, "broken");
  });

  test("the engine killed after the replacement was recorded: the old one is deleted later, and takes nothing", async () => {
    const project = await scene.running({ web: scene.service("pending") });
    const before = await deployment(project);
    expect(await replace(project)).toMatchObject({ code: 0 });
    const pid = await scene.pid("pending");
    // As the engine writes it before it deletes what it has replaced.
    const after = await deployment(project);
    const old = before.deployment.resources.find((resource) => resource.urn === urn)!;
    after.deployment.resources.push({ ...old, delete: true });
    await project.load(after);
    await project.must("refresh", "--yes", "--skip-preview");
    await project.must("up", "--yes", "--skip-preview");
    expect(await scene.pid("pending")).toBe(pid);
    await isWellUntilDestroyed(project, "pending");
  });

  describe("the engine killed while it replaces", () => {
    async function killed(name: string) {
      const project = await scene.running({ web: scene.service(name) });
      const before = await owner(name);
      project.write({ web: scene.service(name, { settleSeconds: 120 }) });
      const run = new Run(project, "up", "--yes", "--skip-preview", "--replace", urn);
      await until(async () => ![before, ""].includes(await owner(name)), "the replacement has the service");
      run.killEngine();
      await run.ended;
      await project.must("cancel", "--yes");
      return project.write({ web: scene.service(name, { description: "new" }) });
    }

    test("the same again", async () => {
      const project = await killed("killed");
      expect(await replace(project)).toMatchObject({ code: 0 });
      await isWellUntilDestroyed(project, "killed");
    });

    test("an up without --replace", async () => {
      const project = await killed("changed");
      await project.must("up", "--yes", "--skip-preview");
      await isWellUntilDestroyed(project, "changed");
    });

    test("a refresh shows it, and the next up takes it over", async () => {
      const project = await killed("shown");
      project.write({ web: scene.service("shown") });
      expect(await project.drifted()).toMatchObject({ code: 7, found: { web: ["unmapped"] } });
      await project.must("up", "--yes", "--skip-preview", "--refresh");
      await isWellUntilDestroyed(project, "shown");
    });

    test("a destroy leaves what the state does not know, and says so", async () => {
      const project = await killed("unknown");
      const { output } = await project.must("destroy", "--yes", "--skip-preview");
      expect(output).toMatch(
        /warning: unknown on .* belongs to a later run of this resource \(owner .*\): it was left as it is/,
      );
      await project.must("up", "--yes", "--skip-preview");
      await isWellUntilDestroyed(project, "unknown");
    });
  });

  test("an imported service that is replaced before its first change goes on", async () => {
    const name = "imported";
    await handMade(scene.host, name, handMadeUnit);
    const pid = await scene.pid(name);
    const project = await scene.project({});
    const { host, ...way } = connectionTo(scene.host);
    await project.must("config", "set", "bots:hosts", JSON.stringify({ [host as string]: way }));
    await project.must("import", "bots:index:Service", "web", `${String(host)}/${name}`, "--yes", "--protect=false");
    project.write({ web: scene.service(name, { description: "by hand" }) });
    expect(await replace(project)).toMatchObject({ code: 0 });
    expect([await scene.pid(name), await scene.shell(`systemctl is-active ${name}`)]).toEqual([pid, "active"]);
    expect((await web(project)).outputs["ownerId"]).toBe(await owner(name));
    expect(await project.drifted()).toMatchObject({ code: 0, found: {} });
  });

  interface Deployment {
    deployment: { resources: { urn: string; delete?: boolean }[] };
  }
  async function deployment(project: YamlProject): Promise<Deployment> {
    return JSON.parse((await project.must("stack", "export")).stdout) as Deployment;
  }
});
