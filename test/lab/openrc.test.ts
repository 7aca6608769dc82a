import { readFileSync } from "node:fs";
import fc from "fast-check";
import type { LabHost } from "../../lab";
import type { Definition, Live } from "../../model/service";
import type { Change } from "../../provider/posix/managers/driver";
import { openrc } from "../../provider/posix/managers/openrc";
import { anyText } from "../support/definitions";
import { managerOnHost, type Outcome } from "../support/managerOnHost";
import { facts, marker } from "../support/openrcScripts";
import { describeWith } from "../support/requirements";
import { labHost } from "../support/hosts";

describeWith(["lab"], "OpenRC on a real host", () => {
  let host: LabHost;

  beforeAll(async () => {
    host = await labHost({ kind: "openrc" });
  });

  afterAll(() => host?.stop());

  const { run } = managerOnHost({ manager: openrc, host: () => host, facts: () => facts, marker });

  async function readAll(...names: string[]): Promise<Live[]> {
    const { fields, failed, stderr } = await run([openrc.fragment], names);
    if (failed !== undefined || stderr !== "") throw new Error(stderr);
    return names.map((name) => {
      const own = [...fields].filter(([key]) => key.startsWith(`${name}/`));
      return openrc.parse(name, {
        fields: new Map(own.map(([k, v]) => [k.slice(name.length + 1), v])),
        shared: new Map(),
      });
    });
  }
  const read = async (name: string) => (await readAll(name))[0]!;

  async function apply(name: string, definition: Definition | undefined, change: Partial<Change>): Promise<Outcome> {
    const live = await read(name);
    const files = definition ? openrc.render(name, definition, marker, facts) : [];
    const verify = definition ? openrc.verify(name, files, facts) : [];
    const remove = live.overrides;
    const write = definition ? { write: { files, remove } } : {};
    return run([...verify, ...openrc.steps({ name, action: "none", ...write, ...change }, live, facts)]);
  }

  const remove = async (name: string) => run(openrc.removal(name, await read(name), facts));

  /** Looks until it is so: some things take OpenRC a moment. */
  async function until(name: string, so: (live: Live) => boolean): Promise<Live> {
    for (let tries = 0; ; tries++) {
      const live = await read(name);
      if (so(live) || tries > 40) return live;
      await host.run("sleep 0.25");
    }
  }

  /** How many `sleep`s of so many seconds run, whoever started them. */
  const copies = async (seconds: number) => {
    const { stdout } = await host.run("for p in $(pidof sleep); do tr '\\0' ' ' </proc/$p/cmdline; echo; done");
    return stdout.split("\n").filter((line) => line.trim().endsWith(`sleep ${seconds}`)).length;
  };

  const sleeper: Definition = { command: ["/bin/sleep", "1000"] };
  const always = { policy: "always", delaySeconds: 1, maxAttempts: 3 } as const;
  const modes: [string, Definition][] = [
    ["supervise-daemon", { ...sleeper, restart: always }],
    ["start-stop-daemon", { ...sleeper, restart: { policy: "never" } }],
  ];

  test("every argument and every variable arrives exactly as given", async () => {
    await host.run(`mkdir -p /run/dump; chmod 777 /run/dump; cat >/usr/local/bin/dump; chmod 755 /usr/local/bin/dump`, {
      input:
        '#!/bin/sh\ncat /proc/$$/cmdline >"$DUMP.cmdline.new"\ncat /proc/$$/environ >"$DUMP.environ"\nmv "$DUMP.cmdline.new" "$DUMP.cmdline"\nexec sleep 1000\n',
    });
    const variable = fc.stringMatching(/^[A-Z][A-Z0-9_]{0,5}X$/);
    const cases = fc.sample(
      fc.record({
        args: fc.array(anyText, { maxLength: 6 }),
        plain: fc.dictionary(variable, anyText),
        secret: fc.dictionary(variable, anyText),
      }),
      40,
    );
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
    const { stdout } = await host.run(
      `cd /run/dump; for i in $(seq 0 ${cases.length - 1}); do base64 -w0 $i.cmdline; echo; base64 -w0 $i.environ; echo; done`,
    );
    const dumps = stdout.split("\n").map((line) => Buffer.from(line, "base64").toString().split("\0").slice(0, -1));
    for (const [i, { args }] of cases.entries()) {
      expect(dumps[2 * i]!.slice(2)).toEqual(args);
      const variables = dumps[2 * i + 1]!.map((line) => [
        line.slice(0, line.indexOf("=")),
        line.slice(line.indexOf("=") + 1),
      ]);
      const { PULUMI_BOTS_SERVICE: mark, PWD: _, ...seen } = Object.fromEntries(variables) as Record<string, string>;
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
    expect((await host.run("ls -d /etc/pulumi-bots /var/log/pulumi-bots; ls /etc/init.d | grep dump")).stdout).toBe("");
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
    const { stdout: proc } = await host.run(
      `readlink /proc/${pid}/cwd; grep -i umask /proc/${pid}/status; stat -c %U /proc/${pid}; cat /proc/${pid}/comm`,
    );
    expect(proc).toBe("/tmp\nUmask:\t0027\nnobody\nsleep\n");
    expect((await host.run("rc-service life status")).code).toBe(0);
    const uptime = Number((await host.run("cut -d' ' -f1 /proc/uptime")).stdout);
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
    await host.run("mkdir -p /etc/conf.d; echo 'umask=0077' >/etc/conf.d/life");
    expect(await read("life")).toMatchObject({
      overrides: ["/etc/conf.d/life"],
      unmapped: [{ file: "/etc/conf.d/life", line: "umask=0077" }],
    });
    const { fields, failed } = await remove("life");
    expect(failed).toBeUndefined();
    expect(fields.get("leftovers")).toBe("/etc/conf.d/life\n");
    await host.run("rm /etc/conf.d/life");
    expect(await read("life")).toMatchObject({ installed: false, state: { status: "notInstalled" } });
    expect((await host.run("find /etc /run /var/log -name '*life*' -not -path '/run/dump/*'")).stdout).toBe("");
    expect(await copies(2000)).toBe(0);
  });

  test("a program that is killed comes back under supervise-daemon, and the restarts are counted", async () => {
    await apply("killed", { ...sleeper, restart: always }, { action: "start" });
    const { state } = await until("killed", (live) => live.state.status === "running");
    await host.run(`kill -9 ${state.pid}`);
    expect((await read("killed")).state).toMatchObject({
      status: "flapping",
      reason: expect.stringContaining("ended"),
    });
    const again = await until("killed", (live) => live.state.status === "running");
    expect(again.state.restartCount).toBe(1);
    expect(again.state.incarnation).not.toBe(state.incarnation);
    await remove("killed");
  });

  test("a program that is killed without a supervisor is failed, and starts again", async () => {
    await apply("killed", sleeper, { action: "start" });
    const { state } = await until("killed", (live) => live.state.status === "running");
    await host.run(`kill -9 ${state.pid}`);
    expect((await read("killed")).state).toMatchObject({ status: "failed", reason: expect.stringContaining("ended") });
    expect((await host.run("rc-service killed status")).code).toBe(32);
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
    ["OpenRC's own restart", (name) => host.run(`rc-service ${name} restart`)],
    ["stop and start by hand", (name) => host.run(`rc-service ${name} stop; rc-service ${name} start`)],
    ["a record that was zapped", (name) => host.run(`rc-service ${name} zap; rc-service ${name} start`)],
  ])("a supervisor that was killed: said, and never two copies after %s", async (_, again) => {
    await apply("orphan", { ...sleeper, restart: always }, { action: "start" });
    const before = await until("orphan", (live) => live.state.status === "running");
    await host.run("kill -9 $(cat /run/supervise-orphan.pid); sleep 0.2");
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
    expect((await host.run("stat -c '%U %a' /var/log/pulumi-bots/loop.log")).stdout).toBe("root 640\n");
    await apply("loop", { ...sleeper, restart: always }, { action: "start" });
    expect((await until("loop", (live) => live.state.status === "running")).state.restartCount).toBe(0);
    await remove("loop");
    expect((await host.run("ls /var/log/pulumi-bots")).code).not.toBe(0);
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
      await host.run("sleep 0.5");
      expect(await copies(3000)).toBe(1);
      expect(
        (await run([openrc.processesStep("stopped", {})])).fields.get("processes")!.split(" ").length,
      ).toBeGreaterThan(1);
      expect((await apply("stopped", undefined, { action: "stop" })).failed).toBeUndefined();
      expect((await host.run("cat /run/stop.log; rm /run/stop.log")).stdout).toBe("usr1\n");
      expect(await copies(3000)).toBe(mode === "process" ? 1 : 0);
      await host.run("for p in $(pidof sleep); do tr '\\0' ' ' </proc/$p/cmdline | grep -q 3000 && kill -9 $p; done");
    }
    await remove("stopped");
    const stubborn: Definition = {
      command: ["/bin/sh", "-c", "trap '' TERM; while :; do sleep 0.1; done"],
      stop: { timeoutSeconds: 1 },
    };
    await apply("stubborn", stubborn, { action: "start" });
    const { state } = await until("stubborn", (live) => live.state.status === "running");
    expect((await apply("stubborn", undefined, { action: "stop" })).failed).toBeUndefined();
    expect((await host.run(`kill -0 ${state.pid}`)).code).not.toBe(0);
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
    await host.run("sleep 0.3");
    expect((await apply("reloadable", undefined, { action: "reload" })).failed).toBeUndefined();
    await host.run("sleep 0.5");
    expect((await host.run("cat /run/reload.log")).stdout).toBe("again\n");
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
    expect((await host.run("cat /run/dump/reload.log")).stdout).toBe("nobody\na  b\n");
    await remove("reloadable");
    await host.run("rm /run/reload.log /run/dump/reload.log");
  });

  test("dependencies: what is wanted is started first; what is not there is named before anything is touched", async () => {
    await apply("queue", { ...sleeper, restart: always }, {});
    await apply("web", { ...sleeper, restart: always, requires: ["queue"] }, { action: "start" });
    expect((await read("queue")).state.status).toBe("running");
    expect((await read("web")).state.status).toBe("running");
    const needs = (need: string[]): Definition => ({ ...sleeper, options: { openrc: { need } } });
    const [missing] = [await apply("web", needs(["queue", "nowhere"]), {})];
    expect(missing).toMatchObject({
      failed: "verify",
      stderr: expect.stringContaining("options.openrc.need[1]: there is no service nowhere"),
    });
    expect((await read("web")).definition.requires).toEqual(["queue"]);
    const uses: Definition = { ...sleeper, requires: ["queue"], options: { openrc: { use: ["no-logger"] } } };
    const remarked = await apply("web", uses, {});
    expect(remarked.failed).toBeUndefined();
    expect(remarked.stderr).toContain("options.openrc.use[0]: there is no service no-logger");
    // In the same second, several times over: the cache of dependencies goes by time.
    expect((await apply("web", needs(["queue"]), { action: "restart" })).failed).toBeUndefined();
    expect((await apply("web", needs(["sudo"]), { action: "restart" })).failed).toBeUndefined();
    await apply("queue", undefined, { action: "stop" });
    expect((await until("web", (live) => live.state.status === "running")).state.status).toBe("running");
    await remove("web");
    await remove("queue");
  });

  test("run levels: another one is a changed property, put right with the next write", async () => {
    await apply("levels", sleeper, { startMode: "automatic" });
    await host.run("rc-update del levels default; rc-update add levels boot");
    expect(await read("levels")).toMatchObject({
      startMode: "automatic",
      definition: { options: { openrc: { runlevel: "boot" } } },
    });
    await apply("levels", sleeper, {});
    expect(await read("levels")).toMatchObject({ definition: sleeper, links: ["/etc/runlevels/default/levels"] });
    await host.run("rc-update add levels boot");
    expect((await read("levels")).unmapped).toHaveLength(1);
    await apply("levels", { ...sleeper, options: { openrc: { runlevel: "boot" } } }, { startMode: "automatic" });
    expect(await read("levels")).toMatchObject({ links: ["/etc/runlevels/boot/levels"], unmapped: [] });
    await remove("levels");
  });

  describe("services that are not ours", () => {
    const foreign = async (name: string, ...lines: string[]) => {
      const input = ["#!/sbin/openrc-run", ...lines, ""].join("\n");
      await host.run(`cat >/etc/init.d/${name}; chmod 755 /etc/init.d/${name}`, { input });
    };
    /** All that a read could have touched. */
    const traces = async (name: string) =>
      (
        await host.run(
          `find /etc/init.d/${name} /etc/conf.d /etc/runlevels /run/openrc /run/*${name}* -printf '%p %T@ %i %l\\n' | sort`,
        )
      ).stdout;

    const supervised = ["supervisor=supervise-daemon", "command=/bin/sleep", "command_args=4000", "respawn_delay=1"];
    const background = [
      "command=/bin/sleep",
      "command_args='4000'",
      "command_background=true",
      "pidfile=/run/$RC_SVCNAME.pid",
    ];
    const ownFunctions = [
      "start() { start-stop-daemon --start --background --make-pidfile --pidfile /run/$SVCNAME.pid --exec /bin/sleep -- 4000; }",
      "stop() {",
      "  rm -f /run/$SVCNAME.pid",
      "}",
    ];
    const byHand = [
      "start() {",
      "  setsid sleep 4000 >/dev/null 2>&1 &",
      "  echo $! >/run/$SVCNAME.pid",
      "}",
      "stop() {",
      "  return 1",
      "}",
    ];

    test.each([
      ["with a supervisor", supervised],
      ["with start-stop-daemon", background],
      ["with functions of its own, and a stop that stops nothing", ownFunctions],
      ["with a start by hand, and a stop that fails", byHand],
    ])("%s: read without a trace, then taken over, and the old process is gone", async (_, lines) => {
      await foreign("hand", ...lines);
      await host.run("rc-update add hand; rc-service hand start; sleep 0.3");
      const before = await traces("hand");
      const first = await read("hand");
      const isData = lines === supervised || lines === background;
      expect(first).toMatchObject({ installed: true, startMode: "automatic", state: { status: "running" } });
      expect(first.definition.command).toEqual(isData ? ["/bin/sleep", "4000"] : undefined);
      expect(first.observed === undefined).toBe(isData);
      expect(await read("hand")).toEqual(first);
      expect(await traces("hand")).toBe(before);

      const wanted: Definition = { command: ["/bin/sleep", "5000"], restart: always };
      const { failed, stderr } = await apply("hand", wanted, { action: "restart", startMode: "automatic" });
      expect({ failed, stderr }).toMatchObject({ failed: undefined });
      expect(await until("hand", (live) => live.state.status === "running")).toMatchObject({
        definition: wanted,
        marker,
        unmapped: [],
        warnings: [],
      });
      expect([await copies(4000), await copies(5000)]).toEqual([0, 1]);
      expect((await remove("hand")).failed).toBeUndefined();
      expect([await copies(4000), await copies(5000)]).toEqual([0, 0]);
      expect((await host.run("find /etc /run /var/log -name '*hand*' -not -path '/run/dump/*'")).stdout).not.toContain(
        "init.d/hand",
      );
    });

    test.each([
      ["with a supervisor", supervised],
      ["with start-stop-daemon", background],
    ])("%s: the script becomes ours and the process stays; then stops like any", async (_, lines) => {
      await foreign("kept", ...lines);
      await host.run("rc-service kept start; sleep 0.3");
      const first = await read("kept");
      await apply("kept", first.definition, {});
      const ours = await read("kept");
      expect(ours).toMatchObject({
        marker,
        unmapped: [],
        warnings: [],
        state: { status: "running", incarnation: first.state.incarnation },
      });
      expect(openrc.defaults(ours.definition)).toEqual(openrc.defaults(first.definition));
      expect((await host.run("rc-service kept stop")).code).toBe(0);
      expect(await copies(4000)).toBe(0);
      expect((await read("kept")).state.status).toBe("stopped");
      await remove("kept");
    });

    test("one that is not ours is removed as well", async () => {
      await foreign("gone", ...ownFunctions);
      await host.run("rc-update add gone; rc-service gone start; sleep 0.3");
      expect((await remove("gone")).failed).toBeUndefined();
      expect(await copies(4000)).toBe(0);
      expect((await host.run("find /etc /run/openrc -name '*gone*'")).stdout).toBe("");
    });

    test("an init script of another kind is not OpenRC's, and a removal leaves it alone", async () => {
      const [ssh, nothing] = await readAll("ssh", "nothing");
      expect(ssh).toMatchObject({ installed: false, state: { status: "notInstalled" } });
      expect(nothing).toMatchObject({ installed: false, state: { status: "notInstalled" } });
      expect((await remove("ssh")).failed).toBeUndefined();
      expect((await host.run("ls /etc/init.d/ssh /etc/runlevels/default/ssh && rc-service ssh status")).code).toBe(0);
    });
  });

  test("a removal of what is half gone", async () => {
    await apply("half", { ...sleeper, restart: always }, { action: "start", startMode: "automatic" });
    await until("half", (live) => live.state.status === "running");
    await host.run("rm /etc/init.d/half");
    expect(await read("half")).toMatchObject({ installed: false, state: { status: "running" } });
    expect((await remove("half")).failed).toBeUndefined();
    expect((await host.run("find /etc /run /var/log -name '*half*'")).stdout).toBe("");
    expect(await copies(1000)).toBe(0);
    expect((await remove("half")).failed).toBeUndefined();
  });

  test("a reboot brings up what is enabled, and nothing else", async () => {
    await apply("boots", { ...sleeper, restart: always, runAs: { user: "nobody" } }, { startMode: "automatic" });
    await apply("boots-once", sleeper, { startMode: "automatic" });
    await apply("boots-not", sleeper, { startMode: "manual" });
    await host.reboot();
    for (const name of ["boots", "boots-once"]) {
      expect(await until(name, (live) => live.state.status === "running")).toMatchObject({
        state: { status: "running" },
        warnings: [],
        unmapped: [],
      });
    }
    expect((await read("boots-not")).state.status).toBe("stopped");
    const { state } = await read("boots");
    const environ = (
      await host.run(`tr '\\0' '\\n' </proc/${state.pid}/environ | grep -v ^PULUMI_BOTS_SERVICE= | sort`)
    ).stdout;
    expect(environ).toBe(
      "HOME=/nonexistent\nLOGNAME=nobody\nPATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\nUSER=nobody\n",
    );
    for (const name of ["boots", "boots-once", "boots-not"]) await remove(name);
  });

  // Last: nothing of the host's own is left to fall back on. As on Alpine, but for its start-stop-daemon, which is OpenRC's.
  test("with BusyBox for the shell and all tools of the host", async () => {
    const binary = readFileSync("/usr/bin/busybox").toString("base64");
    const tools =
      "grep sed awk tr sort env id wc head tail sleep cat rm mkdir chown chmod mv readlink base64 ps kill cut";
    const set = await host.run(
      `base64 -d >/usr/local/bin/busybox && chmod 755 /usr/local/bin/busybox &&
      for tool in sh ${tools}; do
        for folder in /bin /usr/bin; do [ ! -e $folder/$tool ] || /usr/local/bin/busybox ln -sf /usr/local/bin/busybox $folder/$tool; done
      done`,
      { input: binary },
    );
    expect(set).toMatchObject({ code: 0, stderr: "" });
    for (const tool of ["/bin/sh", "/usr/bin/grep"]) {
      expect((await host.run(`readlink ${tool}`)).stdout).toBe("/usr/local/bin/busybox\n");
    }
    for (const [, base] of modes) {
      const definition: Definition = {
        ...base,
        command: ["/usr/local/bin/busybox", "sh", "-c", 'echo "$B"; while :; do sleep 1; done', "a  b*", "'\n\""],
        environment: { A: "1", B: "x  '\n y" },
        secretEnvironment: ["B"],
        runAs: { user: "nobody" },
        stop: { mode: "mixed" },
      };
      expect((await apply("bb", definition, { startMode: "automatic", action: "start" })).failed).toBeUndefined();
      const made = await until("bb", (live) => live.state.status === "running");
      expect(made).toMatchObject({
        definition,
        startMode: "automatic",
        unmapped: [],
        warnings: [],
        state: { status: "running" },
      });
      const argv = (await host.run(`cat /proc/${made.state.pid}/cmdline`)).stdout.split("\0");
      expect(argv.slice(0, -1)).toEqual(definition.command);
      expect((await run([openrc.logStep("bb", definition, 5)])).fields.get("log")).toBe("x  '\n y");
      expect((await apply("bb", definition, { action: "restart" })).failed).toBeUndefined();
      const again = await until("bb", (live) => live.state.status === "running");
      expect(again.state.incarnation).not.toBe(made.state.incarnation);
      expect((await run([openrc.processesStep("bb", definition)])).fields.get("processes")).toMatch(/^\d+( \d+)?$/);
      expect((await apply("bb", undefined, { action: "stop" })).failed).toBeUndefined();
      expect((await read("bb")).state.status).toBe("stopped");
      expect((await remove("bb")).failed).toBeUndefined();
    }
  });
});
