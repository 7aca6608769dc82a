import type { Definition } from "../../model/service";
import { onEachInit } from "./support/initScriptHosts";
import { marker } from "../support/definitions";

onEachInit("init scripts on real hosts, at boot and at the end", (lab) => {
  const { manager, init, read, apply, remove, script, sleeper, until, onSysvinit } = lab;

  test("starts at boot or not, as the links say", async () => {
    await apply("boots", sleeper, { startMode: "automatic" });
    expect((await read("boots")).startMode).toBe("automatic");
    await apply("boots", undefined, { startMode: "manual" });
    expect((await read("boots")).startMode).toBe("manual");
    expect((await lab.host.run("ls /etc/rc?.d | grep -c 'S..boots'")).stdout).toBe("0\n");
    await apply("boots", undefined, { startMode: "automatic" });
    if (init === "openrc") {
      expect((await lab.host.run("ls -d /etc/runlevels/*/boots")).stdout).toBe("/etc/runlevels/default/boots\n");
      await remove("boots");
      expect((await lab.host.run("ls -d /etc/runlevels/*/boots")).stdout).toBe("");
      return;
    }
    await lab.host.run("rm /etc/rc3.d/S??boots");
    const some = await read("boots");
    expect(some).toMatchObject({
      startMode: "manual",
      unmapped: [{ line: expect.stringContaining("2, 4, 5, and its header says 2, 3, 4, 5") }],
    });
    // A write alone makes the links right again.
    await apply("boots", sleeper, {});
    expect(await read("boots")).toMatchObject({ startMode: "manual", unmapped: [] });
    await apply("boots", { ...sleeper, options: { [manager.name]: { runlevels: [3] } } }, { startMode: "automatic" });
    expect(await read("boots")).toMatchObject({ startMode: "automatic", unmapped: [] });
    expect((await lab.host.run("ls -d /etc/rc?.d/S??boots")).stdout).toMatch(/^\/etc\/rc3.d\/S\d\dboots\n$/);
    await remove("boots");
    expect((await lab.host.run("ls /etc/rc?.d | grep boots")).stdout).toBe("");
  });

  // There insserv writes such lists, for all scripts at once.
  onSysvinit(
    "services that are made or removed at the same time are all in the lists that a host boots by",
    async () => {
      const names = [1, 2, 3, 4, 5, 6].map((i) => `together-${i}`);
      const listed = async () => {
        const words = new Set((await lab.host.run("cat /etc/init.d/.depend.start")).stdout.split(/\s+/));
        return names.filter((name) => words.has(name));
      };
      await Promise.all(names.map((name) => apply(name, sleeper, { startMode: "automatic" })));
      expect(await listed()).toEqual(names);
      await Promise.all(names.slice(2).map(remove));
      expect(await listed()).toEqual(names.slice(0, 2));
      await Promise.all(names.slice(0, 2).map(remove));
    },
  );

  test("a host that boots starts the automatic services, and no others", async () => {
    const supervised: Definition = { ...sleeper, restart: { policy: "always" } };
    await apply("up-auto", supervised, { startMode: "automatic", action: "start" });
    await apply("up-manual", sleeper, { startMode: "manual", action: "start" });
    const before = await read("up-auto");
    await lab.host.reboot();
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
    ["a pid file that is a folder", { pidFile: "/var/run" }, "pidFile: /var/run exists already and is not a pid file"],
    [
      "a pid file that is no pid file",
      { pidFile: "/etc/passwd" },
      "pidFile: /etc/passwd exists already and is not a pid file",
    ],
  ])("what the host lacks is found before anything is touched: %s", async (_, own, words) => {
    const { failed, stderr } = await apply(
      "lacks",
      { ...sleeper, options: { [manager.name]: own } },
      { action: "start" },
    );
    expect(failed).toBe("verify");
    expect(stderr.trim()).toBe(`options.${manager.name}.${words}`);
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
    expect((await apply("has", { ...sleeper, options: { [manager.name]: own } }, {})).failed).toBeUndefined();
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
      await lab.host.run(spoil);
      for (let i = 0; i < 2; i++) expect((await remove("half")).failed).toBeUndefined();
      expect(await read("half")).toMatchObject({ installed: false, state: { status: "notInstalled" } });
      expect(
        (
          await lab.host.run(
            "find /etc /run /var/log /tmp -name '*half*' 2>/dev/null; pgrep -x sleep; pgrep -f '[/]etc/init.d/half'",
          )
        ).stdout,
      ).toBe("");
    }
  });

  test("a log that has grown is moved away at the start", async () => {
    await lab.host.run("mkdir -p /var/log/pulumi-bots; head -c 11000000 /dev/zero >/var/log/pulumi-bots/big.log");
    await apply("big", { command: ["/bin/sh", "-c", "echo fresh; exec sleep 1000"] }, { action: "start" });
    expect(
      (await lab.host.run("cat /var/log/pulumi-bots/big.log; stat -c %s /var/log/pulumi-bots/big.log.1")).stdout,
    ).toBe("fresh\n11000000\n");
    await remove("big");
    expect((await lab.host.run("ls -d /var/log/pulumi-bots")).stdout).toBe("");
  });

  test("somebody else's daemon is adopted without a new process if its restart is deferred", async () => {
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
    await lab.host.run(
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
    expect((await lab.host.run("pgrep -xc sleep")).stdout).toBe("1\n");
    await apply("theirs", definition, { action: "restart" });
    expect((await read("theirs")).state.pid).not.toBe(theirs.state.pid);
    expect((await lab.host.run("pgrep -xc sleep")).stdout).toBe("1\n");
    await remove("theirs");
    expect((await lab.host.run("pgrep -x sleep; ls /etc/init.d/theirs /etc/rc?.d/*theirs")).stdout).toBe("");
  });
});
