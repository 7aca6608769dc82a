import type { Definition } from "../../model/service";
import { onEachInit } from "./support/initScriptHosts";

onEachInit("init scripts on real hosts: what each action does", (lab) => {
  const { read, apply, remove, script, sleeper, until } = lab;

  test("sets user, groups, folder, umask and session, and passes on nothing of the caller's", async () => {
    await lab.host.run(
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
    const lines = (await lab.host.run("cat '/srv/a b/out'")).stdout.split("\n");
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
    const group = (await lab.host.run("cat '/srv/a b/out'")).stdout.split("\n");
    expect(group.slice(0, 2)).toEqual(["root", "extra"]);
    await remove("who");
  });

  test("reload does what the definition says, or reports that it can't", async () => {
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
          () => lab.host.run("cat /run/again.log"),
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
    expect((await lab.host.run("cat /tmp/reloaded; rm -f /tmp/reloaded /run/again.log")).stdout).toBe(
      "it's b nobody\n",
    );
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
    expect((await lab.host.run("su -s /bin/sh nobody -c '/etc/init.d/codes start'")).code).toBe(4);
    expect(await code("start")).toBe(0);
    const { state } = await read("codes");
    expect((await lab.host.run("su -s /bin/sh nobody -c '/etc/init.d/codes status'")).code).toBe(0);
    expect(await code("force-reload")).toBe(0);
    expect((await read("codes")).state.pid).not.toBe(state.pid);
    await apply("codes", undefined, { action: "stop" });
    await apply("codes", { command: ["/no/such"] }, {});
    const missing = await lab.host.run("SYSTEMCTL_SKIP_REDIRECT=1 /etc/init.d/codes start");
    expect(missing).toMatchObject({ code: 5, stderr: expect.stringContaining("/no/such") });
    await remove("codes");
  });

  test("a reused pid is another process", async () => {
    await apply("reused", sleeper, { action: "start" });
    await lab.host.run(
      "setsid sleep 77 </dev/null >/dev/null 2>&1 & echo $! >/run/stranger; kill -9 $(cat /run/reused.pid)",
    );
    await lab.host.run(
      "sed -i s/^pid=.*/pid=$(cat /run/stranger)/ /run/pulumi-bots/reused; cp /run/stranger /run/reused.pid",
    );
    expect((await read("reused")).state.status).toBe("failed");
    expect((await apply("reused", undefined, { action: "stop" })).failed).toBeUndefined();
    expect((await lab.host.run("kill -0 $(cat /run/stranger) && echo alive")).stdout).toBe("alive\n");
    expect((await apply("reused", undefined, { action: "start" })).failed).toBeUndefined();
    expect((await remove("reused")).failed).toBeUndefined();
    expect((await lab.host.run("kill $(cat /run/stranger) && echo alive; rm /run/stranger")).stdout).toBe("alive\n");
  });

  test("a lost record leads to no second copy", async () => {
    await apply("lost", { command: ["/bin/sleep", "1000"] }, { action: "start" });
    const { state } = await read("lost");
    await lab.host.run("rm -r /run/pulumi-bots");
    expect((await read("lost")).state).toMatchObject({
      status: "running",
      pid: state.pid,
      incarnation: state.incarnation,
    });
    expect((await script("lost", "start")).code).toBe(0);
    expect((await lab.host.run("pgrep -xc sleep")).stdout).toBe("1\n");
    await remove("lost");
    expect((await lab.host.run("pgrep -x sleep")).stdout).toBe("");
  });

  test("many starts at once are one", async () => {
    await apply("race", { ...sleeper, restart: { policy: "always" } }, {});
    await lab.host.run(
      "for i in 1 2 3 4 5 6; do SYSTEMCTL_SKIP_REDIRECT=1 /etc/init.d/race start >/dev/null 2>&1 & done; wait",
    );
    expect((await lab.host.run("pgrep -xc sleep")).stdout).toBe("1\n");
    await remove("race");
    expect((await lab.host.run("pgrep -x sleep")).stdout).toBe("");
  });
});
