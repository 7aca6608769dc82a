import fc from "fast-check";
import type { Definition, Live } from "../../model/service";
import { marker } from "../support/definitions";
import { onEachInit } from "./support/initScriptHosts";
import { dumpsOf, programModel } from "./support/dumps";

onEachInit("init scripts on real hosts", (lab) => {
  const { manager, init, run, readAll, read, apply, remove, script, sleeper, until, onSysvinit } = lab;

  onSysvinit("every argument and every variable arrives exactly as given, and nothing else", async () => {
    await lab.host.run(`mkdir -p /run/dump; cat >/usr/local/bin/dump; chmod 755 /usr/local/bin/dump`, {
      input:
        '#!/bin/sh\ncat /proc/$$/environ >"$DUMP/environ"\ncat /proc/$$/cmdline >"$DUMP/cmdline.new"\nmv "$DUMP/cmdline.new" "$DUMP/cmdline"\nexec sleep 1000\n',
    });
    const cases = fc.sample(fc.record(programModel()), 40);
    const definitions = cases.map(({ args, plain, secret }, i): Definition => ({
      command: ["/usr/local/bin/dump", ...args],
      environment: { ...plain, ...secret, DUMP: `/run/dump/${i}` },
      ...(Object.keys(secret).length > 0 && { secretEnvironment: Object.keys(secret) }),
      ...(i % 2 ? { runAs: { user: "root" } } : {}),
    }));
    const names = definitions.map((_, i) => `dump-${i}`);
    const write = definitions.flatMap((definition, i) => {
      const files = manager.render(names[i]!, definition, marker, lab.facts);
      return manager.steps({ name: names[i]!, action: "none", write: { files, remove: [] } }, {} as Live, {
        ...lab.facts,
        init: "sysvinit",
      });
    });
    const start = {
      name: "start",
      script: names
        .map(
          (name, i) =>
            `mkdir -p /run/dump/${i} && LEAK=1 SYSTEMCTL_SKIP_REDIRECT=1 /etc/init.d/${name} start || return 1`,
        )
        .join("\n"),
    };
    expect((await run([...write, start])).failed).toBeUndefined();
    const dumps = await dumpsOf(lab.host, cases.length, (i, what) => `${i}/${what}`);
    for (const [i, { args }] of cases.entries()) {
      expect(dumps[i]!.args).toEqual(args);
      expect(dumps[i]!.variables).toEqual({
        PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        ...(i % 2 ? { HOME: "/root", USER: "root", LOGNAME: "root" } : {}),
        ...definitions[i]!.environment,
      });
    }
    const lives = await readAll(...names);
    lives.forEach(({ definition }, i) =>
      expect(manager.defaults(definition)).toEqual(manager.defaults(definitions[i]!)),
    );
    for (const [i, name] of names.entries()) {
      expect((await run(manager.removal(name, lives[i]!, { ...lab.facts, init: "sysvinit" }))).failed).toBeUndefined();
    }
    expect(
      (await lab.host.run("pgrep -x sleep; ls -d /run/pulumi-bots /var/log/pulumi-bots /etc/pulumi-bots")).stdout,
    ).toBe("");
  });

  test("a life: made, changed, stopped, removed", async () => {
    const definition: Definition = {
      ...sleeper,
      description: "Life",
      environment: { A: "1", B: "2" },
      secretEnvironment: ["B"],
      options: { [manager.name]: { runlevels: [2, 3] } },
    };
    expect((await apply("life", definition, { startMode: "automatic", action: "start" })).failed).toBeUndefined();
    const made = await read("life");
    expect(made).toMatchObject({
      ...{ installed: true, definition, startMode: "automatic", masked: false, marker, unmapped: [], overrides: [] },
      ...{ warnings: [], state: { status: "running", restartCount: 0, inTransit: false } },
    });
    expect(made.files).toEqual([
      { path: "/etc/init.d/life", owner: "root:root", mode: "0755", sha256: expect.any(String) },
      { path: "/etc/pulumi-bots/life.env", owner: "root:root", mode: "0600" },
    ]);
    const uptime = Number((await lab.host.run("cut -d' ' -f1 /proc/uptime")).stdout);
    expect(Math.abs(uptime - made.state.startedUptime!)).toBeLessThan(20);
    expect((await lab.host.run("cat /var/run/life.pid")).stdout.trim()).toBe(String(made.state.pid));
    expect((await lab.host.run(`cat /proc/${made.state.pid}/comm`)).stdout).toBe("sleep\n");
    expect((await script("life", "status")).code).toBe(0);
    const links = init === "openrc" ? "ls /etc/runlevels/default" : "ls /etc/rc[23].d";
    expect((await lab.host.run(`${links} | grep -c life`)).stdout).toBe(init === "openrc" ? "1\n" : "2\n");
    // Starting what runs is no second copy.
    expect((await script("life", "start")).code).toBe(0);
    expect((await read("life")).state.incarnation).toBe(made.state.incarnation);

    await apply("life", { ...sleeper, command: ["/bin/sleep", "2000"] }, { startMode: "manual", action: "restart" });
    const changed = await read("life");
    expect(changed).toMatchObject({
      definition: { command: ["/bin/sleep", "2000"] },
      startMode: "manual",
      state: { status: "running" },
    });
    expect(changed.state.incarnation).not.toBe(made.state.incarnation);
    expect((await run([manager.processesStep("life", {})])).fields.get("processes")).toBe(String(changed.state.pid));

    await apply("life", undefined, { action: "stop" });
    expect((await read("life")).state).toEqual({ status: "stopped", inTransit: false, restartCount: 0 });
    expect((await script("life", "stop")).code).toBe(0);
    expect((await script("life", "status")).code).toBe(3);

    expect((await remove("life")).failed).toBeUndefined();
    expect(await read("life")).toMatchObject({ installed: false, state: { status: "notInstalled" } });
    expect(
      (
        await lab.host.run(
          "pgrep -x sleep; find /etc /run /var/run/ /var/log /var/lock /tmp -name '*life*' 2>/dev/null",
        )
      ).stdout,
    ).toBe("");
    expect((await lab.host.run("systemctl list-units --all --no-legend 'life*' 2>/dev/null")).stdout).toBe("");
  });

  test("a killed program has failed, and a start brings it back", async () => {
    await apply("kill", sleeper, { action: "start" });
    const first = await read("kill");
    await lab.host.run(`kill -9 ${first.state.pid}`);
    expect(
      (
        await until(
          () => read("kill"),
          ({ state }) => state.status !== "running",
        )
      ).state,
    ).toMatchObject({
      status: "failed",
      reason: "the program exited, and its exit code is unknown",
    });
    expect((await script("kill", "status")).code).toBe(1);
    expect((await apply("kill", undefined, { action: "start" })).failed).toBeUndefined();
    expect((await read("kill")).state).toMatchObject({ status: "running" });
    await remove("kill");
  });

  test("a program that ends is started again, counted, and given up in the end", async () => {
    const definition: Definition = {
      command: ["/bin/sh", "-c", "echo going down >&2; sleep 0.2; exit 3"],
      restart: { policy: "onFailure", delaySeconds: 0.3, maxAttempts: 3 },
    };
    await apply("loop", definition, { action: "start" });
    const gaveUp = await until(
      () => read("loop"),
      ({ state }) => state.status === "failed",
    );
    expect(gaveUp.state).toEqual({
      ...{ status: "failed", reason: "exit code 3, gave up restarting it", restartCount: 2, inTransit: false },
    });
    expect((await run([manager.logStep("loop", definition, 2)])).fields.get("log")).toContain("going down\ngoing down");
    expect((await lab.host.run(manager.logHint("loop", definition))).stdout).toContain("going down");
    expect((await lab.host.run("stat -c '%U %a' /var/log/pulumi-bots/loop.log")).stdout).toBe("root 640\n");

    const waits: Definition = { ...definition, restart: { policy: "always", delaySeconds: 60 } };
    await apply("loop", waits, { action: "start" });
    const waiting = await until(
      () => read("loop"),
      ({ state }) => state.status === "flapping",
    );
    expect(waiting.state).toMatchObject({ status: "flapping", reason: "waits for its restart after exit code 3" });
    expect((await script("loop", "status")).code).toBe(1);

    const ends: Definition = { ...definition, command: ["/bin/sleep", "0.5"] };
    await apply("loop", ends, { action: "restart" });
    expect(
      (
        await until(
          () => read("loop"),
          ({ state }) => state.status !== "running",
        )
      ).state.status,
    ).toBe("stopped");

    await apply("loop", { ...sleeper, restart: { policy: "always", delaySeconds: 0.2 } }, { action: "restart" });
    const before = await read("loop");
    await lab.host.run(`kill -9 ${before.state.pid}`);
    const after = await until(
      () => read("loop"),
      ({ state }) => state.restartCount === 1 && state.status === "running",
    );
    expect(after.state).toMatchObject({ status: "running", restartCount: 1 });
    expect(after.state.incarnation).not.toBe(before.state.incarnation);
    await remove("loop");
    expect((await lab.host.run("pgrep -x sleep; pgrep -f '[/]etc/init.d/loop'")).stdout).toBe("");
  });

  test("a supervisor that was killed leads to no second copy", async () => {
    await apply("guard", { ...sleeper, restart: { policy: "always", delaySeconds: 0.2 } }, { action: "start" });
    const supervisor = "sed -n s/^supervisor=//p /run/pulumi-bots/guard";
    await lab.host.run(`kill -9 $(${supervisor})`);
    const alone = await until(
      () => read("guard"),
      ({ warnings }) => warnings.length > 0,
    );
    expect(alone.state.status).toBe("running");
    expect(alone.warnings.join()).toContain("its supervisor has exited");
    expect((await script("guard", "start")).code).toBe(0);
    const guarded = await until(
      () => read("guard"),
      ({ warnings }) => warnings.length === 0,
    );
    expect(guarded).toMatchObject({ warnings: [], state: { incarnation: alone.state.incarnation } });
    await lab.host.run(`kill -9 ${alone.state.pid}`);
    expect(
      (
        await until(
          () => read("guard"),
          ({ state }) => state.pid !== undefined && state.pid !== alone.state.pid,
        )
      ).state,
    ).toMatchObject({
      status: "running",
      restartCount: 1,
    });
    await lab.host.run(`kill -9 $(${supervisor})`);
    await apply("guard", undefined, { action: "stop" });
    expect((await lab.host.run("pgrep -x sleep; pgrep -f '[/]etc/init.d/guard'")).stdout).toBe("");
    await remove("guard");
  });

  const children = "/bin/sh -c 'trap \"\" TERM; sleep 500 & sleep 501 & wait; wait'";
  test.each<[string, string, Definition["stop"] & {}, string]>([
    [
      "who listens ends at once, with the children",
      "sleep 500 & exec sleep 1000",
      { mode: "mixed", timeoutSeconds: 30 },
      "",
    ],
    ["the main process alone", "sleep 500 & exec sleep 1000", { mode: "process", timeoutSeconds: 30 }, "500\n"],
    ["who does not listen is killed", "trap '' TERM; sleep 500; sleep 1000", { mode: "mixed", timeoutSeconds: 1 }, ""],
    ["another signal", "trap '' TERM; exec sleep 1000", { signal: "SIGINT", timeoutSeconds: 60 }, ""],
    ["children that do not listen", `${children} & exec sleep 1000`, { mode: "mixed", timeoutSeconds: 30 }, ""],
    ...(manager.name === "lsb"
      ? ([
          ["all are asked", "sleep 500 & sleep 501 & wait", { mode: "group", timeoutSeconds: 30 }, ""],
          ["a signal of real time", "trap '' TERM; exec sleep 1000", { signal: "SIGRTMIN+3", timeoutSeconds: 60 }, ""],
        ] as [string, string, Definition["stop"] & {}, string][])
      : []),
  ])("a stop: %s", async (_, shell, stop, left) => {
    await apply("ends", { command: ["/bin/sh", "-c", shell], stop }, { action: "start" });
    expect((await read("ends")).state.status).toBe("running");
    const began = Date.now();
    expect((await apply("ends", undefined, { action: "stop" })).failed).toBeUndefined();
    if (stop.timeoutSeconds! >= 30) expect(Date.now() - began).toBeLessThan(25_000);
    expect((await read("ends")).state.status).toBe("stopped");
    expect(
      (
        await lab.host.run(
          "for p in $(pgrep -x sleep); do tr '\\0' '\\n' </proc/$p/cmdline | sed -n 2p; done; pkill -x sleep",
        )
      ).stdout,
    ).toBe(left);
    await remove("ends");
  });
});
