import { describeWith } from "../support/requirements";
import type { YamlProject } from "./support/project";
import { handMade, Scene } from "./support/scene";

/** What a careful administrator would try first, to see whether it breaks what runs. */
describeWith(["lab", "pulumi", "pulumi-language-yaml"], "a running service is not touched without need", () => {
  const scene = new Scene();
  const unit = (argument: string) =>
    `[Service]\nExecStart=/bin/sleep ${argument}\n[Install]\nWantedBy=multi-user.target\n`;
  const copies = (name: string) =>
    scene.shell(`cat /var/lib/pulumi-bots/${name}/original-*/files/etc/systemd/system/${name}.service`);
  const never = { tcp: 9, timeoutSeconds: 2 };

  /** The program: what is there first, then changes of some of it. */
  const restart = { policy: "always", delaySeconds: 0.2, maxAttempts: 0 };
  const looping = { command: ["/bin/sh", "-c", "sleep 1.5; exit 3"], restart };
  const secret = (value: string) => ({ "fn::secret": value });
  const before = () => ({
    hand: scene.service("hand", { ready: never, adopt: true }),
    web: scene.service("web", { description: "one" }),
    slow: scene.service("slow"),
    vars: scene.service("vars", { environment: { A: secret("alpha-4711"), B: "beta-4711" } }),
    marked: scene.service("marked"),
    mine: scene.service("mine"),
    twice: scene.service("twice", { adopt: true }),
    loops: scene.service("loops", { ...looping, settleSeconds: 0 }),
  });
  const after = () => ({
    ...before(),
    web: scene.service("web", { description: "two", ready: never }),
    slow: scene.service("slow", { ready: never, whenChanged: "defer" }),
    vars: scene.service("vars", { environment: { A: "alpha-4711", B: secret("beta-4711") } }),
    loops: scene.service("loops", { ...looping, settleSeconds: 3 }),
  });
  const only = (...names: string[]) =>
    names.flatMap((name) => ["--target", `urn:pulumi:dev::edi::bots:index:Service::${name}`]);
  const pids: Record<string, string> = {};
  let project: YamlProject;

  beforeAll(async () => {
    await handMade(scene.host, "hand", unit("infinity"));
    await handMade(scene.host, "twice", unit("1111"));
    pids["hand"] = await scene.pid("hand");
    project = await scene.running(before());
    for (const name of ["web", "slow", "vars", "marked"]) pids[name] = await scene.pid(name);
  });

  test("promise 6: adopted with a `ready` that is wrong, it keeps its process", async () => {
    expect(await scene.pid("hand")).toBe(pids["hand"]);
  });

  test("a new `ready` that is wrong restarts nothing, with another change or without", async () => {
    await project.write(after()).must("up", "--yes", "--skip-preview", ...only("web", "slow"));
    expect(await scene.pid("web")).toBe(pids["web"]);
    expect(await scene.pid("slow")).toBe(pids["slow"]);
  });

  test("promise 9: a variable that becomes a secret goes where only root can read it, and back", async () => {
    const { output } = await project.must("up", "--yes", "--skip-preview", ...only("vars", "marked"));
    expect(output).toMatch(/1 updated/);
    const text = await scene.shell("cat /etc/systemd/system/vars.service");
    expect([text.includes("alpha-4711"), text.includes("beta-4711")]).toEqual([true, false]);
    expect(await scene.shell("cat /etc/pulumi-bots/vars.env")).toContain("beta-4711");
    expect(await scene.pid("vars")).toBe(pids["vars"]);
  });

  test("promise 2: a comment of ours that was taken away is drift, and repaired without a restart", async () => {
    await scene.host.run("sed -i '/^#/d' /etc/systemd/system/marked.service");
    const drifted = await project.drifted(...only("vars", "marked"));
    expect([drifted.code, Object.keys(drifted.found)]).toEqual([7, ["marked"]]);
    await project.must("up", "--yes", "--skip-preview", "--refresh", ...only("marked"));
    expect(await scene.shell("head -1 /etc/systemd/system/marked.service")).toMatch(/^# pulumi-bots: /);
    expect(await scene.pid("marked")).toBe(pids["marked"]);
    expect(await project.drifted(...only("vars", "marked"))).toMatchObject({ code: 0 });
  });

  test("not ready and deferred: an error, and no restart; what crashes again and again is never reported as repaired", async () => {
    for (let round = 0; round < 2; round++) {
      const up = await project.up("--refresh", "--continue-on-error", ...only("slow", "loops"));
      expect(up.code).not.toBe(0);
      expect(up.output).toMatch(
        /slow runs, but is not ready: nothing listens on port 9; the service's processes listen on .*\. It is not restarted, because whenChanged is "defer"/,
      );
      expect(up.output).toContain("Service loops **updating failed**");
      expect(await scene.pid("slow")).toBe(pids["slow"]);
    }
  });

  test("promise 6: a unit that somebody has put in the place of ours is left alone by destroy", async () => {
    await handMade(scene.host, "mine", unit("3333"));
    await scene.host.run("systemctl restart mine");
    const pid = await scene.pid("mine");
    const destroy = await project.must("destroy", "--yes", "--skip-preview");
    expect(destroy.output).toContain("no longer the service of this resource");
    expect(await scene.pid("mine")).toBe(pid);
  });

  test("promise 6: each adoption keeps what was there, one that fails drops only its own copy", async () => {
    const adopt = (command: string[]) => ({ twice: scene.service("twice", { command, adopt: true }) });
    await handMade(scene.host, "twice", unit("2222"));
    const second = await scene.project(adopt(["/bin/false"]));
    expect((await second.up()).output).toContain("Rolled back");
    expect(await copies("twice")).toContain("1111");
    await second.write(adopt(["/bin/sleep", "infinity"])).must("up", "--yes", "--skip-preview");
    expect(await copies("twice")).toMatch(/1111[^]*2222/);
  });

  test("promise 6: destroy of what was only imported keeps a copy", async () => {
    await handMade(scene.host, "imported", unit("4444"));
    const project = await scene.project({});
    const connection = JSON.stringify((scene.service("x").properties as { connection: object }).connection);
    await project.must("config", "set", "bots:connection", connection);
    await project.must(
      "import",
      "bots:index:Service",
      "imported",
      `${scene.host.name}/imported`,
      "--yes",
      "--protect=false",
    );
    await project.must("destroy", "--yes", "--skip-preview");
    expect(await copies("imported")).toContain("4444");
  });
});
