import fc from "fast-check";
import type { LabHost } from "../../lab";
import type { Definition, Live, Marker } from "../../model/service";
import type { HostFacts } from "../../provider/posix/facts";
import { systemd } from "../../provider/posix/managers/systemd";
import { anyText, arbitraryDefinition } from "../support/definitions";
import { managerOnHost } from "../support/managerOnHost";
import { describeWith } from "../support/requirements";
import { labHost } from "../support/hosts";

const marker: Marker = {
  ownerId: "o1",
  urn: "urn:pulumi:prod::edi::bots:index:Service::web",
  definition: "d",
  triggers: "t",
  outdated: "i1",
};

describeWith(["lab"], "systemd on a real host", () => {
  let host: LabHost;
  let facts: HostFacts;

  beforeAll(async () => {
    host = await labHost({ kind: "systemd" });
    const { stdout } = await host.run("systemctl --version");
    facts = {
      ...{ machineId: host.machineId, hostName: host.name, uptime: 1, init: "systemd", uid: 0 },
      ...{
        initText: "systemd 252",
        upstartVersion: "",
        startStopDaemon: "dpkg",
        systemdVersion: Number(/\d+/.exec(stdout)?.[0]),
        tools: new Set(["systemd-analyze"]),
      },
    };
  });

  afterAll(() => host?.stop());

  const { run, readAll, read, apply } = managerOnHost({
    manager: systemd,
    host: () => host,
    facts: () => facts,
    marker,
  });

  const sleeper: Definition = { command: ["/bin/sleep", "1000"] };

  test("every argument and every variable arrives exactly as given", async () => {
    await host.run(`mkdir -p /run/dump; cat >/usr/local/bin/dump; chmod 755 /usr/local/bin/dump`, {
      input:
        '#!/bin/sh\ncat /proc/$$/cmdline >"$DUMP/cmdline.new"\ncat /proc/$$/environ >"$DUMP/environ"\nmv "$DUMP/cmdline.new" "$DUMP/cmdline"\n',
    });
    const variable = fc.stringMatching(/^[A-Z][A-Z0-9_]{0,5}X$/);
    const cases = fc.sample(
      fc.record({
        args: fc.array(anyText, { maxLength: 6 }),
        plain: fc.dictionary(variable, anyText),
        secret: fc.dictionary(variable, anyText),
      }),
      150,
    );
    const definitions = cases.map(({ args, plain, secret }, i): Definition => ({
      command: ["/usr/local/bin/dump", ...args],
      environment: { ...plain, ...secret, DUMP: `/run/dump/${i}` },
      secretEnvironment: Object.keys(secret),
    }));
    const files = definitions.map((definition, i) => systemd.render(`dump-${i}`, definition, marker, facts));
    const names = files.map((_, i) => `dump-${i}`);
    const folders = names.map((_, i) => `/run/dump/${i}`).join(" ");
    const write = systemd.steps(
      { name: "dump", action: "none", write: { files: files.flat(), remove: [] } },
      {} as Live,
      facts,
    );
    const start = { name: "start", script: `mkdir -p ${folders} && systemctl start ${names.join(" ")} && sleep 1` };
    expect(await run([...write, start])).toMatchObject({ stderr: "" });
    const { stdout } = await host.run(
      `cd /run/dump; for i in $(seq 0 ${cases.length - 1}); do base64 -w0 $i/cmdline; echo; base64 -w0 $i/environ; echo; done`,
    );
    const dumps = stdout.split("\n").map((line) => Buffer.from(line, "base64").toString().split("\0").slice(0, -1));
    for (const [i, { args }] of cases.entries()) {
      expect(dumps[2 * i]!.slice(2)).toEqual(args);
      const variables = dumps[2 * i + 1]!.map((line) => [
        line.slice(0, line.indexOf("=")),
        line.slice(line.indexOf("=") + 1),
      ]);
      expect(Object.fromEntries(variables)).toMatchObject(definitions[i]!.environment!);
    }
    const lives = await readAll(...names);
    lives.forEach(({ definition }, i) =>
      expect(systemd.defaults(definition)).toEqual(systemd.defaults(definitions[i]!)),
    );
  });

  test("verify has nothing to say of anything that we render", async () => {
    for (const sample of fc.sample(arbitraryDefinition, 100)) {
      const definition: Definition = { ...sample, command: ["/bin/true", ...sample.command!.slice(1)] };
      if (definition.reload?.command) definition.reload.command[0] = "/bin/true";
      const files = systemd.render("verified", definition, marker, facts);
      const { failed, stderr } = await run(systemd.verify("verified", files, facts));
      expect({ definition, failed, stderr }).toEqual({ definition, failed: undefined, stderr: "" });
    }
    expect((await host.run("ls -d /tmp/tmp.* 2>/dev/null")).stdout).toBe("");
  });

  test.each<[string, Definition, string]>([
    ["program missing", { command: ["/no/such"] }, "/no/such is not executable"],
    ["unknown directive", { ...sleeper, options: { systemd: { service: { LimitNofile: "1" } } } }, "Unknown key"],
    ["bad value", { ...sleeper, options: { systemd: { service: { LimitNOFILE: "many" } } } }, "Failed to parse"],
    ["directive of another section", { ...sleeper, options: { systemd: { unit: { Nice: "1" } } } }, "Unknown key"],
    ["bad type", { ...sleeper, options: { systemd: { service: { Type: "often" } } } }, "Failed to parse"],
    ["bad command line", { options: { systemd: { service: { ExecStart: '/bin/sleep "1' } } } }, "unbalanced quoting"],
    ["relative program", { options: { systemd: { service: { ExecStart: "./sleep 1" } } } }, "absolute path"],
    [
      "two programs",
      { options: { systemd: { service: { ExecStart: ["/bin/sleep 1", "/bin/sleep 2"] } } } },
      "more than one ExecStart=",
    ],
  ])("verify finds: %s", async (_, definition, words) => {
    const { failed, stderr } = await run(
      systemd.verify("broken", systemd.render("broken", definition, marker, facts), facts),
    );
    expect(failed).toBe("verify");
    expect(stderr.toLowerCase()).toContain(words.toLowerCase());
    expect(stderr).not.toContain("/tmp/");
  });

  test.each<[string, string | string[], string]>([
    ["MemoryLimit", "1G", "please use MemoryMax="],
    ["KillMode", "none", "KillMode=none is deprecated"],
    ["CPUShares", "100", "please use CPUWeight="],
    ["StartupCPUShares", "100", "please use CPUWeight="],
    ["BlockIOWeight", "100", ""],
    ["StandardError", "syslog", "is obsolete"],
    ["ReadOnlyDirectories", "/etc", ""],
    ["User", "nobody", "not safe"],
    ["User", "svc@corp.example.com", ""],
  ])("what systemd runs although it remarks on it is taken: %s=%s", async (name, value, words) => {
    // The name of the service and of the user must not pass for the word "ignoring" of systemd.
    const definition: Definition = { ...sleeper, options: { systemd: { service: { [name]: value } } } };
    const files = systemd.render("gitignore", definition, marker, facts);
    const { failed, stderr } = await run(systemd.verify("gitignore", files, facts));
    expect({ failed, stderr }).toEqual({ failed: undefined, stderr: words ? expect.stringContaining(words) : "" });
    expect(stderr).not.toContain("/tmp/");
    await host.run("cat >/etc/systemd/system/gitignore.service; systemctl daemon-reload", { input: files[0]!.content });
    const { stdout } = await host.run(
      "systemctl show -p LoadState gitignore; rm /etc/systemd/system/gitignore.service",
    );
    expect(stdout).toContain("LoadState=loaded");
  });

  test("a remark beside what is ignored does not hide that", async () => {
    const service = { MemoryLimit: "1G", User: "ignorant", LimitNOFILE: "many" };
    const files = systemd.render("both", { ...sleeper, options: { systemd: { service } } }, marker, facts);
    const { failed, stderr } = await run(systemd.verify("both", files, facts));
    expect({ failed, stderr }).toEqual({
      failed: "verify",
      stderr: expect.stringMatching(/please use MemoryMax=[^]*Failed to parse resource value, ignoring: many/),
    });
  });

  test("verify as older releases of systemd have to do it", async () => {
    const older = { ...facts, systemdVersion: 249 };
    const run249 = (definition: Definition) =>
      run(systemd.verify("older", systemd.render("older", definition, marker, older), older));
    expect(await run249({ ...sleeper, requires: ["not-there"] })).toMatchObject({ stderr: "" });
    const { failed, stderr } = await run249({ ...sleeper, options: { systemd: { unit: { Requires: "no-unit" } } } });
    expect({ failed, stderr }).toMatchObject({ failed: "verify", stderr: expect.stringContaining("no-unit") });
  });

  test("a life: made, changed, stopped, removed", async () => {
    const definition: Definition = {
      ...sleeper,
      description: "Life",
      environment: { A: "1", B: "2" },
      secretEnvironment: ["B"],
      options: { systemd: { install: { WantedBy: "multi-user.target", Alias: "life-alias.service" } } },
    };
    expect(await apply("life", definition, { startMode: "automatic", action: "start" })).toMatchObject({
      stderr: expect.not.stringContaining("Failed"),
    });
    const made = await read("life");
    expect(made).toMatchObject({
      ...{ installed: true, definition, startMode: "automatic", masked: false, marker, unmapped: [], overrides: [] },
      ...{ warnings: [], state: { status: "running", restartCount: 0, inTransit: false } },
    });
    expect(made.files).toEqual([
      { path: "/etc/systemd/system/life.service", owner: "root:root", mode: "0644", sha256: expect.any(String) },
      { path: "/etc/pulumi-bots/life.env", owner: "root:root", mode: "0600" },
    ]);
    expect((await host.run("sha256sum </etc/systemd/system/life.service")).stdout.slice(0, 64)).toBe(
      made.files[0]!.sha256,
    );
    const uptime = Number((await host.run("cut -d' ' -f1 /proc/uptime")).stdout);
    expect(Math.abs(uptime - made.state.startedUptime!)).toBeLessThan(10);
    expect(await read("life-alias")).toMatchObject({ aliasOf: "life.service", overrides: [] });

    const { options: _, ...rest } = definition;
    await apply("life", { ...rest, command: ["/bin/sleep", "2000"] }, { startMode: "manual", action: "restart" });
    const changed = await read("life");
    expect(changed).toMatchObject({ definition: { command: ["/bin/sleep", "2000"] }, startMode: "manual" });
    expect(changed.state.incarnation).not.toBe(made.state.incarnation);
    expect((await run([systemd.processesStep("life", {})])).fields.get("processes")).toBe(String(changed.state.pid));

    await apply("life", undefined, { action: "stop" });
    expect((await read("life")).state).toMatchObject({ status: "stopped" });

    await host.run(
      "mkdir -p /etc/systemd/system/life.service.d; echo '[Service]\nNice=1' >/etc/systemd/system/life.service.d/x.conf",
    );
    const { fields } = await run(systemd.removal("life", await read("life"), facts));
    expect(fields.get("leftovers")).toBe("/etc/systemd/system/life.service.d/x.conf\n");
    await host.run("rm -r /etc/systemd/system/life.service.d; systemctl daemon-reload");
    expect(await read("life")).toMatchObject({ installed: false, state: { status: "notInstalled" } });
    expect((await host.run("find /etc/systemd -name '*life*'")).stdout).toBe("");
  });

  const UNIT = "[Service]\nExecStart=/bin/sleep 1000\n";
  const WANTED = "[Install]\nWantedBy=multi-user.target\n";
  const etc = "/etc/systemd/system";
  const make = (path: string, text: string) => `printf '${text.replaceAll("\n", "\\n")}' >${path}`;
  test.each<[state: string, name: string, shell: string, Partial<Live>]>([
    [
      "enabled",
      "boot1",
      `${make(`${etc}/boot1.service`, UNIT + WANTED)}; systemctl enable boot1`,
      { startMode: "automatic" },
    ],
    [
      "enabled-runtime",
      "boot2",
      `${make(`${etc}/boot2.service`, UNIT + WANTED)}; systemctl enable --runtime boot2`,
      { startMode: "manual", warnings: [expect.stringContaining("enabled only until the next boot")] as string[] },
    ],
    ["disabled", "boot3", make(`${etc}/boot3.service`, UNIT + WANTED), { startMode: "manual", warnings: [] }],
    ["static", "boot4", make(`${etc}/boot4.service`, UNIT), { startMode: "manual" }],
    [
      "static",
      "boot5",
      `f=/usr/lib/systemd/system; mkdir -p $f/multi-user.target.wants; ${make("$f/boot5.service", UNIT)}; ln -s ../boot5.service $f/multi-user.target.wants`,
      { startMode: "automatic", warnings: [expect.stringContaining("even when disabled")] as string[] },
    ],
    [
      "linked",
      "boot6",
      `${make("/srv/boot6.service", UNIT + WANTED)}; systemctl link /srv/boot6.service`,
      { startMode: "manual" },
    ],
    [
      "enabled",
      "boot7",
      `${make("/srv/boot7.service", UNIT + WANTED)}; systemctl enable /srv/boot7.service`,
      { startMode: "automatic" },
    ],
    [
      "enabled",
      "boot8",
      `${make(`${etc}/boot8.service`, `${UNIT}[Install]\nAlias=boot8b.service\n`)}; systemctl enable boot8`,
      { startMode: "automatic" },
    ],
    [
      "enabled",
      "boot9b",
      `${make(`${etc}/boot9.service`, `${UNIT}[Install]\nAlias=boot9b.service\n`)}; systemctl enable boot9`,
      { aliasOf: "boot9.service" },
    ],
    [
      "indirect",
      "boot10",
      `${make(`${etc}/boot10.service`, `${UNIT}[Install]\nAlso=boot3.service\n`)}; systemctl enable boot10; systemctl disable boot3`,
      { startMode: "manual" },
    ],
    ["masked", "boot11", "systemctl mask boot11", { startMode: "disabled", masked: true }],
    ["masked-runtime", "boot12", "systemctl mask --runtime boot12", { startMode: "disabled", masked: true }],
    [
      "enabled",
      "boot13@x",
      `${make(`${etc}/boot13@.service`, UNIT + WANTED)}; systemctl enable boot13@x`,
      { startMode: "automatic" },
    ],
    [
      "enabled-runtime",
      "boot14",
      `${make("/run/systemd/system/boot14.service", UNIT + WANTED)}; systemctl enable --runtime boot14`,
      { startMode: "manual" },
    ],
    ["transient", "boot15", "systemd-run --unit boot15 sleep 1000", { startMode: "manual", installed: true }],
  ])("what systemd calls %s, as a start mode: %s", async (state, name, shell, seen) => {
    expect(await host.run(`{ ${shell}; } 2>&1 && systemctl daemon-reload`)).toMatchObject({ code: 0 });
    expect((await host.run(`systemctl show -P UnitFileState ${name}`)).stdout.trim()).toBe(state);
    expect(await read(name)).toMatchObject(seen);
  });

  test.each(["a:b", "a@b", "x@y:z.1", "a.b", "a_b-c", "A1", "9"])("a service may be called %s", async (name) => {
    const said = await apply(name, sleeper, { startMode: "automatic", action: "start" });
    expect(said.failed).toBeUndefined();
    expect(await read(name)).toMatchObject({ startMode: "automatic", marker, state: { status: "running" } });
    const bad = { ...sleeper, options: { systemd: { service: { Foo: "1" } } } };
    expect((await run(systemd.verify(name, systemd.render(name, bad, marker, facts), facts))).stderr).toContain(
      `/etc/systemd/system/${name}.service:`,
    );
    expect(await run(systemd.removal(name, await read(name), facts))).toMatchObject({
      stderr: expect.not.stringContaining("Failed"),
    });
    expect(await read(name)).toMatchObject({ installed: false, startMode: "manual" });
  });

  test("a start that is skipped says why", async () => {
    const conditions = { ConditionPathExists: "/no/such", ConditionHost: "!x" };
    await apply(
      "skipped",
      { ...sleeper, options: { systemd: { unit: conditions } } },
      { startMode: "automatic", action: "start" },
    );
    expect((await read("skipped")).state).toMatchObject({
      status: "stopped",
      reason: "its start was skipped: one of ConditionPathExists=/no/such, ConditionHost=!x was not met",
    });
    await apply("skipped", sleeper, { startMode: "automatic", action: "start" });
    expect((await read("skipped")).state).toMatchObject({ status: "running" });
  });

  test("what starts it until the next boot goes with a repair, and with the service", async () => {
    for (const change of ["repair", "remove"]) {
      await apply("soon", sleeper, { startMode: "manual" });
      await host.run("systemctl enable --runtime soon");
      expect(await read("soon")).toMatchObject({ startMode: "manual" });
      if (change === "repair") {
        await apply("soon", sleeper, { startMode: "automatic" });
        expect(await read("soon")).toMatchObject({ startMode: "automatic", warnings: [] });
      } else await run(systemd.removal("soon", await read("soon"), facts));
      expect((await host.run("find /run/systemd/system -name 'soon*'")).stdout).toBe("");
    }
    expect((await host.run("find /etc/systemd -name 'soon*'")).stdout).toBe("");
  });

  test("drop-ins, masks and files that systemd has not loaded", async () => {
    await apply("drift", sleeper, { startMode: "automatic", action: "start" });
    const dropIn = "/etc/systemd/system/drift.service.d/a b.conf";
    await host.run(`mkdir -p "${dropIn.replace(/\/[^/]*$/, "")}"; printf '[Service]\\nUser=nobody\\n' >"${dropIn}"`);
    expect(await read("drift")).toMatchObject({
      ...{ definition: sleeper, unmapped: [{ file: dropIn, line: "User=nobody" }], overrides: [dropIn] },
    });
    const live = await read("drift");
    await run(systemd.steps({ name: "drift", action: "none", write: { files: [], remove: [dropIn] } }, live, facts));
    expect(await read("drift")).toMatchObject({ unmapped: [], overrides: [], state: { status: "running" } });
    expect((await host.run("ls -d /etc/systemd/system/drift.service.d")).code).not.toBe(0);

    await host.run("sed -i s/1000/3000/ /etc/systemd/system/drift.service");
    expect(await read("drift")).toMatchObject({
      definition: { command: ["/bin/sleep", "3000"] },
    });

    await host.run("systemctl stop drift; rm /etc/systemd/system/drift.service; systemctl mask drift");
    expect(await read("drift")).toMatchObject({ installed: true, masked: true, startMode: "disabled" });
    await apply("drift", sleeper, { startMode: "automatic", action: "start" });
    expect(await read("drift")).toMatchObject({
      masked: false,
      startMode: "automatic",
      state: { status: "running" },
    });

    await host.run("systemctl mask --runtime drift; systemctl daemon-reload");
    await apply("drift", sleeper, { startMode: "automatic", action: "restart" });
    expect(await read("drift")).toMatchObject({ masked: false, state: { status: "running" } });
  });

  test("starts that fail, and loops", async () => {
    const failing = async (definition: Definition) => {
      const outcome = await apply("fails", definition, { action: "start" });
      return { outcome, live: await read("fails") };
    };
    const user = await failing({ ...sleeper, runAs: { user: "nobody-here" } });
    expect(user.outcome.failed).toBe("start");
    expect(user.live.state).toMatchObject({ status: "failed", reason: "exit code 217: user does not exist" });
    const folder = await failing({ ...sleeper, workingDirectory: "/no/such" });
    expect(folder.live.state.reason).toContain("exit code 200: working directory");
    const loop: Definition = {
      command: ["/bin/sh", "-c", "echo going down >&2; exit 3"],
      restart: { policy: "always", delaySeconds: 30 },
    };
    const { live } = await failing(loop);
    expect(live.state).toMatchObject({ status: "flapping", reason: "waits for its restart after exit code 3" });
    const { fields } = await run([systemd.logStep("fails", loop, 20)]);
    if ((await host.run("journalctl -n 1")).stdout) expect(fields.get("log")).toContain("going down");
    const limited = await failing({ ...loop, restart: { policy: "always", delaySeconds: 0.1, maxAttempts: 2 } });
    expect(limited.live.installed).toBe(true);
    await host.run("sleep 1");
    expect((await read("fails")).state).toMatchObject({
      status: "failed",
      reason: "exit code 3, gave up restarting it",
    });
    await host.run(
      "sed -i s/^Exec/X-Exec/ /etc/systemd/system/fails.service; systemctl reset-failed fails; systemctl daemon-reload",
    );
    expect((await read("fails")).state).toMatchObject({
      status: "failed",
      reason: "Unit fails.service has a bad unit file setting.",
    });
    // The limit is used up; a wanted start must work all the same.
    expect((await apply("fails", sleeper, { action: "start" })).failed).toBeUndefined();
    await run(systemd.removal("fails", await read("fails"), facts));
    expect((await host.run("systemctl list-units --all --no-legend 'fails*'")).stdout).toBe("");
  });

  test("a log that goes to files", async () => {
    const definition: Definition = {
      command: ["/bin/sh", "-c", "echo out; echo err >&2; exec sleep 1000"],
      logs: { stdout: "/var/log/a b.log", stderr: "/var/log/err.log" },
    };
    await apply("logs", definition, { action: "start" });
    await host.run("sleep 0.3");
    const { fields } = await run([systemd.logStep("logs", definition, 5)]);
    expect(fields.get("log")).toContain("/var/log/a b.log:\nout\n/var/log/err.log:\nerr");
    expect((await host.run(systemd.logHint("logs", definition))).stdout).toContain("out");
  });

  test("removal when half of it is gone, or all", async () => {
    for (const spoil of [
      "rm /etc/systemd/system/half.service",
      "systemctl disable half",
      "rm -r /etc/pulumi-bots",
      "true",
    ]) {
      await apply(
        "half",
        { ...sleeper, environment: { A: "b" }, secretEnvironment: ["A"] },
        { startMode: "automatic", action: "start" },
      );
      await host.run(`${spoil}`);
      for (let i = 0; i < 2; i++) {
        const live = await read("half");
        expect(await run(systemd.removal("half", live, facts))).not.toHaveProperty("failed");
      }
      expect(await read("half")).toMatchObject({ installed: false, state: { status: "notInstalled" } });
      expect(
        (await host.run("find /etc/systemd /etc/pulumi-bots -name '*half*' 2>/dev/null; pgrep -x half")).stdout,
      ).toBe("");
    }
  });

  test("a unit that systemd made of an init script is not one of its own", async () => {
    await host.run(
      `cat >/etc/init.d/oldway; chmod 755 /etc/init.d/oldway; ln -s ../init.d/oldway /etc/rc3.d/S01oldway; systemctl daemon-reload`,
      {
        input:
          "#!/bin/sh\n### BEGIN INIT INFO\n# Provides: oldway\n# Default-Start: 2 3 4 5\n# Default-Stop: 0 1 6\n### END INIT INFO\nexit 0\n",
      },
    );
    const live = await read("oldway");
    expect(live).toMatchObject({ installed: false, files: [], warnings: [] });
    expect(live.marker).toBeUndefined();
  });

  test("many at once, some of them unknown", async () => {
    const names = ["nothing-1", "dbus", "nothing-2", "ssh"];
    expect((await readAll(...names)).map(({ installed }) => installed)).toEqual([false, true, false, true]);
  });
});
