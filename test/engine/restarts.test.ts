import { describeWith } from "../support/requirements";
import type { YamlProject } from "./support/project";
import { Scene } from "./support/scene";

/** A change of one property: before, after. */
type Change = [property: string, after: object, before?: object];

const nothingHappens: Change[] = [
  ["description", { description: "new" }, { description: "old" }],
  ["displayName", { displayName: "New" }],
  ["restart", { restart: { policy: "always", delaySeconds: 7, maxAttempts: 3 } }],
  ["stop", { stop: { signal: "SIGINT", timeoutSeconds: 11, mode: "process" } }],
  ["requires", { requires: ["environment"] }],
  ["startMode", { startMode: "manual" }],
  ["ready", { ready: { command: ["/bin/true"] } }],
  ["settleSeconds", { settleSeconds: 2 }],
  ["adopt", { adopt: true }],
  ["onFailedUpdate", { onFailedUpdate: "keep" }],
  ["whenChanged", { whenChanged: "defer" }],
  ["options.systemd.unit", { options: { systemd: { unit: { Documentation: "man:sleep(1)" } } } }],
];

const restarts: Change[] = [
  ["command", { command: ["/bin/sleep", "9999"] }],
  ["environment", { environment: { COLOUR: "blue" } }, { environment: { COLOUR: "red" } }],
  ["umask", { umask: "0027" }],
  ["workingDirectory", { workingDirectory: "/srv" }],
  ["runAs", { runAs: { user: "games" } }],
  ["logs", { logs: { stdout: "/var/log/logs.log" } }],
  ["triggers", { triggers: { config: "2" } }, { triggers: { config: "1" } }],
  ["options.systemd.service", { options: { systemd: { service: { LimitNOFILE: "4096" } } } }],
];

const unitOf = (property: string) => property.replaceAll(".", "-");

describeWith(["lab", "pulumi", "pulumi-language-yaml"], "changes", () => {
  const scene = new Scene();
  describe("decision 'what a change does'", () => {
    const all = [...nothingHappens, ...restarts];
    const before: Record<string, string> = {};
    let project: YamlProject;
    let preview: string;

    const program = (pick: (change: Change) => object | undefined) =>
      Object.fromEntries(all.map((change) => [change[0], scene.service(unitOf(change[0]), pick(change))]));

    beforeAll(async () => {
      project = await scene.running(program(([, , old]) => old));
      for (const [property] of all) before[property] = await scene.pid(unitOf(property));
      project.write(program(([, after, old]) => ({ ...old, ...after })));
      const connections = await scene.host.connections();
      preview = (await project.must("preview")).output;
      expect(await scene.host.connections()).toBe(connections);
      await project.must("up", "--yes", "--skip-preview");
    });

    test.each(nothingHappens)("a change of %s restarts nothing", async (property) => {
      expect(await scene.pid(unitOf(property))).toBe(before[property]);
    });

    test.each(restarts)("a change of %s restarts the service", async (property) => {
      expect(["0", before[property]]).not.toContain(await scene.pid(unitOf(property)));
    });

    test("preview says which services will restart, and asks no host", () => {
      const said = all
        .map(([property]) => property)
        .filter((property) => {
          return preview.includes(`restarts ${unitOf(property)} on ${scene.host.name} (pid ${before[property]})`);
        });
      expect(said).toEqual(restarts.map(([property]) => property));
    });

    test("everything is as defined: a refresh finds nothing, a second up does nothing", async () => {
      expect(await project.drifted()).toMatchObject({ code: 0, found: {} });
      await project.must("up", "--yes", "--expect-no-changes");
      expect(await scene.shell("systemctl is-enabled startMode")).toBe("disabled");
    });
  });

  describe("whenChanged", () => {
    test("defer: the change waits, and restartPending is true, until whenChanged is restart", async () => {
      const service = (properties: object) => ({ web: scene.service("web", properties) });
      const project = await scene.running(service({ environment: { COLOUR: "red" } }));
      const pid = await scene.pid("web");
      const outputs = async () => (await project.resources())["web"]?.outputs;
      expect(await outputs()).toMatchObject({ restartPending: false });

      const changed = { environment: { COLOUR: "blue" } };
      project.write(service({ ...changed, whenChanged: "defer" }));
      expect((await project.must("preview")).output).not.toContain("restarts web");
      await project.must("up", "--yes", "--skip-preview");
      expect(await scene.pid("web")).toBe(pid);
      expect(await outputs()).toMatchObject({ restartPending: true, environment: { COLOUR: "blue" } });
      expect(await project.drifted()).toMatchObject({ code: 0 });
      await project.must("up", "--yes", "--expect-no-changes");

      project.write(service(changed));
      expect(await project.planned()).toMatchObject({ found: { web: ["restartPending"] } });
      expect((await project.must("preview")).output).toContain(`restarts web on ${scene.host.name} (pid ${pid})`);
      await project.must("up", "--yes", "--skip-preview");
      expect(await scene.pid("web")).not.toBe(pid);
      expect(await outputs()).toMatchObject({ restartPending: false });
    });

    test("reload: the program is told, and stays the same process", async () => {
      const command = ["/bin/sh", "-c", "trap 'echo told >>/run/told' HUP; while :; do sleep 0.1; done"];
      const service = (config: string) => ({
        web: scene.service("reloads", {
          command,
          triggers: { config },
          whenChanged: "reload",
          reload: { signal: "SIGHUP" },
        }),
      });
      const project = await scene.running(service("1"));
      const pid = await scene.pid("reloads");
      project.write(service("2"));
      expect((await project.must("preview")).output).toContain("reloads reloads on");
      await project.must("up", "--yes", "--skip-preview");
      expect(await scene.pid("reloads")).toBe(pid);
      expect(await scene.shell("cat /run/told")).toBe("told");
      await project.must("up", "--yes", "--expect-no-changes");
    });
  });
});
