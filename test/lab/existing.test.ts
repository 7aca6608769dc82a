import type { LabHost } from "../../lab";
import type { HostFacts } from "../../provider/posix/facts";
import type { Live, Marker } from "../../model/service";
import { lsb } from "../../provider/posix/managers/initScript";
import type { ExistingChange } from "../../provider/posix/managers/driver";
import { managerOnHost } from "../support/managerOnHost";
import { describeWith } from "../support/requirements";
import { labHost } from "../support/hosts";

const marker: Marker = {
  ownerId: "o1",
  urn: "urn:pulumi:prod::edi::bots:index:Service::web",
  definition: "d",
  triggers: "t",
};

const script = (name: string, start: string, stop: string) => `#!/bin/sh
### BEGIN INIT INFO
# Provides: ${name}
# Required-Start: $remote_fs $network
# Required-Stop: $remote_fs $network
# Default-Start: 2 3 4 5
# Default-Stop: 0 1 6
### END INIT INFO
case "$1" in start) ${start} ;; stop) ${stop} ;; esac
`;
const daemon = (name: string, more: string) => `start-stop-daemon --start -b -m -p /run/${name}.pid ${more}`;
const ssd = (name: string, more = "") => `start-stop-daemon --stop ${more} -p /run/${name}.pid`;

/** Daemons that look like another program than the one that their script starts. */
const SCRIPTS: Record<string, string> = {
  title: script("title", daemon("title", "--exec /opt/d"), ssd("title")),
  wrap: script("wrap", daemon("wrap", "--startas /opt/wrap"), ssd("wrap", "--oknodo")),
  envwrap: script("envwrap", daemon("envwrap", "--exec /usr/bin/env -- FOO=1 /opt/napd 222222"), ssd("envwrap")),
  profile: script(
    "profile",
    'su - app -c "exec /opt/napd 333333" & echo $! > /run/profile.pid',
    "kill $(cat /run/profile.pid)",
  ),
  drop: script("drop", daemon("drop", "--startas /opt/drop"), ssd("drop")),
  // Its stop says that all is well, and does nothing.
  liar: script("liar", daemon("liar", "--exec /opt/napd -- 444444"), "echo stopped"),
  // Its shells hold the streams of whoever calls it.
  holder: script(
    "holder",
    "/opt/napd 555555 & echo $! >/run/holder.pid; sleep 1000000 &",
    "kill $(cat /run/holder.pid)",
  ),
  // It could hit everybody.
  byname: script("byname", daemon("byname", "--exec /opt/napd -- 666666"), "killall napd"),
  // It says 1, and is well.
  grumbler: script("grumbler", `${daemon("grumbler", "--exec /opt/napd -- 777777")}; exit 1`, ssd("grumbler")),
};

const PREPARE = `
cp /bin/sleep /opt/napd
cat >/opt/d <<'END'
#!/usr/bin/perl
$0 = "d: master process"; sleep 1000000;
END
cat >/opt/drop <<'END'
#!/usr/bin/perl
use POSIX; umask 0; chdir "/tmp"; POSIX::setgid(65534); POSIX::setuid(65534); sleep 1000000;
END
printf '#!/bin/sh\\nexec /opt/napd 181818\\n' >/opt/wrap
chmod 755 /opt/*
useradd --create-home --shell /bin/sh app
printf 'export FROMPROFILE=yes; umask 027\\n' >/home/app/.profile`;

describeWith(["lab"], "init scripts of somebody else", () => {
  let host: LabHost;
  const facts = (): HostFacts => ({ init: "sysvinit", startStopDaemon: "dpkg" }) as HostFacts;

  beforeAll(async () => {
    host = await labHost({ kind: "sysvinit" });
    await host.run(PREPARE);
    for (const [name, text] of Object.entries(SCRIPTS)) {
      await host.run(`cat >/etc/init.d/${name} && chmod 755 /etc/init.d/${name}`, { input: text });
    }
  });
  afterAll(() => host?.stop());

  const { run, read, readAll, apply } = managerOnHost({ manager: lsb, host: () => host, facts, marker });

  const drive = async (name: string, change: Partial<ExistingChange>) =>
    run(lsb.existingSteps({ name, action: "none", ...change }, await read(name), facts()));
  const words = ({ state: { status, pid } }: Live) => (pid === undefined ? status : `${status} ${pid}`);
  const pidFile = async (name: string) => (await host.run(`cat /run/${name}.pid`)).stdout.trim();
  /** How many processes have such a command line; the brackets keep the pattern from finding itself. */
  const copies = async (word: string) => Number((await host.run(`pgrep -fc -- '${word}' || true`)).stdout.trim());
  const until = async (so: () => Promise<boolean>) => {
    for (let left = 100; left > 0 && !(await so()); left--) await new Promise((resolve) => setTimeout(resolve, 100));
  };

  describe.each([
    ["title", "^d:.[m]aster"],
    ["wrap", "nap[d].181818"],
    ["envwrap", "nap[d].222222"],
    ["profile", "^/opt/nap[d].333333"],
    ["drop", "/opt/dro[p]"],
  ])("%s", (name, word) => {
    test("is what its pid file names, and never two", async () => {
      expect(words(await read(name))).toBe("stopped");

      const started = await drive(name, { action: "start" });
      await until(async () => (await copies(word)) === 1); // su(1) in the background takes a moment
      expect([started.failed, await copies(word)]).toEqual([undefined, 1]);
      const first = await read(name);
      // The pid file of that one names su(1), by a line of which nothing is certain.
      if (name !== "profile") expect(words(first)).toBe(`running ${await pidFile(name)}`);
      expect(first.state.status).toBe("running");
      expect(first).toMatchObject({ definition: {}, unmapped: [] });
      expect(first.observed).toBeDefined();

      // What runs is not started a second time.
      const again = await run(lsb.existingSteps({ name, action: "start" }, first, facts()));
      expect([again.failed, await copies(word)]).toEqual(["start", 1]);
      expect(again.stderr).toContain(`${name} runs as pid ${first.state.pid}: it is not started a second time`);

      const restarted = await drive(name, { action: "restart" });
      await until(async () => (await copies(word)) === 1);
      expect([restarted.failed, await copies(word)]).toEqual([undefined, 1]);
      const second = await read(name);
      expect(second.state.status).toBe("running");
      expect(second.state.pid).not.toBe(first.state.pid);
    });

    test("is stopped when it was killed, and starts once", async () => {
      const { state } = await read(name);
      await host.run(`kill -9 ${state.pid}; pkill -9 -f -- '${word}'; true`);
      await until(async () => (await copies(word)) === 0);
      const killed = await read(name);
      expect(words(killed)).toBe("stopped");
      expect(killed.state.reason ?? "").toMatch(name === "profile" ? /^$/ : `names pid ${state.pid}, which is gone`);

      const started = await drive(name, { action: "start" });
      await until(async () => (await copies(word)) === 1);
      expect([started.failed, await copies(word)]).toEqual([undefined, 1]);
      expect((await read(name)).state.status).toBe("running");

      const stopped = await drive(name, { action: "stop" });
      expect([stopped.failed, await copies(word)]).toEqual([undefined, 0]);
      expect(words(await read(name))).toBe("stopped");
    });
  });

  test("what it has become is no definition", async () => {
    await drive("drop", { action: "start" });
    const live = await read("drop");
    expect(live.definition).toEqual({});
    expect(JSON.stringify(live.observed)).not.toMatch(/nobody|65534|\/tmp|0000/);
    await drive("drop", { action: "stop" });
  });

  test("a stop that lies is found out, and the process is asked to end", async () => {
    await drive("liar", { action: "start" });
    const { state } = await read("liar");
    const { failed, stderr } = await drive("liar", { action: "stop" });
    expect([failed, await copies("nap[d].444444")]).toEqual([undefined, 0]);
    expect(stderr).toContain(`its own stop left pid ${state.pid} running: SIGTERM is sent to it`);
  });

  test("shells that hold the streams do not keep the start", async () => {
    const before = Date.now();
    const { failed } = await drive("holder", { action: "start" });
    expect(failed).toBeUndefined();
    expect(Date.now() - before).toBeLessThan(60_000);
    expect((await read("holder")).state.status).toBe("running");
    await drive("holder", { action: "stop" });
    expect(await copies("nap[d].555555")).toBe(0);
  });

  test("a stop by name that would hit others is not asked for", async () => {
    await drive("byname", { action: "start" });
    await host.run("/opt/napd 999999 >/dev/null 2>&1 </dev/null & echo $! >/run/other");
    const refused = await drive("byname", { action: "stop" });
    expect(refused.failed).toBe("stop");
    expect(refused.stderr).toMatch(/stops by name .* could hit other processes: \d+ \(napd\)/);
    expect([await copies("nap[d].666666"), await copies("nap[d].999999")]).toEqual([1, 1]);

    await host.run("kill $(cat /run/other)");
    await until(async () => (await copies("nap[d].999999")) === 0);
    expect([(await drive("byname", { action: "stop" })).failed, await copies("nap[d].666666")]).toEqual([undefined, 0]);
  });

  test("a start that says 1 and works is a start", async () => {
    const { failed } = await drive("grumbler", { action: "start" });
    expect([failed, await copies("nap[d].777777")]).toEqual([undefined, 1]);
    await drive("grumbler", { action: "stop" });
  });

  test("a start that fails says why", async () => {
    await host.run("cat >/etc/init.d/broken; chmod 755 /etc/init.d/broken", {
      input: script("broken", "echo 'no configuration' >&2; exit 6", ":"),
    });
    const { failed, stderr } = await drive("broken", { action: "start" });
    expect(failed).toBe("start");
    expect(stderr).toContain("no configuration\n/etc/init.d/broken start: exit code 6");
  });

  test("it is enabled and disabled in the run levels of its header", async () => {
    await drive("liar", { startMode: "automatic" });
    expect((await read("liar")).startMode).toBe("automatic");
    expect((await host.run("ls -d /etc/rc[2345].d/S*liar | wc -l")).stdout.trim()).toBe("4");
    await drive("liar", { startMode: "manual" });
    expect((await read("liar")).startMode).toBe("manual");
  });

  test("files that it reads are watched, and one for root alone has no hash", async () => {
    await host.run("echo 'A=1' >/etc/default/wrap; echo 'B=secret' >/etc/default/title; chmod 600 /etc/default/title");
    await host.run(
      "sed -i '2i . /etc/default/title' /etc/init.d/title; sed -i '2i . /etc/default/wrap' /etc/init.d/wrap",
    );
    const [title, wrap] = await readAll("title", "wrap");
    const find = (live: Live | undefined, path: string) => live?.files.find((file) => file.path === path);
    expect(find(wrap, "/etc/default/wrap")).toMatchObject({ mode: "0644", sha256: expect.any(String) as string });
    expect(find(title, "/etc/default/title")).toEqual({ path: "/etc/default/title", owner: "root:root", mode: "0600" });
  });

  test("a script that we release stays as it is, with its process", async () => {
    const made = await apply("ours", { command: ["/opt/napd", "123456"] }, { action: "start", startMode: "automatic" });
    expect(made.failed).toBeUndefined();
    const before = await read("ours");
    expect(before.marker).toBeDefined();
    expect((await run(lsb.releaseSteps("ours", facts()))).failed).toBeUndefined();
    const after = await read("ours");
    expect(after.marker).toBeUndefined();
    expect([after.definition, after.startMode, words(after)]).toEqual([{}, "automatic", words(before)]);
    expect((await drive("ours", { action: "restart" })).failed).toBeUndefined();
    expect(await copies("nap[d].123456")).toBe(1);
    expect(words(await read("ours"))).toMatch(/^running \d+$/);
    expect((await drive("ours", { action: "stop" })).failed).toBeUndefined();
    expect([words(await read("ours")), await copies("nap[d].123456")]).toEqual(["stopped", 0]);
  });
});
