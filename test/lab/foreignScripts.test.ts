import { copyFileSync, readFileSync } from "node:fs";
import { startHost, type LabHost } from "../../lab";
import type { HostFacts } from "../../model/host";
import type { Live, Marker } from "../../model/service";
import type { Step } from "../../model/step";
import type { Change } from "../../provider/managers/manager";
import { lsb } from "../../provider/managers/initScript";
import {
  foreignFragment,
  foreignProcesses,
  parseForeign,
  startForeign,
  stopForeign,
  type Foreign,
} from "../../provider/managers/initScript/foreign";
import { emitted, ofName, withPrelude } from "../support/shell";
import { describeWith } from "../support/requirements";

const SHELLS = { dash: "dash", bash: "bash --posix", busybox: "busybox sh" };
const PROGRAM = "/opt/bots/bin/bots-webserver";
/** The kernel keeps 15 letters of a name, and start-stop-daemon --name looks for all of it. */
const LONG_PROGRAM = "/usr/local/bin/bots-webserver.py";

/** Around start-stop-daemon; `more` is the rest of its command line. */
const daemonForm = (more: string, stop = "start-stop-daemon --stop --verbose --pidfile $PIDFILE; rm -f $PIDFILE") => `
NAME=$(basename $0)
PIDFILE="/var/run/$NAME.pid"
case "$1" in
start) start-stop-daemon --start --verbose --background --pidfile $PIDFILE --make-pidfile ${more} ;;
stop) ${stop} ;;
esac
exit 0
`;

/** With the LSB's functions: its stop says that it has stopped what goes on. */
const lsbForm = (args: string) => `#!/bin/sh
### BEGIN INIT INFO
# Provides: web
# Required-Start: $remote_fs $network
# Required-Stop: $remote_fs $network
# Default-Start: 2 3 4 5
# Default-Stop: 0 1 6
# Short-Description: EDI pages
### END INIT INFO
. /lib/lsb/init-functions
DAEMON=${LONG_PROGRAM}
PIDFILE=/var/run/web.pid
ARGS="${args}"
case $1 in
start)
  if start_daemon -p $PIDFILE $DAEMON $ARGS & then
    sleep 1
    pidofproc $DAEMON > $PIDFILE
    log_success_msg "started"
  fi ;;
stop) killproc -p $PIDFILE $DAEMON; rm -f $PIDFILE; log_success_msg "stopped" ;;
reload) killproc -p $PIDFILE $DAEMON -signal USR1 ;;
esac
`;

const live = ({ definition, state, unmapped, warnings }: Foreign): Live => ({
  ...{ installed: true, startMode: "manual", masked: false, files: [], overrides: [] },
  ...{ definition, state, unmapped, warnings },
});

/** Reads and controls the scripts of a host as the operations of the provider would, past SSH. */
function scriptsOn(host: LabHost) {
  async function run(script: string, shell = "dash") {
    const { stdout, stderr, code } = await host.run(`exec ${shell} -s`, {
      input: withPrelude(script),
      timeout: 100_000,
    });
    return { fields: emitted(stdout), stderr, code };
  }

  async function install(name: string, script: string, mode = "755"): Promise<void> {
    await host.run(`cat >/etc/init.d/${name} && chmod ${mode} /etc/init.d/${name}`, { input: script });
  }

  async function read(name: string, shell?: string): Promise<Foreign> {
    const { fields, stderr, code } = await run(
      `for n in ${name}; do script=/etc/init.d/$n\n${foreignFragment}\ndone`,
      shell,
    );
    expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
    return parseForeign(name, ofName(name, fields), readFileSync(`${host.root}/etc/init.d/${name}`, "utf8"));
  }

  const isThere = async (pid: number | undefined) => (await host.run(`kill -0 ${pid}`)).code === 0;

  /** Starts by the script, and looks until the daemon is there. */
  async function start(name: string, shell?: string): Promise<Foreign> {
    const { code, stderr } = await run(startForeign(name, live(await read(name))), shell);
    expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
    for (let i = 0; i < 40; i++) {
      const found = await read(name);
      if (found.state.status === "running") return found;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    throw new Error(`${name} does not come up: ${stderr}`);
  }

  return { run, install, read, start, isThere };
}

describeWith(["lab", "busybox"], "hand-made init scripts on a real host", () => {
  let host: LabHost;
  beforeAll(async () => {
    host = await startHost({ kind: "sysvinit", without: ["timeout"] });
    on = scriptsOn(host);
    copyFileSync("/usr/bin/busybox", `${host.root}/usr/local/bin/busybox`);
    await host.run(`ln -s ${PROGRAM} ${LONG_PROGRAM}; ln -s /bin/sleep /usr/local/bin/napper`);
  });
  afterAll(() => host?.stop());

  let on: ReturnType<typeof scriptsOn>;

  describe.each(Object.entries(SHELLS))("in %s", (_, shell) => {
    test("Bots under start-stop-daemon: read twice alike, its own process found, stopped, started again", async () => {
      await host.run("chown -R bots: /srv/bots"); // the others run it as root
      await on.install("web", daemonForm(`--chuid bots --startas ${PROGRAM} -- -c/srv/bots/config`));
      const found = await on.start("web", shell);
      const listens = `for i in $(seq 100); do ss -Hltn sport = :${host.ports.web} | grep -q . && exit; sleep 0.1; done; exit 1`;
      expect((await host.run(listens)).code).toBe(0);
      expect(found.definition).toEqual({
        command: [PROGRAM, "-c/srv/bots/config"],
        runAs: { user: "bots" },
        logs: { stdout: "discard" },
      });
      expect(found).toMatchObject({ unmapped: [], warnings: [] });
      expect(await on.read("web", shell)).toEqual(found);
      expect(found.state.pid).toBe(Number((await host.run("cat /run/web.pid")).stdout));

      const { fields } = await on.run(
        `${foreignProcesses("web", found.definition)}\nemit processes "$processes"`,
        shell,
      );
      expect(fields.get("processes")).toBe(String(found.state.pid));

      expect(await on.run(stopForeign("web", live(found)), shell)).toMatchObject({ code: 0 });
      expect(await on.isThere(found.state.pid)).toBe(false);
      const stopped = await on.read("web", shell);
      expect(stopped.state).toEqual({ status: "stopped", restartCount: 0, inTransit: false });
      expect(stopped.definition).toEqual(found.definition);
      expect((await host.run("ls /run | grep pulumi")).stdout).toBe("");
    });

    test("a stop that says it did and did not is made good", async () => {
      await on.install("web", lsbForm("-c/srv/bots/config"), "644");
      const found = await on.start("web", shell);
      expect(found.definition).toMatchObject({
        displayName: "EDI pages",
        command: [LONG_PROGRAM, "-c/srv/bots/config"],
      });
      expect(found.warnings).toEqual([expect.stringMatching(/SIGUSR1/)]);
      await host.run("sh /etc/init.d/web stop");
      expect(await on.isThere(found.state.pid)).toBe(true);
      expect((await on.read("web", shell)).state).toEqual(found.state);
      expect(await on.run(stopForeign("web", live(found)), shell)).toMatchObject({ code: 0 });
      expect(await on.isThere(found.state.pid)).toBe(false);
    });

    test("the pid of a stranger in the pid file is never touched, and does not keep the daemon from being stopped", async () => {
      await on.install("web", daemonForm(`--startas ${PROGRAM} -- -c/srv/bots/config`));
      const found = await on.start("web", shell);
      const { stdout } = await host.run("sleep 1000 >/dev/null 2>&1 & echo $! | tee /run/web.pid");
      const again = await on.read("web", shell);
      expect(again.state).toEqual(found.state);
      const { code, stderr } = await on.run(stopForeign("web", live(again)), shell);
      expect(code).toBe(0);
      expect(stderr).toMatch(/names pid \d+, which is not web/);
      expect(await on.isThere(found.state.pid)).toBe(false);
      expect(await on.isThere(Number(stdout))).toBe(true);
      const stopped = await on.read("web", shell);
      expect(stopped.state).toMatchObject({ status: "stopped", reason: expect.stringMatching(/another program/) });
      await host.run(`kill ${stdout}; rm /run/web.pid`);
    });

    test("a script that hangs, holds what it was given and starts its program again does not hang us", async () => {
      const loop = "( while true; do /usr/local/bin/napper 4321; done ) &";
      await on.install(
        "loop",
        `#!/bin/sh\ncase $1 in\nstart) exec 7>&1 8>&2; ${loop}\n;;\nstop) echo none; while :; do sleep 1; done ;;\nesac\n`,
      );
      const found = await on.start("loop", shell);
      expect(found.definition.command).toEqual(["/usr/local/bin/napper", "4321"]);
      expect(found.warnings).toEqual([expect.stringMatching(/starts the program again/)]);
      const stop = live({ ...found, definition: { ...found.definition, stop: { timeoutSeconds: 1 } } });
      const script = stopForeign("loop", stop).replace("f_run stop 31", "f_run stop 2");
      expect(script).toContain("f_run stop 2");
      const { code, stderr } = await on.run(script, shell);
      expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringMatching(/has not ended within/) });
      expect((await host.run("pgrep -f '[n]apper 4321|init[.]d.loop'")).stdout).toBe("");
    });

    test("a daemon that does not listen is killed", async () => {
      await host.run("cat >/usr/local/bin/deaf && chmod 755 /usr/local/bin/deaf", {
        input: "#!/bin/sh\ntrap '' TERM INT\nwhile :; do sleep 1; done\n",
      });
      await on.install(
        "deaf",
        daemonForm("--startas deaf -- 'a b' ''").replace("--startas deaf", "--startas /usr/local/bin/deaf"),
      );
      const found = await on.start("deaf", shell);
      expect(found.definition.command).toEqual(["/usr/local/bin/deaf", "a b", ""]);
      const stop = live({ ...found, definition: { ...found.definition, stop: { timeoutSeconds: 1 } } });
      expect(await on.run(stopForeign("deaf", stop), shell)).toMatchObject({ code: 0 });
      expect(await on.isThere(found.state.pid)).toBe(false);
    });
  });

  test("two environments with the same program: only the one that is meant is stopped, and no script that kills by name is asked", async () => {
    const form = (config: string) => daemonForm(`--startas /bin/sleep -- ${config}`, "killall sleep");
    await on.install("one", form("7001"));
    await on.install("two", form("7002"));
    const [one, two] = [await on.start("one"), await on.start("two")];
    const { code, stderr } = await on.run(stopForeign("one", live(one)));
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(/stops by name/) });
    expect(await on.isThere(one.state.pid)).toBe(false);
    expect((await on.read("two")).state).toEqual(two.state);
    await on.run(stopForeign("two", live(two)));
    expect(await on.isThere(two.state.pid)).toBe(false);
  });

  test("our own manager takes one over with its process, restarts it as its own, goes back to it, and removes it", async () => {
    const facts: HostFacts = {
      ...{ machineId: host.machineId, hostName: host.name, uptime: 1, init: "sysvinit", initText: "sysvinit", uid: 0 },
      ...{ systemdVersion: 0, upstartVersion: "", startStopDaemon: "dpkg", tools: new Set<string>() },
    };
    const marker: Marker = {
      ...{ ownerId: "o", urn: "urn:pulumi:prod::edi::bots:index:Service::lies", definition: "d", triggers: "t" },
    };
    const read = async () => {
      const { fields } = await on.run(`set -- lies\n${lsb.fragment.script}`);
      return lsb.parse("lies", { fields: ofName("lies", fields), shared: fields });
    };
    const apply = async (steps: Step[]) => {
      for (const { name, script } of steps) {
        const { code, stderr } = await on.run(script);
        expect({ name, code, stderr }).toEqual({ name, code: 0, stderr });
      }
    };
    const copies = async () => (await host.run("pgrep -c -f 'sleep 777[7]'")).stdout.trim();
    const script = daemonForm("--startas /bin/sleep -- 7777", "echo stopped");
    await on.install("lies", script);
    await on.start("lies");

    const before = await read();
    expect(lsb.supports(before.definition)).toEqual([]);
    const write = (definition: Live["definition"]) => ({
      files: lsb.render("lies", definition, marker, facts),
      remove: [],
    });
    await apply(lsb.steps({ name: "lies", write: write(before.definition), action: "none" }, before, facts));
    const adopted = await read();
    expect(adopted.marker).toEqual(marker);
    expect(lsb.resolve(adopted.definition)).toEqual(lsb.resolve(before.definition));
    expect(adopted.state).toMatchObject({ status: "running", pid: before.state.pid });

    await on.install("lies", script);
    const changed = { ...before.definition, umask: "0027" };
    await apply(lsb.steps({ name: "lies", write: write(changed), action: "restart" }, await read(), facts));
    expect(await read()).toMatchObject({ definition: changed, state: { status: "running" } });
    expect(await copies()).toBe("1");

    await on.install("lies", script);
    const back: Change = { name: "lies", write: { files: [], remove: [] }, action: "restart" };
    await apply(lsb.steps(back, before, facts));
    const restored = await read();
    expect(restored).toMatchObject({ definition: before.definition, state: { status: "running" } });
    expect(await copies()).toBe("1");

    await apply(lsb.removal("lies", restored, facts));
    expect((await read()).installed).toBe(false);
    expect(await copies()).toBe("0");

    // A script that would start its daemon again ends when that is taken over; what reads the daemon's output does not.
    const reader = "while read -r line; do echo $line; done >/dev/null";
    const loop = `( while true; do /usr/local/bin/chatty; done | ${reader} ) &`;
    await host.run("cat >/usr/local/bin/chatty && chmod 755 /usr/local/bin/chatty", {
      input: "#!/bin/sh\nwhile :; do echo x; sleep 1; done\n",
    });
    await on.install("lies", `#!/bin/sh\ncase $1 in start) ${loop} ;; esac\n`);
    const watched = await on.start("lies");
    expect(watched.warnings).toEqual([expect.stringMatching(/starts the program again/)]);
    const alone = await read();
    await apply(lsb.steps({ name: "lies", write: write(alone.definition), action: "none" }, alone, facts));
    await host.run("sleep 2.5");
    expect((await read()).state).toMatchObject({ status: "running", pid: watched.state.pid });
    await apply(lsb.steps({ name: "lies", action: "restart" }, await read(), facts));
    await host.run("sleep 0.5");
    expect((await host.run("pgrep -c -f '^/bin/sh /usr/local/bin/chatty'")).stdout).toBe("1\n");
    await apply(lsb.removal("lies", await read(), facts));
  });
});

describeWith(["lab"], "hand-made init scripts under systemd", () => {
  let host: LabHost;
  beforeAll(async () => {
    host = await startHost({ kind: "systemd", bots: false, without: ["setsid"] });
  });
  afterAll(() => host?.stop());

  test("systemd is asked, so that it knows; a daemon that it does not know of, and one that has died, are dealt with", async () => {
    const on = scriptsOn(host);
    await on.install("nap", `#!/bin/sh${daemonForm("--exec /bin/sleep -- 7003")}`);
    await host.run("systemctl daemon-reload");
    const first = await on.start("nap");
    expect((await host.run(`systemctl is-active nap; cat /proc/${first.state.pid}/cgroup`)).stdout).toMatch(
      /^active\n.*nap\.service/,
    );
    expect(await on.read("nap")).toEqual(first);

    // It has died, and to systemd it is still active.
    await host.run(`kill ${first.state.pid}`);
    const second = await on.start("nap");
    expect(second.state.pid).not.toBe(first.state.pid);
    expect(await on.run(stopForeign("nap", live(second)))).toMatchObject({ code: 0, stderr: "" });
    expect((await host.run("systemctl is-active nap")).stdout).toBe("inactive\n");

    // Started by hand, past systemd.
    await host.run("/etc/init.d/nap start");
    const third = await on.read("nap");
    expect(third.state.status).toBe("running");
    expect(await on.run(stopForeign("nap", live(third)))).toMatchObject({ code: 0 });
    expect((await on.read("nap")).state).toEqual({ status: "stopped", restartCount: 0, inTransit: false });
  });
});
