import fc from "fast-check";
import type { Definition, Live } from "../../model/service";
import { systemd } from "../../provider/posix/managers/systemd";
import { arbitraryDefinition, marker } from "../support/definitions";
import { describeWith } from "../support/requirements";
import { systemdHost } from "./support/systemdHost";
import { dumpsOf, programModel } from "./support/dumps";

describeWith(["lab"], "systemd on a real host", () => {
  const lab = systemdHost();
  const { run, readAll, read, apply, sleeper } = lab;

  test("every argument and every variable arrives exactly as given", async () => {
    await lab.host.run(`mkdir -p /run/dump; cat >/usr/local/bin/dump; chmod 755 /usr/local/bin/dump`, {
      input:
        '#!/bin/sh\ncat /proc/$$/cmdline >"$DUMP/cmdline.new"\ncat /proc/$$/environ >"$DUMP/environ"\nmv "$DUMP/cmdline.new" "$DUMP/cmdline"\n',
    });
    const cases = fc.sample(fc.record(programModel()), 150);
    const definitions = cases.map(({ args, plain, secret }, i): Definition => ({
      command: ["/usr/local/bin/dump", ...args],
      environment: { ...plain, ...secret, DUMP: `/run/dump/${i}` },
      secretEnvironment: Object.keys(secret),
    }));
    const files = definitions.map((definition, i) => systemd.render(`dump-${i}`, definition, marker, lab.facts));
    const names = files.map((_, i) => `dump-${i}`);
    const folders = names.map((_, i) => `/run/dump/${i}`).join(" ");
    const write = systemd.steps(
      { name: "dump", action: "none", write: { files: files.flat(), remove: [] } },
      {} as Live,
      lab.facts,
    );
    const start = { name: "start", script: `mkdir -p ${folders} && systemctl start ${names.join(" ")} && sleep 1` };
    expect(await run([...write, start])).toMatchObject({ stderr: "" });
    const dumps = await dumpsOf(lab.host, cases.length, (i, what) => `${i}/${what}`);
    for (const [i, { args }] of cases.entries()) {
      expect(dumps[i]!.args).toEqual(args);
      expect(dumps[i]!.variables).toMatchObject(definitions[i]!.environment!);
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
      const files = systemd.render("verified", definition, marker, lab.facts);
      const { failed, stderr } = await run(systemd.verify("verified", files, lab.facts));
      expect({ definition, failed, stderr }).toEqual({ definition, failed: undefined, stderr: "" });
    }
    expect((await lab.host.run("ls -d /tmp/tmp.* 2>/dev/null")).stdout).toBe("");
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
      systemd.verify("broken", systemd.render("broken", definition, marker, lab.facts), lab.facts),
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
    const files = systemd.render("gitignore", definition, marker, lab.facts);
    const { failed, stderr } = await run(systemd.verify("gitignore", files, lab.facts));
    expect({ failed, stderr }).toEqual({ failed: undefined, stderr: words ? expect.stringContaining(words) : "" });
    expect(stderr).not.toContain("/tmp/");
    await lab.host.run("cat >/etc/systemd/system/gitignore.service; systemctl daemon-reload", {
      input: files[0]!.content,
    });
    const { stdout } = await lab.host.run(
      "systemctl show -p LoadState gitignore; rm /etc/systemd/system/gitignore.service",
    );
    expect(stdout).toContain("LoadState=loaded");
  });

  test("a remark beside what is ignored does not hide that", async () => {
    const service = { MemoryLimit: "1G", User: "ignorant", LimitNOFILE: "many" };
    const files = systemd.render("both", { ...sleeper, options: { systemd: { service } } }, marker, lab.facts);
    const { failed, stderr } = await run(systemd.verify("both", files, lab.facts));
    expect({ failed, stderr }).toEqual({
      failed: "verify",
      stderr: expect.stringMatching(/please use MemoryMax=[^]*Failed to parse resource value, ignoring: many/),
    });
  });

  test("verify as older releases of systemd have to do it", async () => {
    const older = { ...lab.facts, systemdVersion: 249 };
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
    expect((await lab.host.run("sha256sum </etc/systemd/system/life.service")).stdout.slice(0, 64)).toBe(
      made.files[0]!.sha256,
    );
    const uptime = Number((await lab.host.run("cut -d' ' -f1 /proc/uptime")).stdout);
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

    await lab.host.run(
      "mkdir -p /etc/systemd/system/life.service.d; echo '[Service]\nNice=1' >/etc/systemd/system/life.service.d/x.conf",
    );
    const { fields } = await run(systemd.removal("life", await read("life"), lab.facts));
    expect(fields.get("leftovers")).toBe("/etc/systemd/system/life.service.d/x.conf\n");
    await lab.host.run("rm -r /etc/systemd/system/life.service.d; systemctl daemon-reload");
    expect(await read("life")).toMatchObject({ installed: false, state: { status: "notInstalled" } });
    expect((await lab.host.run("find /etc/systemd -name '*life*'")).stdout).toBe("");
  });

  test.each(["a:b", "a@b", "x@y:z.1", "a.b", "a_b-c", "A1", "9"])("a service may be called %s", async (name) => {
    const said = await apply(name, sleeper, { startMode: "automatic", action: "start" });
    expect(said.failed).toBeUndefined();
    expect(await read(name)).toMatchObject({ startMode: "automatic", marker, state: { status: "running" } });
    const bad = { ...sleeper, options: { systemd: { service: { Foo: "1" } } } };
    expect((await run(systemd.verify(name, systemd.render(name, bad, marker, lab.facts), lab.facts))).stderr).toContain(
      `/etc/systemd/system/${name}.service:`,
    );
    expect(await run(systemd.removal(name, await read(name), lab.facts))).toMatchObject({
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
      await lab.host.run("systemctl enable --runtime soon");
      expect(await read("soon")).toMatchObject({ startMode: "manual" });
      if (change === "repair") {
        await apply("soon", sleeper, { startMode: "automatic" });
        expect(await read("soon")).toMatchObject({ startMode: "automatic", warnings: [] });
      } else await run(systemd.removal("soon", await read("soon"), lab.facts));
      expect((await lab.host.run("find /run/systemd/system -name 'soon*'")).stdout).toBe("");
    }
    expect((await lab.host.run("find /etc/systemd -name 'soon*'")).stdout).toBe("");
  });
});
