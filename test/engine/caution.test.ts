import { describeWith } from "../support/requirements";
import { handMade, Scene } from "./support/scene";

/** What a careful administrator would try first, to see whether it breaks what runs. */
describeWith(["lab", "pulumi", "pulumi-language-yaml"], "a running service is not touched without need", () => {
  const scene = new Scene();
  const unit = (argument: string) =>
    `[Service]\nExecStart=/bin/sleep ${argument}\n[Install]\nWantedBy=multi-user.target\n`;
  const copies = (name: string) =>
    scene.shell(`cat /var/lib/pulumi-bots/${name}/original-*/files/etc/systemd/system/${name}.service`);
  const never = { tcp: 9, timeoutSeconds: 2 };

  test("promise 6: adopted with a `ready` that is wrong, it keeps its process", async () => {
    await handMade(scene.host, "hand", unit("infinity"));
    const pid = await scene.pid("hand");
    await scene.running({ hand: scene.service("hand", { ready: never, adopt: true }) });
    expect(await scene.pid("hand")).toBe(pid);
  });

  test("a new `ready` that is wrong restarts nothing, with another change or without", async () => {
    const project = await scene.running({ web: scene.service("web", { description: "one" }) });
    const pid = await scene.pid("web");
    await project.write({ web: scene.service("web", { description: "two", ready: never }) }).must("up", "--yes");
    expect(await scene.pid("web")).toBe(pid);
  });

  test("not ready and deferred: an error, and no restart", async () => {
    const deferred = { ready: never, whenChanged: "defer" };
    const project = await scene.running({ slow: scene.service("slow") });
    const pid = await scene.pid("slow");
    await project.write({ slow: scene.service("slow", deferred) }).must("up", "--yes");
    const up = await project.pulumi("up", "--yes", "--refresh");
    expect(up.code).not.toBe(0);
    expect(up.output).toMatch(
      /slow runs, but is not ready: nothing listens on port 9; the service's processes listen on .*\. It is not restarted, because whenChanged is "defer"/,
    );
    expect(await scene.pid("slow")).toBe(pid);
  });

  test("promise 9: a variable that becomes a secret goes where only root can read it, and back", async () => {
    const environment = { A: { "fn::secret": "alpha-4711" }, B: "beta-4711" };
    const project = await scene.running({ vars: scene.service("vars", { environment }) });
    expect((await project.must("up", "--yes", "--expect-no-changes")).output).toContain("unchanged");
    const pid = await scene.pid("vars");
    const swapped = { A: "alpha-4711", B: { "fn::secret": "beta-4711" } };
    await project.write({ vars: scene.service("vars", { environment: swapped }) }).must("up", "--yes");
    const text = await scene.shell("cat /etc/systemd/system/vars.service");
    expect([text.includes("alpha-4711"), text.includes("beta-4711")]).toEqual([true, false]);
    expect(await scene.shell("cat /etc/pulumi-bots/vars.env")).toContain("beta-4711");
    expect(await scene.pid("vars")).toBe(pid);
    expect((await project.drifted()).code).toBe(0);
  });

  test("promise 6: each adoption keeps what was there, one that fails drops only its own copy", async () => {
    await handMade(scene.host, "twice", unit("1111"));
    const adopt = (argument: string) => ({
      twice: scene.service("twice", { command: ["/bin/sleep", argument], adopt: true }),
    });
    const first = await scene.running(adopt("infinity"));
    await first.must("destroy", "--yes", "--skip-preview");
    await handMade(scene.host, "twice", unit("2222"));
    const second = await scene.project({ twice: scene.service("twice", { command: ["/bin/false"], adopt: true }) });
    expect((await second.up()).output).toContain("Rolled back");
    expect(await copies("twice")).toContain("1111");
    await second.write(adopt("infinity")).must("up", "--yes", "--skip-preview");
    expect(await copies("twice")).toMatch(/1111[^]*2222/);
  });

  test("promise 6: a unit that somebody has put in the place of ours is left alone by destroy", async () => {
    const project = await scene.running({ mine: scene.service("mine") });
    await handMade(scene.host, "mine", unit("3333"));
    await scene.host.run("systemctl restart mine");
    const pid = await scene.pid("mine");
    const destroy = await project.must("destroy", "--yes", "--skip-preview");
    expect(destroy.output).toContain("no longer the service of this resource");
    expect(await scene.pid("mine")).toBe(pid);
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

  test("promise 2: a comment of ours that was taken away is drift, and repaired without a restart", async () => {
    const project = await scene.running({ marked: scene.service("marked") });
    const pid = await scene.pid("marked");
    await scene.host.run("sed -i '/^#/d' /etc/systemd/system/marked.service");
    expect(await project.drifted()).toMatchObject({ code: 7 });
    await project.must("up", "--yes", "--refresh");
    expect(await scene.shell("head -1 /etc/systemd/system/marked.service")).toMatch(/^# pulumi-bots: /);
    expect(await scene.pid("marked")).toBe(pid);
    expect(await project.drifted()).toMatchObject({ code: 0 });
  });

  test("promise 3: a service that crashes again and again is never reported as repaired", async () => {
    const restart = { policy: "always", delaySeconds: 0.2, maxAttempts: 0 };
    const looping = { command: ["/bin/sh", "-c", "sleep 1.5; exit 3"], restart };
    const project = await scene.running({ loops: scene.service("loops", { ...looping, settleSeconds: 0 }) });
    project.write({ loops: scene.service("loops", { ...looping, settleSeconds: 3 }) });
    for (let round = 0; round < 3; round++) {
      const up = await project.pulumi("up", "--yes", "--refresh");
      expect(up.code).not.toBe(0);
    }
  });
});
