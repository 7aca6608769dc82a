import { Daemon, installDaemon, nothingLeft } from "../support/daemon";
import { describeWith } from "../support/requirements";
import { Scene } from "./support/scene";

describeWith(["lab", "pulumi", "pulumi-language-yaml"], "runs that meet, and runs that take too long", () => {
  const scene = new Scene();
  const resource = ({ name }: Daemon, more: object = {}, options: object = {}) => ({
    type: "bots:index:Service",
    properties: { ...new Daemon(scene.host, name).inputs("v1").values, environment: {}, ...more },
    options,
  });
  const running = (daemon: Daemon) => ({ ...daemon.running("v1"), secrets: "" });

  beforeAll(() => installDaemon(scene.host));
  afterEach(() => nothingLeft(scene.host));

  test("two stacks at once on one host, each with services of its own: both come up", async () => {
    const daemons = ["a", "b", "c", "d"].map((name) => new Daemon(scene.host, name));
    const [a, b, c, d] = daemons.map((daemon) => resource(daemon));
    const [one, two] = await Promise.all([scene.project({ a, b }), scene.project({ c, d })]);
    const ends = await Promise.all([one.up(), two.up()]);
    expect(ends.map(({ code }) => code)).toEqual([0, 0]);
    for (const daemon of daemons) expect(await daemon.there()).toEqual(running(daemon));
  });

  test("two stacks that want the same service at the same time: one gets it, and the other's error names the owner", async () => {
    const daemon = new Daemon(scene.host, "wanted");
    const make = async (stack: string) => {
      const project = await scene.project({ web: resource(daemon, { description: `of stack ${stack}` }) });
      return project.init(stack);
    };
    const projects = await Promise.all([make("one"), make("two")]);
    const ends = await Promise.all(projects.map((project) => project.up()));
    const winner = ends.findIndex(({ code }) => code === 0);
    const loser = ends[1 - winner]!;
    expect(loser.code).toBeGreaterThan(0);
    expect(loser.output).toContain(`It belongs to urn:pulumi:${["one", "two"][winner]}::edi::bots:index:Service::web`);
    expect(await daemon.there()).toEqual(running(daemon));
    expect(await projects[winner]!.drift()).toMatchObject({ code: 0 });
    expect(await projects[1 - winner]!.resources()).toEqual({});
  });

  test("two runs at once for the same service of the same stack, in different backends: made once", async () => {
    const daemon = new Daemon(scene.host, "twice");
    const projects = await Promise.all([1, 2].map(() => scene.project({ web: resource(daemon) })));
    const ends = await Promise.all(projects.map((project) => project.up()));
    expect(ends.map(({ code }) => code)).toEqual([0, 0]);
    expect(await daemon.there()).toEqual(running(daemon));
    expect(await scene.shell("journalctl -u twice -o cat | grep -c ^Started")).toBe("1");
  });

  test("a start that hangs ends by customTimeouts, of a create and of an update; the next up repairs both", async () => {
    const [created, updated] = [new Daemon(scene.host, "created"), new Daemon(scene.host, "updated")];
    const hangs = { options: { systemd: { service: { Type: "notify" } } } };
    const program = {
      created: resource(created, hangs, { customTimeouts: { create: "5s" } }),
      updated: resource(updated, hangs, { customTimeouts: { update: "5s" } }),
    };
    const project = await scene.running({ updated: resource(updated) });
    const started = Date.now();
    const { code, output } = await project.write(program).up("--continue-on-error");
    expect(code).toBeGreaterThan(0);
    expect((Date.now() - started) / 1000).toBeLessThan(20);
    expect(output).toMatch(/timed out|did not finish within 5 s/);
    const timedOut = { initErrors: [expect.stringContaining("timed out")] };
    expect(await project.resources()).toMatchObject({ created: timedOut, updated: timedOut });
    expect(await scene.shell("pgrep -a systemctl")).toBe("");

    await project
      .write({ created: resource(created), updated: resource(updated) })
      .must("up", "--yes", "--skip-preview");
    for (const daemon of [created, updated]) expect(await daemon.there()).toEqual(running(daemon));
    expect(await project.drift()).toMatchObject({ code: 0 });
  });
});
