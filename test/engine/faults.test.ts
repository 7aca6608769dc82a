import { Daemon, installDaemon, nothingLeft, type Version } from "../support/daemon";
import { startRelay } from "../support/relay";
import { describeWith } from "../support/requirements";
import { connectionTo } from "./support/daemons";
import type { YamlProject } from "./support/project";
import { Run, until } from "./support/run";
import { Scene } from "./support/scene";

describeWith(["lab", "pulumi", "pulumi-language-yaml"], "faults under the real engine", () => {
  const scene = new Scene({ ownPlugins: true });
  let count = 0;

  beforeAll(() => installDaemon(scene.host));
  afterEach(() => nothingLeft(scene.host));

  /** A service that takes its time: two seconds to stop. */
  const resource = ({ host, name }: Daemon, version: Version, more: object) => ({
    type: "bots:index:Service",
    properties: {
      ...new Daemon(host, name).inputs(version).values,
      options: { systemd: { service: { ExecStop: "/bin/sleep 2" } } },
      environment: { VERSION: version, TOKEN: { "fn::secret": "token" } },
      ...more,
    },
  });
  const named = (prefix: string) => new Daemon(scene.host, `${prefix}-${count++}`);
  const runs = async (daemon: Daemon, version: Version) => (await daemon.there())["processes"] === version;
  const stops = async (daemon: Daemon) => String((await daemon.there())["loaded"]).startsWith("deactivating");
  const up = (project: YamlProject) => new Run(project, "up", "--yes", "--skip-preview");

  /** What happens in the middle of a run, and whether another `up` is needed afterwards. */
  interface Fault {
    happens: (run: Run, scenario: { deletes: boolean; project: YamlProject }) => Promise<void>;
    mendedByUp: boolean;
    /** How long the services of the first run settle. */
    settleSeconds?: number;
    /** More properties of the services. */
    more?: object;
  }

  /** A fault in the middle of a create and an update, and another in the middle of a delete. What comes out is as wished. */
  async function survives({ happens, mendedByUp, settleSeconds = 8, more = {} }: Fault): Promise<void> {
    const [created, updated] = [named("new"), named("web")];
    const both = (settle: number) => ({
      created: resource(created, "v1", { ...more, settleSeconds: settle }),
      updated: resource(updated, "v2", { ...more, settleSeconds: settle }),
    });
    const project = await scene.running({ updated: resource(updated, "v1", { ...more, settleSeconds: 0 }) });

    let run = up(project.write(both(settleSeconds)));
    const inTheMiddle = async () => (await runs(created, "v1")) && runs(updated, "v2");
    await until(inTheMiddle, "create and update are in their middle");
    await happens(run, { deletes: false, project });
    project.write(both(1));
    if (mendedByUp) await project.must("up", "--yes", "--skip-preview");
    expect(await created.there()).toEqual(created.running("v1"));
    expect(await updated.there()).toEqual(updated.running("v2"));
    expect(Object.keys(await project.resources()).sort()).toEqual(["created", "updated"]);
    expect(await project.drift()).toMatchObject({ code: 0 });

    run = up(project.write({}));
    await until(async () => (await stops(created)) || stops(updated), "the delete is in its middle");
    await happens(run, { deletes: true, project });
    if (mendedByUp) await project.must("up", "--yes", "--skip-preview");
    for (const daemon of [created, updated]) expect(await daemon.there()).toEqual(daemon.gone);
    expect(await project.resources()).toEqual({});
  }

  test("the plugin killed: an error, and the next up makes it right", () =>
    survives({
      mendedByUp: true,
      async happens(run) {
        run.killPlugins();
        expect((await run.ended).code).toBeGreaterThan(0);
      },
    }));

  test("the connection is cut: the run continues and completes the change", async () => {
    const relay = await startRelay(scene.host);
    await survives({
      mendedByUp: false,
      more: { connection: connectionTo(scene.host, { port: relay.port }) },
      async happens(run) {
        relay.cut();
        const { code, output } = await run.ended;
        expect(output).toContain("was lost; reconnecting to check what was applied");
        expect(code).toBe(0);
      },
    });
    await relay.close();
  });

  test("Ctrl-C: it ends soon, and the next up makes it right", () =>
    survives({
      mendedByUp: true,
      settleSeconds: 60,
      async happens(run, { deletes, project }) {
        const pressed = Date.now();
        run.interrupt();
        const { code, output } = await run.ended;
        expect(code).toBeGreaterThan(0);
        expect(output).toContain(`Left on ${scene.host.name}: `);
        expect(output).toMatch(deletes ? /again to remove the rest/ : /The next `pulumi up` continues from there/);
        expect(Date.now() - pressed).toBeLessThan(10_000);
        if (deletes) return;
        const state = await project.resources();
        for (const name of ["created", "updated"]) {
          expect(state[name]).toMatchObject({
            initErrors: [expect.stringMatching(/cancelled[^]*the new definition of [^]*the service runs \(pid \d+\)/)],
            outputs: { status: "running" },
          });
        }
      },
    }));

  test("the engine killed: the plugin leaves, and after a cancel the next up makes it right", () =>
    survives({
      mendedByUp: true,
      async happens(run, { project }) {
        const plugins = run.plugins();
        expect(plugins.length).toBeGreaterThan(0);
        run.killEngine();
        await until(() => !plugins.some(isAlive), "the plugins have gone");
        await project.must("cancel", "--yes");
      },
    }));

  test("an update whose plugin was killed, and the program set back: `up --refresh` sees it", async () => {
    const daemon = named("web");
    const program = (version: Version, settleSeconds: number) => ({
      web: resource(daemon, version, { settleSeconds }),
    });
    const project = await scene.running(program("v1", 0));
    const run = up(project.write(program("v2", 8)));
    await until(() => runs(daemon, "v2"), "the update is in its middle");
    run.killPlugins();
    await run.ended;
    const again = await project.write(program("v1", 0)).must("up", "--yes", "--skip-preview", "--refresh");
    expect(again.output).toContain("1 updated");
    expect(await daemon.there()).toEqual(daemon.running("v1"));
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
