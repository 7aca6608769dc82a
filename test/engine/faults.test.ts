import { Daemon, installDaemon, nothingLeft, type Version } from "../support/daemon";
import { startRelay } from "../support/relay";
import { describeWith } from "../support/requirements";
import { connectionTo } from "./support/daemons";
import type { YamlProject } from "./support/project";
import { Run, until } from "./support/run";
import { Scene } from "./support/scene";

describeWith(["lab", "pulumi", "pulumi-language-yaml"], "faults under the real engine", () => {
  const scene = new Scene();
  let count = 0;

  beforeAll(() => installDaemon(scene.host));
  afterEach(() => nothingLeft(scene.host));

  /** A service that takes its time: two seconds to stop, and two to settle. */
  const resource = ({ host, name }: Daemon, version: Version, more: object = {}, options: object = {}) => ({
    type: "bots:index:Service",
    properties: {
      ...new Daemon(host, name).inputs(version).values,
      settleSeconds: 2,
      options: { systemd: { service: { ExecStop: "/bin/sleep 2" } } },
      environment: { VERSION: version, TOKEN: { "fn::secret": "token" } },
      ...more,
    },
    options,
  });
  const named = (prefix: string) => new Daemon(scene.host, `${prefix}-${count++}`);
  const runs = (daemon: Daemon, version: Version) => async () => (await daemon.there())["processes"] === version;
  const stops = (daemon: Daemon) => async () => String((await daemon.there())["loaded"]).startsWith("deactivating");
  const up = (project: YamlProject) => new Run(project, "up", "--yes", "--skip-preview");

  /** Puts what happens at the middle of a create, of an update and of a delete, and holds what comes out against the wish. */
  const methods: [string, Version | undefined, Version | undefined][] = [
    ["create", undefined, "v1"],
    ["update", "v1", "v2"],
    ["delete", "v1", undefined],
  ];
  async function begun(before: Version | undefined, after: Version | undefined, more: object = {}) {
    const daemon = named("web");
    const program = (version: Version | undefined, properties: object = {}) =>
      version ? { web: resource(daemon, version, { ...more, ...properties }) } : {};
    const first = program(before, { settleSeconds: 0 });
    const project = await (before ? scene.running(first) : scene.project({}));
    const run = up(project.write(program(after)));
    await until(after ? runs(daemon, after) : stops(daemon), "the operation is in its middle");
    return { daemon, project, run, program };
  }
  async function mustBe(daemon: Daemon, version: Version | undefined) {
    expect(await daemon.there()).toEqual(version ? daemon.running(version) : daemon.gone);
  }

  describe.each(methods)("%s", (_, before, after) => {
    test("the plugin killed: an error, and the next up makes it right", async () => {
      const { daemon, project, run } = await begun(before, after);
      run.killPlugins();
      expect((await run.ended).code).toBeGreaterThan(0);
      await project.must("up", "--yes", "--skip-preview");
      await mustBe(daemon, after);
      expect(Object.keys(await project.resources())).toEqual(after ? ["web"] : []);
      if (after) expect(await project.drift()).toMatchObject({ code: 0 });
    });

    test("the connection cut: the run goes on and makes it right", async () => {
      const relay = await startRelay(scene.host);
      const more = { connection: connectionTo(scene.host, { port: relay.port }) };
      const { daemon, project, run } = await begun(before, after, more);
      relay.cut();
      const { code, output } = await run.ended;
      expect(output).toContain("was lost; reconnecting to check what was applied");
      expect(code).toBe(0);
      await mustBe(daemon, after);
      if (after) expect(await project.drift()).toMatchObject({ code: 0 });
      await relay.close();
    });

    test("Ctrl-C: it ends soon, and the next up makes it right", async () => {
      const { daemon, project, run } = await begun(before, after, { settleSeconds: 60 });
      const pressed = Date.now();
      run.interrupt();
      const { code, output } = await run.ended;
      expect(code).toBeGreaterThan(0);
      expect(output).toContain(`Left on ${scene.host.name}: `);
      expect(output).toMatch(after ? /The next `pulumi up` continues from there/ : /again to remove the rest/);
      expect(Date.now() - pressed).toBeLessThan(10_000);
      if (after) {
        const { web } = await project.resources();
        expect(web).toMatchObject({
          initErrors: [expect.stringMatching(/cancelled[^]*the new definition of [^]*the service runs \(pid \d+\)/)],
          outputs: { status: "running" },
        });
        project.write({ web: resource(daemon, after) });
      }
      await project.must("up", "--yes", "--skip-preview");
      await mustBe(daemon, after);
    });

    test("the engine killed: the plugin leaves, and after a cancel the next up makes it right", async () => {
      const { daemon, project, run } = await begun(before, after);
      const plugins = run.plugins();
      expect(plugins.length).toBeGreaterThan(0);
      run.killEngine();
      await until(() => !plugins.some(isAlive), "the plugins have gone");
      await project.must("cancel", "--yes");
      await project.must("up", "--yes", "--skip-preview");
      await mustBe(daemon, after);
    });
  });

  test("an update whose plugin was killed, and the program set back: `up --refresh` sees it", async () => {
    const { daemon, project, run, program } = await begun("v1", "v2");
    run.killPlugins();
    await run.ended;
    project.write(program("v1"));
    const again = await project.must("up", "--yes", "--skip-preview", "--refresh");
    expect(again.output).toContain("1 updated");
    await mustBe(daemon, "v1");
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
