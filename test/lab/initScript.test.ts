import fc from "fast-check";
import type { HostKind, LabHost } from "../../lab";
import type { HostFacts } from "../../provider/posix/facts";
import type { Definition, Live } from "../../model/service";
import { anyText } from "../support/definitions";
import { facts as anyFacts, marker, MANAGERS, type ScriptManager } from "../support/initScripts";
import { managerOnHost } from "../support/managerOnHost";
import { describeWith } from "../support/requirements";
import { labHost } from "../support/hosts";

const where = [
  ["lsb", "sysvinit"],
  ["startStopDaemon", "sysvinit"],
  ["lsb", "systemd"],
  ["lsb", "openrc"],
] as const satisfies [ScriptManager, HostKind][];

describeWith(["lab"], "init scripts on real hosts", () => {
  const hosts = new Map<string, LabHost>();
  beforeAll(async () => {
    for (const kind of ["sysvinit", "systemd", "openrc"] as const) hosts.set(kind, await labHost({ kind }));
  });
  afterAll(async () => {
    for (const host of hosts.values()) await host.stop();
  });

  describe.each(where)("%s with %s", (managerName, init) => {
    const manager = MANAGERS[managerName];
    let host: LabHost;
    let facts: HostFacts;

    beforeAll(() => {
      host = hosts.get(init)!;
      facts = { ...anyFacts, init, initText: init };
    });

    const { run, readAll, read, apply, remove } = managerOnHost({
      manager,
      host: () => host,
      facts: () => facts,
      marker,
    });
    const script = (name: string, action: string) => host.run(`/etc/init.d/${name} ${action}`);
    const sleeper: Definition = { command: ["/bin/sleep", "1000"] };

    /** Looks until it is so; some things take their time. */
    async function until<T>(look: () => Promise<T>, right: (value: T) => boolean): Promise<T> {
      for (let i = 0; ; i++) {
        const value = await look();
        if (right(value) || i > 100) return value;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }

    /** What is the same with every init. */
    const onSysvinit = init === "sysvinit" ? test : () => {};

    onSysvinit("every argument and every variable arrives exactly as given, and nothing else", async () => {
      await host.run(`mkdir -p /run/dump; cat >/usr/local/bin/dump; chmod 755 /usr/local/bin/dump`, {
        input:
          '#!/bin/sh\ncat /proc/$$/environ >"$DUMP/environ"\ncat /proc/$$/cmdline >"$DUMP/cmdline.new"\nmv "$DUMP/cmdline.new" "$DUMP/cmdline"\nexec sleep 1000\n',
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
        ...(i % 2 ? { runAs: { user: "root" } } : {}),
      }));
      const names = definitions.map((_, i) => `dump-${i}`);
      const write = definitions.flatMap((definition, i) => {
        const files = manager.render(names[i]!, definition, marker, facts);
        return manager.steps({ name: names[i]!, action: "none", write: { files, remove: [] } }, {} as Live, {
          ...facts,
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
        expect(Object.fromEntries(variables)).toEqual({
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
        expect((await run(manager.removal(name, lives[i]!, { ...facts, init: "sysvinit" }))).failed).toBeUndefined();
      }
      expect(
        (await host.run("pgrep -x sleep; ls -d /run/pulumi-bots /var/log/pulumi-bots /etc/pulumi-bots")).stdout,
      ).toBe("");
    });

    test("a life: made, changed, stopped, removed", async () => {
      const definition: Definition = {
        ...sleeper,
        description: "Life",
        environment: { A: "1", B: "2" },
        secretEnvironment: ["B"],
        options: { [managerName]: { runlevels: [2, 3] } },
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
      const uptime = Number((await host.run("cut -d' ' -f1 /proc/uptime")).stdout);
      expect(Math.abs(uptime - made.state.startedUptime!)).toBeLessThan(20);
      expect((await host.run("cat /var/run/life.pid")).stdout.trim()).toBe(String(made.state.pid));
      expect((await host.run(`cat /proc/${made.state.pid}/comm`)).stdout).toBe("sleep\n");
      expect((await script("life", "status")).code).toBe(0);
      const links = init === "openrc" ? "ls /etc/runlevels/default" : "ls /etc/rc[23].d";
      expect((await host.run(`${links} | grep -c life`)).stdout).toBe(init === "openrc" ? "1\n" : "2\n");
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
        (await host.run("pgrep -x sleep; find /etc /run /var/run/ /var/log /var/lock /tmp -name '*life*' 2>/dev/null"))
          .stdout,
      ).toBe("");
      expect((await host.run("systemctl list-units --all --no-legend 'life*' 2>/dev/null")).stdout).toBe("");
    });

    test("a killed program has failed, and a start brings it back", async () => {
      await apply("kill", sleeper, { action: "start" });
      const first = await read("kill");
      await host.run(`kill -9 ${first.state.pid}`);
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
      expect((await run([manager.logStep("loop", definition, 2)])).fields.get("log")).toContain(
        "going down\ngoing down",
      );
      expect((await host.run(manager.logHint("loop", definition))).stdout).toContain("going down");
      expect((await host.run("stat -c '%U %a' /var/log/pulumi-bots/loop.log")).stdout).toBe("root 640\n");

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
      await host.run(`kill -9 ${before.state.pid}`);
      const after = await until(
        () => read("loop"),
        ({ state }) => state.restartCount === 1 && state.status === "running",
      );
      expect(after.state).toMatchObject({ status: "running", restartCount: 1 });
      expect(after.state.incarnation).not.toBe(before.state.incarnation);
      await remove("loop");
      expect((await host.run("pgrep -x sleep; pgrep -f '[/]etc/init.d/loop'")).stdout).toBe("");
    });

    test("a supervisor that was killed leads to no second copy", async () => {
      await apply("guard", { ...sleeper, restart: { policy: "always", delaySeconds: 0.2 } }, { action: "start" });
      const supervisor = "sed -n s/^supervisor=//p /run/pulumi-bots/guard";
      await host.run(`kill -9 $(${supervisor})`);
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
      await host.run(`kill -9 ${alone.state.pid}`);
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
      await host.run(`kill -9 $(${supervisor})`);
      await apply("guard", undefined, { action: "stop" });
      expect((await host.run("pgrep -x sleep; pgrep -f '[/]etc/init.d/guard'")).stdout).toBe("");
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
      [
        "who does not listen is killed",
        "trap '' TERM; sleep 500; sleep 1000",
        { mode: "mixed", timeoutSeconds: 1 },
        "",
      ],
      ["another signal", "trap '' TERM; exec sleep 1000", { signal: "SIGINT", timeoutSeconds: 60 }, ""],
      ["children that do not listen", `${children} & exec sleep 1000`, { mode: "mixed", timeoutSeconds: 30 }, ""],
      ...(managerName === "lsb"
        ? ([
            ["all are asked", "sleep 500 & sleep 501 & wait", { mode: "group", timeoutSeconds: 30 }, ""],
            [
              "a signal of real time",
              "trap '' TERM; exec sleep 1000",
              { signal: "SIGRTMIN+3", timeoutSeconds: 60 },
              "",
            ],
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
          await host.run(
            "for p in $(pgrep -x sleep); do tr '\\0' '\\n' </proc/$p/cmdline | sed -n 2p; done; pkill -x sleep",
          )
        ).stdout,
      ).toBe(left);
      await remove("ends");
    });

    test("user, groups, folder, umask, session, and nothing of the caller's", async () => {
      await host.run(
        "useradd -m worker 2>/dev/null; groupadd extra 2>/dev/null; usermod -aG extra worker; mkdir -p '/srv/a b'; chmod 777 '/srv/a b'",
      );
      const look =
        'id -un; id -gn; id -Gn; pwd; umask; echo "$HOME $USER $LOGNAME"; ls /proc/self/fd | tr "\\n" " "; echo; cut -d" " -f6 /proc/$$/stat; echo $$; grep -E "Sig(Ign|Blk)" /proc/self/status; tr "\\0" " " </proc/$$/cmdline | wc -w';
      const definition: Definition = {
        command: ["/bin/sh", "-c", `{ ${look}; } >'/srv/a b/out'; exec sleep 1000`],
        runAs: { user: "worker" },
        workingDirectory: "/srv/a b",
        umask: "0027",
      };
      expect((await apply("who", definition, { action: "start" })).failed).toBeUndefined();
      const { state } = await read("who");
      expect(state.status).toBe("running");
      const lines = (await host.run("cat '/srv/a b/out'")).stdout.split("\n");
      expect(lines.slice(0, 6)).toEqual([
        "worker",
        "worker",
        "worker extra",
        "/srv/a b",
        "0027",
        "/home/worker worker worker",
      ]);
      expect(lines[6]!.split(" ").filter((one) => /^\d$/.test(one))).toEqual(["0", "1", "2", "3"]);
      expect(lines[8]).toBe(String(state.pid));
      expect(lines[7]).toBe(lines[8]);
      expect(lines.slice(9, 11).map((line) => line.split(/\s+/)[1])).toEqual(["0000000000000000", "0000000000000000"]);
      await apply("who", { ...definition, runAs: { group: "extra" } }, { action: "restart" });
      const group = (await host.run("cat '/srv/a b/out'")).stdout.split("\n");
      expect(group.slice(0, 2)).toEqual(["root", "extra"]);
      await remove("who");
    });

    test("reload does what is said, or says that it can't", async () => {
      await apply("again", sleeper, { action: "start" });
      expect((await script("again", "reload")).code).toBe(3);
      const trap = "trap 'echo got it' HUP; while :; do sleep 0.1; done";
      const shell: Definition = { command: ["/bin/sh", "-c", trap], logs: { stdout: "/run/again.log" } };
      await apply("again", { ...shell, reload: { signal: "SIGHUP" } }, { action: "restart" });
      const { state } = await read("again");
      expect((await apply("again", undefined, { action: "reload" })).failed).toBeUndefined();
      expect(
        (
          await until(
            () => host.run("cat /run/again.log"),
            ({ stdout }) => stdout !== "",
          )
        ).stdout,
      ).toBe("got it\n");
      expect((await read("again")).state.incarnation).toBe(state.incarnation);
      const command = ["/bin/sh", "-c", 'echo "$1 $A $(id -un)" >/tmp/reloaded', "sh", "it's"];
      await apply(
        "again",
        {
          ...shell,
          runAs: { user: "nobody" },
          logs: { stdout: "discard" },
          environment: { A: "b" },
          secretEnvironment: ["A"],
          reload: { command },
        },
        { action: "restart" },
      );
      expect((await apply("again", undefined, { action: "reload" })).failed).toBeUndefined();
      expect((await host.run("cat /tmp/reloaded; rm -f /tmp/reloaded /run/again.log")).stdout).toBe("it's b nobody\n");
      await apply("again", undefined, { action: "stop" });
      expect((await script("again", "reload")).code).toBe(7);
      await remove("again");
    });

    test("codes of the Linux Standard Base", async () => {
      await apply("codes", sleeper, {});
      const code = async (action: string) => (await script("codes", action)).code;
      expect(await code("nonsense")).toBe(2);
      expect(await code("")).toBe(2);
      expect(await code("status")).toBe(3);
      expect(await code("try-restart")).toBe(0);
      expect(await code("status")).toBe(3);
      expect((await host.run("su -s /bin/sh nobody -c '/etc/init.d/codes start'")).code).toBe(4);
      expect(await code("start")).toBe(0);
      const { state } = await read("codes");
      expect((await host.run("su -s /bin/sh nobody -c '/etc/init.d/codes status'")).code).toBe(0);
      expect(await code("force-reload")).toBe(0);
      expect((await read("codes")).state.pid).not.toBe(state.pid);
      await apply("codes", undefined, { action: "stop" });
      await apply("codes", { command: ["/no/such"] }, {});
      const missing = await host.run("SYSTEMCTL_SKIP_REDIRECT=1 /etc/init.d/codes start");
      expect(missing).toMatchObject({ code: 5, stderr: expect.stringContaining("/no/such") });
      await remove("codes");
    });

    test("a pid that is used again is a stranger", async () => {
      await apply("reused", sleeper, { action: "start" });
      await host.run(
        "setsid sleep 77 </dev/null >/dev/null 2>&1 & echo $! >/run/stranger; kill -9 $(cat /run/reused.pid)",
      );
      await host.run(
        "sed -i s/^pid=.*/pid=$(cat /run/stranger)/ /run/pulumi-bots/reused; cp /run/stranger /run/reused.pid",
      );
      expect((await read("reused")).state.status).toBe("failed");
      expect((await apply("reused", undefined, { action: "stop" })).failed).toBeUndefined();
      expect((await host.run("kill -0 $(cat /run/stranger) && echo alive")).stdout).toBe("alive\n");
      expect((await apply("reused", undefined, { action: "start" })).failed).toBeUndefined();
      expect((await remove("reused")).failed).toBeUndefined();
      expect((await host.run("kill $(cat /run/stranger) && echo alive; rm /run/stranger")).stdout).toBe("alive\n");
    });

    test("a record that has gone is no second copy", async () => {
      await apply("lost", { command: ["/bin/sleep", "1000"] }, { action: "start" });
      const { state } = await read("lost");
      await host.run("rm -r /run/pulumi-bots");
      expect((await read("lost")).state).toMatchObject({
        status: "running",
        pid: state.pid,
        incarnation: state.incarnation,
      });
      expect((await script("lost", "start")).code).toBe(0);
      expect((await host.run("pgrep -xc sleep")).stdout).toBe("1\n");
      await remove("lost");
      expect((await host.run("pgrep -x sleep")).stdout).toBe("");
    });

    test("many starts at once are one", async () => {
      await apply("race", { ...sleeper, restart: { policy: "always" } }, {});
      await host.run(
        "for i in 1 2 3 4 5 6; do SYSTEMCTL_SKIP_REDIRECT=1 /etc/init.d/race start >/dev/null 2>&1 & done; wait",
      );
      expect((await host.run("pgrep -xc sleep")).stdout).toBe("1\n");
      await remove("race");
      expect((await host.run("pgrep -x sleep")).stdout).toBe("");
    });

    test("at boot or not, as the links say", async () => {
      await apply("boots", sleeper, { startMode: "automatic" });
      expect((await read("boots")).startMode).toBe("automatic");
      await apply("boots", undefined, { startMode: "manual" });
      expect((await read("boots")).startMode).toBe("manual");
      expect((await host.run("ls /etc/rc?.d | grep -c 'S..boots'")).stdout).toBe("0\n");
      await apply("boots", undefined, { startMode: "automatic" });
      if (init === "openrc") {
        expect((await host.run("ls -d /etc/runlevels/*/boots")).stdout).toBe("/etc/runlevels/default/boots\n");
        await remove("boots");
        expect((await host.run("ls -d /etc/runlevels/*/boots")).stdout).toBe("");
        return;
      }
      await host.run("rm /etc/rc3.d/S??boots");
      const some = await read("boots");
      expect(some).toMatchObject({
        startMode: "manual",
        unmapped: [{ line: expect.stringContaining("2, 4, 5, and its header says 2, 3, 4, 5") }],
      });
      // A write alone makes the links right again.
      await apply("boots", sleeper, {});
      expect(await read("boots")).toMatchObject({ startMode: "manual", unmapped: [] });
      await apply("boots", { ...sleeper, options: { [managerName]: { runlevels: [3] } } }, { startMode: "automatic" });
      expect(await read("boots")).toMatchObject({ startMode: "automatic", unmapped: [] });
      expect((await host.run("ls -d /etc/rc?.d/S??boots")).stdout).toMatch(/^\/etc\/rc3.d\/S\d\dboots\n$/);
      await remove("boots");
      expect((await host.run("ls /etc/rc?.d | grep boots")).stdout).toBe("");
    });

    // There insserv writes such lists, for all scripts at once.
    onSysvinit(
      "services that are made or removed at the same time are all in the lists that a host boots by",
      async () => {
        const names = [1, 2, 3, 4, 5, 6].map((i) => `together-${i}`);
        const listed = async () => {
          const words = new Set((await host.run("cat /etc/init.d/.depend.start")).stdout.split(/\s+/));
          return names.filter((name) => words.has(name));
        };
        await Promise.all(names.map((name) => apply(name, sleeper, { startMode: "automatic" })));
        expect(await listed()).toEqual(names);
        await Promise.all(names.slice(2).map(remove));
        expect(await listed()).toEqual(names.slice(0, 2));
        await Promise.all(names.slice(0, 2).map(remove));
      },
    );

    test("a host that restarts starts what is automatic, and nothing else", async () => {
      const supervised: Definition = { ...sleeper, restart: { policy: "always" } };
      await apply("up-auto", supervised, { startMode: "automatic", action: "start" });
      await apply("up-manual", sleeper, { startMode: "manual", action: "start" });
      const before = await read("up-auto");
      await host.reboot();
      const auto = await until(
        () => read("up-auto"),
        ({ state }) => state.status === "running",
      );
      expect(auto.state).toMatchObject({ status: "running", restartCount: 0 });
      expect(auto.state.incarnation).not.toBe(before.state.incarnation);
      expect((await read("up-manual")).state.status).toBe("stopped");
      await remove("up-auto");
      await remove("up-manual");
    });

    test.each<[string, object, string]>([
      [
        "a facility",
        { requiredStart: ["$network", "$no_such"] },
        'requiredStart[1]: nothing on this host provides "$no_such"',
      ],
      ["a script", { requiredStop: ["no-such"] }, 'requiredStop[0]: nothing on this host provides "no-such"'],
      ["a folder for the pid file", { pidFile: "/no/such/x.pid" }, "pidFile: there is no folder /no/such on this host"],
      [
        "a pid file that is a folder",
        { pidFile: "/var/run" },
        "pidFile: /var/run exists already and is not a pid file",
      ],
      [
        "a pid file that is no pid file",
        { pidFile: "/etc/passwd" },
        "pidFile: /etc/passwd exists already and is not a pid file",
      ],
    ])("what the host lacks is found before anything is touched: %s", async (_, own, words) => {
      const { failed, stderr } = await apply(
        "lacks",
        { ...sleeper, options: { [managerName]: own } },
        { action: "start" },
      );
      expect(failed).toBe("verify");
      expect(stderr.trim()).toBe(`options.${managerName}.${words}`);
      expect((await read("lacks")).installed).toBe(false);
    });

    test("a stop that takes longer than systemd waits for a script is refused", async () => {
      const { failed, stderr } = await apply("patient", { ...sleeper, stop: { timeoutSeconds: 295 } }, {});
      const refused =
        "stop.timeoutSeconds: must be at most 290 where systemd runs the init script, because systemd stops a script after 300 s\n";
      expect({ failed, stderr }).toEqual(init === "systemd" ? { failed: "verify", stderr: refused } : { stderr: "" });
      await remove("patient");
    });

    test("facilities and scripts that the host has are taken", async () => {
      const own = { requiredStart: ["$network", "$syslog", "$named", "$time", "ssh"] };
      expect((await apply("has", { ...sleeper, options: { [managerName]: own } }, {})).failed).toBeUndefined();
      await remove("has");
    });

    test("removal when half of it is gone, or all", async () => {
      const definition: Definition = {
        ...sleeper,
        environment: { A: "b" },
        secretEnvironment: ["A"],
        restart: { policy: "always" },
      };
      for (const spoil of [
        "rm /etc/init.d/half",
        "rm /etc/rc?.d/*half",
        "rm -r /etc/pulumi-bots",
        "rm /run/half.pid",
        "true",
      ]) {
        await apply("half", definition, { startMode: "automatic", action: "start" });
        expect((await read("half")).state.status).toBe("running");
        await host.run(spoil);
        for (let i = 0; i < 2; i++) expect((await remove("half")).failed).toBeUndefined();
        expect(await read("half")).toMatchObject({ installed: false, state: { status: "notInstalled" } });
        expect(
          (
            await host.run(
              "find /etc /run /var/log /tmp -name '*half*' 2>/dev/null; pgrep -x sleep; pgrep -f '[/]etc/init.d/half'",
            )
          ).stdout,
        ).toBe("");
      }
    });

    test("a log that has grown is moved away at the start", async () => {
      await host.run("mkdir -p /var/log/pulumi-bots; head -c 11000000 /dev/zero >/var/log/pulumi-bots/big.log");
      await apply("big", { command: ["/bin/sh", "-c", "echo fresh; exec sleep 1000"] }, { action: "start" });
      expect(
        (await host.run("cat /var/log/pulumi-bots/big.log; stat -c %s /var/log/pulumi-bots/big.log.1")).stdout,
      ).toBe("fresh\n11000000\n");
      await remove("big");
      expect((await host.run("ls -d /var/log/pulumi-bots")).stdout).toBe("");
    });

    test("somebody else's daemon becomes ours without a new process, when its restart is deferred", async () => {
      const foreign = `#!/bin/sh
### BEGIN INIT INFO
# Provides: theirs
# Required-Start: $remote_fs
# Required-Stop: $remote_fs
# Default-Start: 2 3 4 5
# Default-Stop: 0 1 6
# Short-Description: theirs
### END INIT INFO
case $1 in
  start) start-stop-daemon --start --background --make-pidfile --pidfile /var/run/theirs.pid --startas /bin/sleep -- 900 ;;
  stop) start-stop-daemon --stop --pidfile /var/run/theirs.pid; rm -f /var/run/theirs.pid ;;
esac
`;
      await host.run(
        "cat >/etc/init.d/theirs; chmod 755 /etc/init.d/theirs; update-rc.d theirs defaults; SYSTEMCTL_SKIP_REDIRECT=1 /etc/init.d/theirs start",
        { input: foreign },
      );
      const theirs = await read("theirs");
      expect(theirs).toMatchObject({
        installed: true,
        startMode: "automatic",
        state: { status: "running" },
        definition: {},
      });
      expect(theirs.marker).toBeUndefined();
      const definition: Definition = { command: ["/bin/sleep", "900"] };
      expect((await apply("theirs", definition, {})).failed).toBeUndefined();
      const ours = await read("theirs");
      expect(ours).toMatchObject({ marker, state: theirs.state });
      expect((await script("theirs", "start")).code).toBe(0);
      expect((await host.run("pgrep -xc sleep")).stdout).toBe("1\n");
      await apply("theirs", definition, { action: "restart" });
      expect((await read("theirs")).state.pid).not.toBe(theirs.state.pid);
      expect((await host.run("pgrep -xc sleep")).stdout).toBe("1\n");
      await remove("theirs");
      expect((await host.run("pgrep -x sleep; ls /etc/init.d/theirs /etc/rc?.d/*theirs")).stdout).toBe("");
    });
  });
});
