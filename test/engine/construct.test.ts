import { describeWith } from "../support/requirements";
import { connectionTo, sleeper } from "./support/daemons";
import type { YamlProject } from "./support/project";
import { Scene, traces, type YamlResource } from "./support/scene";
import { allAnswer, answers, labServer } from "./support/servers";

const TOKEN = "t0ken-in-no-text";
const daemons = ["webserver", "jobQueue", "dirMonitor"];

describeWith(["lab", "pulumi", "pulumi-language-yaml"], "BotsServer in a YAML program", () => {
  const scene = new Scene({ bots: true });
  let project: YamlProject;
  let untouched: string[];

  const server = (properties: object = {}, options: object = {}): YamlResource => ({
    type: "bots:index:BotsServer",
    properties: labServer(scene.host, properties),
    options,
  });
  /** A server whose web interface is told something of a service beside it, and keeps a secret. */
  const program = (more: object = {}) => {
    const environment = { MACHINE: "${clock.machineId}", TOKEN: { "fn::secret": TOKEN } };
    const wanted = { webserver: { environment }, jobQueue: true, dirMonitor: true, ...more };
    return { clock: scene.service("clock"), edi1: server({ daemons: wanted }) };
  };
  const outputs = { outputs: { url: "${edi1.url}", services: "${edi1.services}" } };
  /** How the engine says what is wrong with an argument. */
  const problem = (path: string, reason: string) =>
    expect.stringMatching(`property ${path}.* has a problem: ${reason}`) as string;
  const said = (output: string) => output.split("\n").filter((line) => line.includes("- property "));

  beforeAll(async () => {
    untouched = await traces(scene.host);
    project = await scene.project(program());
    project.write(program(), outputs);
  });

  test("preview: what another resource will say is not known yet, all else is planned, and no host is asked", async () => {
    const before = await scene.host.connections();
    const { code, found, output } = await project.planned();
    expect({ code, output: code === 0 ? "" : output }).toEqual({ code: 0, output: "" });
    const children = daemons.map((daemon) => [`edi1-${daemon}`, "create"] as const);
    expect(found).toMatchObject({ edi1: "create", clock: "create", ...Object.fromEntries(children) });
    expect(await scene.host.connections()).toBe(before);
  });

  test("what decides which services exist must be known", async () => {
    project.write(program({ jobQueue: "${clock.running}" }));
    const { output, code } = await project.pulumi("preview");
    expect(code).not.toBe(0);
    expect(said(output)).toEqual([problem("daemons\\.jobQueue", "must be known at preview")]);
    project.write(program(), outputs);
  });

  test("up: the three daemons answer; children, outputs, secrets and the warning are where they belong", async () => {
    const { output } = await project.must("up", "--yes", "--skip-preview");
    expect(await answers(scene.host)).toBe(allAnswer);
    expect(output).toMatch(/bots:index:BotsServer \(edi1\):\s+warning: edi1: bots-jobqueueserver of classic Bots/);
    const services = { webserver: "bots-webserver", jobQueue: "bots-jobqueueserver", dirMonitor: "bots-dirmonitor" };
    const { stdout } = await project.must("stack", "output", "--json");
    expect(JSON.parse(stdout)).toEqual({ url: `http://127.0.0.1:${scene.host.ports.web}/`, services });
    const state = await project.resources();
    const prefix = "urn:pulumi:dev::edi::bots:index:BotsServer";
    expect(state["edi1"]!.urn).toBe(`${prefix}::edi1`);
    for (const daemon of daemons) {
      expect(state[`edi1-${daemon}`]).toMatchObject({
        urn: `${prefix}$bots:index:Service::edi1-${daemon}`,
        parent: `${prefix}::edi1`,
      });
    }
    expect(state["edi1-webserver"]!.outputs.environment).toMatchObject({ MACHINE: state["clock"]!.outputs.machineId });
    expect(output + project.stateText()).not.toContain(TOKEN);
  });

  test("a second up changes nothing and contacts no host", async () => {
    const before = await scene.host.connections();
    await project.must("up", "--yes", "--skip-preview", "--expect-no-changes");
    expect(await scene.host.connections()).toBe(before);
  });

  test("what somebody stopped is found at the child, and started again", async () => {
    await scene.shell("systemctl stop bots-jobqueueserver");
    expect(await project.drifted()).toMatchObject({ code: 7, found: { "edi1-jobQueue": ["running"] } });
    await project.must("up", "--yes", "--skip-preview", "--refresh");
    expect(await project.drifted()).toMatchObject({ code: 0, found: {} });
    expect(await scene.shell("systemctl is-active bots-jobqueueserver")).toBe("active");
  });

  test("all errors are reported at once, each at its property, without secrets", async () => {
    const wrong = server({
      connection: { port: 70_000, password: { "fn::secret": "" }, hostKey: { "fn::secret": `${TOKEN}\n` } },
      bots: { existing: false, bin: "opt/bots" },
      daemons: { webserver: { environment: { TOKEN: { "fn::secret": TOKEN } }, ready: { tcp: 1, command: ["x"] } } },
    });
    project.write({ wrong });
    const { code, output } = await project.pulumi("preview");
    expect(code).not.toBe(0);
    expect(said(output)).toEqual([
      problem("connection\\.port with value '\\{70000\\}'", "must be 1 to 65535"),
      problem("connection\\.password \\(secret\\)", "must not be empty"),
      problem("connection\\.hostKey \\(secret\\)", "must be one line"),
      problem("bots\\.existing", "must be true"),
      problem("bots\\.bin with value '\\{opt/bots\\}'", "must be an absolute path"),
      problem("daemons\\.webserver\\.ready", "give only one of tcp, http, command"),
    ]);
    expect(output).not.toContain(TOKEN);
  });

  test("destroy: nothing is left", async () => {
    project.write(program(), outputs);
    await project.must("destroy", "--yes", "--skip-preview");
    expect(await project.resources()).toEqual({});
    expect(await traces(scene.host)).toEqual(untouched);
    expect(await scene.shell("pgrep -fc /opt/bots/bin/[b]ots-")).toBe("0");
  });

  test("a daemon that does not start: the error is at the child resource, with the daemon's output", async () => {
    const command = ["/bin/sh", "-c", "echo no bots.ini here >&2; exit 3"];
    const one = await scene.project({ edi1: server({ daemons: { webserver: { command, ready: false } } }) });
    const { code, output } = await one.up();
    expect(code).not.toBe(0);
    expect(output).toMatch(/bots:index:Service \(edi1-webserver\):\s+error: [^]*no bots\.ini here/);
  });

  test("ten at once, by a provider of their own", async () => {
    const quick = (name: string) => ({
      daemons: { webserver: { name, command: sleeper, ready: false, settleSeconds: 0 } },
    });
    const names = Array.from({ length: 10 }, (_, i) => `ten${i}`);
    const made = names.map((name, i) => {
      const { connection: _, ...rest } = server(quick(name)).properties;
      const options = i % 2 ? { provider: "${lab}" } : { providers: ["${lab}"] };
      return [name, { type: "bots:index:BotsServer", properties: rest, options }] as const;
    });
    const { host: _, ...connection } = connectionTo(scene.host);
    const resources = {
      lab: { type: "pulumi:providers:bots", properties: { connection } },
      ...Object.fromEntries(made),
      inner: server(quick("inner"), { parent: "${ten0}" }),
    };
    const ten = await scene.project(resources, { ownPlugins: true });
    await ten.must("up", "--yes", "--skip-preview");
    const state = await ten.resources();
    for (const name of names) expect(state[`${name}-webserver`]!.provider).toMatch(/::lab::/);
    expect(state["inner-webserver"]!.urn).toContain("bots:index:BotsServer$bots:index:BotsServer$bots:index:Service::");
    expect(await scene.shell(`systemctl is-active ${[...names, "inner"].join(" ")} | sort | uniq -c`)).toBe(
      "11 active",
    );
  });
});
