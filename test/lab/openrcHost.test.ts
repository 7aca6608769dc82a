import { readFileSync } from "node:fs";
import type { Definition } from "../../model/service";
import { openrc } from "../../provider/posix/managers/openrc";
import { describeWith } from "../support/requirements";
import { openrcHost } from "./support/openrcHost";
import { marker } from "../support/definitions";

describeWith(["lab"], "OpenRC on a real host, and what else it has", () => {
  const lab = openrcHost();
  const { run, readAll, read, apply, remove, until, copies, sleeper, always, modes } = lab;

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
    await lab.host.run("rc-update del levels default; rc-update add levels boot");
    expect(await read("levels")).toMatchObject({
      startMode: "automatic",
      definition: { options: { openrc: { runlevel: "boot" } } },
    });
    await apply("levels", sleeper, {});
    expect(await read("levels")).toMatchObject({ definition: sleeper, links: ["/etc/runlevels/default/levels"] });
    await lab.host.run("rc-update add levels boot");
    expect((await read("levels")).unmapped).toHaveLength(1);
    await apply("levels", { ...sleeper, options: { openrc: { runlevel: "boot" } } }, { startMode: "automatic" });
    expect(await read("levels")).toMatchObject({ links: ["/etc/runlevels/boot/levels"], unmapped: [] });
    await remove("levels");
  });

  describe("services that are not ours", () => {
    const foreign = async (name: string, ...lines: string[]) => {
      const input = ["#!/sbin/openrc-run", ...lines, ""].join("\n");
      await lab.host.run(`cat >/etc/init.d/${name}; chmod 755 /etc/init.d/${name}`, { input });
    };
    /** All that a read could have touched. */
    const traces = async (name: string) =>
      (
        await lab.host.run(
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
      await lab.host.run("rc-update add hand; rc-service hand start; sleep 0.3");
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
      expect(
        (await lab.host.run("find /etc /run /var/log -name '*hand*' -not -path '/run/dump/*'")).stdout,
      ).not.toContain("init.d/hand");
    });

    test.each([
      ["with a supervisor", supervised],
      ["with start-stop-daemon", background],
    ])("%s: the script becomes ours and the process stays; then stops like any", async (_, lines) => {
      await foreign("kept", ...lines);
      await lab.host.run("rc-service kept start; sleep 0.3");
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
      expect((await lab.host.run("rc-service kept stop")).code).toBe(0);
      expect(await copies(4000)).toBe(0);
      expect((await read("kept")).state.status).toBe("stopped");
      await remove("kept");
    });

    test("one that is not ours is removed as well", async () => {
      await foreign("gone", ...ownFunctions);
      await lab.host.run("rc-update add gone; rc-service gone start; sleep 0.3");
      expect((await remove("gone")).failed).toBeUndefined();
      expect(await copies(4000)).toBe(0);
      expect((await lab.host.run("find /etc /run/openrc -name '*gone*'")).stdout).toBe("");
    });

    test("an init script of another kind is not OpenRC's, and a removal leaves it alone", async () => {
      const [ssh, nothing] = await readAll("ssh", "nothing");
      expect(ssh).toMatchObject({ installed: false, state: { status: "notInstalled" } });
      expect(nothing).toMatchObject({ installed: false, state: { status: "notInstalled" } });
      expect((await remove("ssh")).failed).toBeUndefined();
      expect((await lab.host.run("ls /etc/init.d/ssh /etc/runlevels/default/ssh && rc-service ssh status")).code).toBe(
        0,
      );
    });
  });

  test("a removal of what is half gone", async () => {
    await apply("half", { ...sleeper, restart: always }, { action: "start", startMode: "automatic" });
    await until("half", (live) => live.state.status === "running");
    await lab.host.run("rm /etc/init.d/half");
    expect(await read("half")).toMatchObject({ installed: false, state: { status: "running" } });
    expect((await remove("half")).failed).toBeUndefined();
    expect((await lab.host.run("find /etc /run /var/log -name '*half*'")).stdout).toBe("");
    expect(await copies(1000)).toBe(0);
    expect((await remove("half")).failed).toBeUndefined();
  });

  test("a reboot brings up what is enabled, and nothing else", async () => {
    await apply("boots", { ...sleeper, restart: always, runAs: { user: "nobody" } }, { startMode: "automatic" });
    await apply("boots-once", sleeper, { startMode: "automatic" });
    await apply("boots-not", sleeper, { startMode: "manual" });
    await lab.host.reboot();
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
      await lab.host.run(`tr '\\0' '\\n' </proc/${state.pid}/environ | grep -v ^PULUMI_BOTS_SERVICE= | sort`)
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
    const set = await lab.host.run(
      `base64 -d >/usr/local/bin/busybox && chmod 755 /usr/local/bin/busybox &&
      for tool in sh ${tools}; do
        for folder in /bin /usr/bin; do [ ! -e $folder/$tool ] || /usr/local/bin/busybox ln -sf /usr/local/bin/busybox $folder/$tool; done
      done`,
      { input: binary },
    );
    expect(set).toMatchObject({ code: 0, stderr: "" });
    for (const tool of ["/bin/sh", "/usr/bin/grep"]) {
      expect((await lab.host.run(`readlink ${tool}`)).stdout).toBe("/usr/local/bin/busybox\n");
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
      const argv = (await lab.host.run(`cat /proc/${made.state.pid}/cmdline`)).stdout.split("\0");
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
