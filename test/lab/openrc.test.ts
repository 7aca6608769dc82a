import fc from "fast-check";
import type { Definition, Live } from "../../model/service";
import { openrc } from "../../provider/posix/managers/openrc";
import { marker } from "../support/definitions";
import { facts } from "../support/openrcScripts";
import { describeWith } from "../support/requirements";
import { openrcHost } from "./support/openrcHost";
import { dumpsOf, programModel } from "./support/dumps";

describeWith(["lab"], "OpenRC on a real host", () => {
  const lab = openrcHost();
  const { run, readAll, read, apply, remove, until, copies, sleeper, always, modes } = lab;

  test("every argument and every variable arrives exactly as given", async () => {
    await lab.host.run(
      `mkdir -p /run/dump; chmod 777 /run/dump; cat >/usr/local/bin/dump; chmod 755 /usr/local/bin/dump`,
      {
        input:
          '#!/bin/sh\ncat /proc/$$/cmdline >"$DUMP.cmdline.new"\ncat /proc/$$/environ >"$DUMP.environ"\nmv "$DUMP.cmdline.new" "$DUMP.cmdline"\nexec sleep 1000\n',
      },
    );
    const cases = fc.sample(fc.record(programModel()), 40);
    const definitions = cases.map(({ args, plain, secret }, i): Definition => ({
      command: ["/usr/local/bin/dump", ...args],
      environment: { ...plain, ...secret, DUMP: `/run/dump/${i}` },
      ...(Object.keys(secret).length > 0 && { secretEnvironment: Object.keys(secret) }),
      ...(i % 2 === 0 ? { restart: always } : {}),
      ...(i % 4 > 1 ? { runAs: { user: "nobody" } } : {}),
    }));
    const names = definitions.map((_, i) => `dump-${i}`);
    const files = definitions.flatMap((definition, i) => openrc.render(names[i]!, definition, marker, facts));
    const write = openrc.steps({ name: "dump", action: "none", write: { files, remove: [] } }, {} as Live, facts);
    const start = { name: "start", script: names.map((name) => `rc-service ${name} start || return`).join("\n") };
    const arrived = {
      name: "wait",
      script: names
        .map((_, i) => `i=0; until [ -e /run/dump/${i}.cmdline ] || [ $((i += 1)) -gt 50 ]; do sleep 0.1; done`)
        .join("\n"),
    };
    expect((await run([...write, start, arrived])).failed).toBeUndefined();
    const dumps = await dumpsOf(lab.host, cases.length, (i, what) => `${i}.${what}`);
    for (const [i, { args }] of cases.entries()) {
      expect(dumps[i]!.args).toEqual(args);
      const { PULUMI_BOTS_SERVICE: mark, PWD: _, ...seen } = dumps[i]!.variables;
      expect(mark).toMatch(new RegExp(`^dump-${i}:\\d+$`));
      expect(seen).toEqual({
        PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        ...(i % 4 > 1 && { HOME: "/nonexistent", USER: "nobody", LOGNAME: "nobody" }),
        ...definitions[i]!.environment,
      });
    }
    const lives = await readAll(...names);
    lives.forEach(({ definition, state, unmapped }, i) => {
      expect(openrc.defaults(definition)).toEqual(openrc.defaults(definitions[i]!));
      expect({ status: state.status, unmapped }).toEqual({ status: "running", unmapped: [] });
    });
    for (const name of names) expect((await remove(name)).failed).toBeUndefined();
    expect((await lab.host.run("ls -d /etc/pulumi-bots /var/log/pulumi-bots; ls /etc/init.d | grep dump")).stdout).toBe(
      "",
    );
    expect(await copies(1000)).toBe(0);
  }, 180_000);

  test.each(modes)("a life under %s: made, changed, stopped, removed", async (_, base) => {
    const definition: Definition = {
      ...base,
      description: "Life",
      workingDirectory: "/tmp",
      umask: "0027",
      environment: { A: "1", B: "2" },
      secretEnvironment: ["B"],
      runAs: { user: "nobody" },
    };
    const made0 = await apply("life", definition, { startMode: "automatic", action: "start" });
    expect(made0.failed).toBeUndefined();
    const made = await until("life", ({ state }) => state.status === "running");
    expect(made).toMatchObject({
      ...{ installed: true, definition, startMode: "automatic", masked: false, marker, unmapped: [], overrides: [] },
      ...{ warnings: [], links: ["/etc/runlevels/default/life"] },
      state: { status: "running", restartCount: 0, inTransit: false },
    });
    expect(made.files).toEqual([
      { path: "/etc/init.d/life", owner: "root:root", mode: "0755", sha256: expect.any(String) },
      { path: "/etc/pulumi-bots/life.env", owner: "root:root", mode: "0600" },
    ]);
    const { pid } = made.state;
    const { stdout: proc } = await lab.host.run(
      `readlink /proc/${pid}/cwd; grep -i umask /proc/${pid}/status; stat -c %U /proc/${pid}; cat /proc/${pid}/comm`,
    );
    expect(proc).toBe("/tmp\nUmask:\t0027\nnobody\nsleep\n");
    expect((await lab.host.run("rc-service life status")).code).toBe(0);
    const uptime = Number((await lab.host.run("cut -d' ' -f1 /proc/uptime")).stdout);
    expect(Math.abs(uptime - made.state.startedUptime!)).toBeLessThan(10);
    expect((await run([openrc.processesStep("life", {})])).fields.get("processes")).toBe(String(pid));

    // Nothing restarts what is only described anew.
    await apply("life", { ...definition, description: "Another" }, {});
    expect((await read("life")).state.incarnation).toBe(made.state.incarnation);

    await apply("life", { ...base, command: ["/bin/sleep", "2000"] }, { startMode: "manual", action: "restart" });
    const changed = await until("life", ({ state }) => state.status === "running");
    expect(changed).toMatchObject({
      definition: { command: ["/bin/sleep", "2000"] },
      startMode: "manual",
      links: [],
      warnings: [],
    });
    expect(changed.state.incarnation).not.toBe(made.state.incarnation);
    expect([await copies(1000), await copies(2000)]).toEqual([0, 1]);

    expect((await apply("life", undefined, { action: "stop" })).failed).toBeUndefined();
    expect((await read("life")).state).toMatchObject({ status: "stopped" });
    expect(await copies(2000)).toBe(0);

    await apply("life", undefined, { action: "start", startMode: "automatic" });
    await lab.host.run("mkdir -p /etc/conf.d; echo 'umask=0077' >/etc/conf.d/life");
    expect(await read("life")).toMatchObject({
      overrides: ["/etc/conf.d/life"],
      unmapped: [{ file: "/etc/conf.d/life", line: "umask=0077" }],
    });
    const { fields, failed } = await remove("life");
    expect(failed).toBeUndefined();
    expect(fields.get("leftovers")).toBe("/etc/conf.d/life\n");
    await lab.host.run("rm /etc/conf.d/life");
    expect(await read("life")).toMatchObject({ installed: false, state: { status: "notInstalled" } });
    expect((await lab.host.run("find /etc /run /var/log -name '*life*' -not -path '/run/dump/*'")).stdout).toBe("");
    expect(await copies(2000)).toBe(0);
  });

  test("a program that is killed comes back under supervise-daemon, and the restarts are counted", async () => {
    await apply("killed", { ...sleeper, restart: always }, { action: "start" });
    const { state } = await until("killed", (live) => live.state.status === "running");
    await lab.host.run(`kill -9 ${state.pid}`);
    expect((await read("killed")).state).toMatchObject({
      status: "flapping",
      reason: expect.stringContaining("ended"),
    });
    // supervise-daemon notes the new process and the count one after the other.
    const again = await until("killed", ({ state }) => state.status === "running" && state.restartCount > 0);
    expect(again.state).toMatchObject({ status: "running", restartCount: 1 });
    expect(again.state.incarnation).not.toBe(state.incarnation);
    await remove("killed");
  });

  test("a program that is killed without a supervisor is failed, and starts again", async () => {
    await apply("killed", sleeper, { action: "start" });
    const { state } = await until("killed", (live) => live.state.status === "running");
    await lab.host.run(`kill -9 ${state.pid}`);
    expect((await read("killed")).state).toMatchObject({ status: "failed", reason: expect.stringContaining("ended") });
    expect((await lab.host.run("rc-service killed status")).code).toBe(32);
    expect((await apply("killed", undefined, { action: "start" })).failed).toBeUndefined();
    expect((await until("killed", (live) => live.state.status === "running")).state).toMatchObject({
      status: "running",
    });
    expect(await copies(1000)).toBe(1);
    await remove("killed");
    expect(await copies(1000)).toBe(0);
  });

  test.each<[string, (name: string) => Promise<unknown>]>([
    ["our restart", (name) => apply(name, undefined, { action: "restart" })],
    ["our start", (name) => apply(name, undefined, { action: "start" })],
    ["OpenRC's own restart", (name) => lab.host.run(`rc-service ${name} restart`)],
    ["stop and start by hand", (name) => lab.host.run(`rc-service ${name} stop; rc-service ${name} start`)],
    ["a record that was zapped", (name) => lab.host.run(`rc-service ${name} zap; rc-service ${name} start`)],
  ])("a supervisor that was killed: said, and never two copies after %s", async (_, again) => {
    await apply("orphan", { ...sleeper, restart: always }, { action: "start" });
    const before = await until("orphan", (live) => live.state.status === "running");
    await lab.host.run("kill -9 $(cat /run/supervise-orphan.pid); sleep 0.2");
    expect(await read("orphan")).toMatchObject({
      state: { status: "running", pid: before.state.pid },
      warnings: [expect.stringContaining("unsupervised")],
    });
    await again("orphan");
    const after = await until(
      "orphan",
      (live) => live.state.status === "running" && live.state.pid !== before.state.pid,
    );
    expect(after.warnings).toEqual([]);
    expect(await copies(1000)).toBe(1);
    await remove("orphan");
    expect(await copies(1000)).toBe(0);
  });

  test("a program that ends again and again: flapping, then failed, and its words are in the log", async () => {
    const loop: Definition = {
      command: ["/bin/sh", "-c", "echo going down >&2; exit 3"],
      restart: { policy: "always", delaySeconds: 1, maxAttempts: 3 },
    };
    await apply("loop", loop, { action: "start", startMode: "automatic" });
    const flapping = await until("loop", (live) => live.state.status === "flapping");
    expect(flapping.state.status).toBe("flapping");
    const failed = await until("loop", (live) => live.state.status === "failed");
    expect(failed.state).toMatchObject({ status: "failed", reason: expect.stringContaining("gave up") });
    const { fields } = await run([openrc.logStep("loop", loop, 20)]);
    expect(fields.get("log")).toBe("going down\ngoing down\ngoing down");
    expect((await lab.host.run("stat -c '%U %a' /var/log/pulumi-bots/loop.log")).stdout).toBe("root 640\n");
    await apply("loop", { ...sleeper, restart: always }, { action: "start" });
    expect((await until("loop", (live) => live.state.status === "running")).state.restartCount).toBe(0);
    await remove("loop");
    expect((await lab.host.run("ls /var/log/pulumi-bots")).code).not.toBe(0);
  });

  test("stop: the signal, the time-out, and what is left of its children", async () => {
    const program = (mode: "process" | "mixed" | "group"): Definition => ({
      command: ["/bin/sh", "-c", "trap '' TERM; sleep 3000 & trap 'echo usr1; exit' USR1; while :; do sleep 0.1; done"],
      restart: always,
      stop: { signal: "SIGUSR1", timeoutSeconds: 5, mode },
      logs: { stdout: "/run/stop.log" },
    });
    for (const mode of ["process", "mixed"] as const) {
      await apply("stopped", program(mode), { action: "start" });
      await until("stopped", (live) => live.state.status === "running");
      await lab.host.run("sleep 0.5");
      expect(await copies(3000)).toBe(1);
      expect(
        (await run([openrc.processesStep("stopped", {})])).fields.get("processes")!.split(" ").length,
      ).toBeGreaterThan(1);
      expect((await apply("stopped", undefined, { action: "stop" })).failed).toBeUndefined();
      expect((await lab.host.run("cat /run/stop.log; rm /run/stop.log")).stdout).toBe("usr1\n");
      expect(await copies(3000)).toBe(mode === "process" ? 1 : 0);
      await lab.host.run(
        "for p in $(pidof sleep); do tr '\\0' ' ' </proc/$p/cmdline | grep -q 3000 && kill -9 $p; done",
      );
    }
    await remove("stopped");
    const stubborn: Definition = {
      command: ["/bin/sh", "-c", "trap '' TERM; while :; do sleep 0.1; done"],
      stop: { timeoutSeconds: 1 },
    };
    await apply("stubborn", stubborn, { action: "start" });
    const { state } = await until("stubborn", (live) => live.state.status === "running");
    expect((await apply("stubborn", undefined, { action: "stop" })).failed).toBeUndefined();
    expect((await lab.host.run(`kill -0 ${state.pid}`)).code).not.toBe(0);
    await remove("stubborn");
  });

  test("reload: a signal, or a command that runs as the program's user", async () => {
    const reloadable: Definition = {
      command: ["/bin/sh", "-c", "trap 'echo again' HUP; while :; do sleep 0.1; done"],
      restart: always,
      logs: { stdout: "/run/reload.log" },
      reload: { signal: "SIGHUP" },
    };
    await apply("reloadable", reloadable, { action: "start" });
    const { state } = await until("reloadable", (live) => live.state.status === "running");
    await lab.host.run("sleep 0.3");
    expect((await apply("reloadable", undefined, { action: "reload" })).failed).toBeUndefined();
    await lab.host.run("sleep 0.5");
    expect((await lab.host.run("cat /run/reload.log")).stdout).toBe("again\n");
    expect((await read("reloadable")).state.incarnation).toBe(state.incarnation);
    const byCommand: Definition = {
      ...reloadable,
      runAs: { user: "nobody" },
      reload: { command: ["/bin/sh", "-c", 'id -un; echo "a  b"'] },
      logs: { stdout: "/run/dump/reload.log" },
    };
    await apply("reloadable", byCommand, { action: "restart" });
    await until("reloadable", (live) => live.state.status === "running");
    expect((await apply("reloadable", undefined, { action: "reload" })).failed).toBeUndefined();
    expect((await lab.host.run("cat /run/dump/reload.log")).stdout).toBe("nobody\na  b\n");
    await remove("reloadable");
    await lab.host.run("rm /run/reload.log /run/dump/reload.log");
  });
});
