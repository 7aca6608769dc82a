import { execFileSync } from "node:child_process";
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { dropKeptStep, keepStep, restoreStep } from "../../provider/posix/host/former";
import { probeResult, probeStep } from "../../provider/posix/host/probes";
import { describeWith } from "../support/requirements";
import { hostOverSsh, live, step } from "./support/hostOverSsh";

const GONE = ["flock", "timeout", "mktemp", "sha256sum", "setsid", "readlink", "base64", "stat", "curl"];

/** An old or small host: no systemd, hardly a tool, and `sh` is what it happens to be. */
describeWith(["lab", "busybox"], "a host that lacks about everything", () => {
  const on = hostOverSsh({ kind: "sysvinit", without: GONE });
  const { open, relayed, operate, fails, run, traces, eventually } = on;

  beforeAll(async () => {
    copyFileSync(
      execFileSync("which", ["busybox"], { encoding: "utf8" }).trim(),
      join(on.lab.root, "usr/local/bin/busybox"),
    );
    await on.lab.run("chmod 755 /usr/local/bin/busybox");
  });

  describe.each([
    ["dash", "/bin/dash"],
    ["bash", "/bin/bash"],
    ["BusyBox", "/usr/local/bin/busybox"],
  ])("with %s as sh", (_, shell) => {
    beforeAll(async () => {
      expect(await on.lab.run(`ln -sf ${shell} /bin/sh.new && mv /bin/sh.new /bin/sh`)).toMatchObject({ code: 0 });
    });

    test("says what it is", async () => {
      const facts = await open().facts(live());
      expect(facts).toMatchObject({ init: "sysvinit", startStopDaemon: "dpkg", uid: 0, machineId: on.lab.machineId });
      expect(GONE.filter((tool) => facts.tools.has(tool))).toEqual([]);
    });

    test("takes files, keeps the former ones, and puts them back, by root and by sudo", async () => {
      for (const login of [
        {},
        { user: "deploy", become: { method: "sudo" as const, password: on.lab.deployPassword } },
      ]) {
        await on.lab.run("rm -rf /srv/small; mkdir -p /srv/small/c; cd /srv/small; echo old | tee a >c/d; chmod 640 a");
        const paths = ["/srv/small/a", "/srv/small/b", "/srv/small/c/d"];
        const put = (path: string) => step(`put ${path} root root 0644 ${Buffer.from("new\0ä").toString("base64")}`);
        await operate(open(login), async (session) => {
          const result = await session.run([
            keepStep("web", "former", paths),
            ...paths.slice(0, 2).map(put),
            step("rm -r /srv/small/c; echo hi"),
          ]);
          expect(result).toMatchObject({ stderr: "hi\n" });
          expect(result.failed).toBeUndefined();
          expect(await run("cat /srv/small/a /srv/small/b | tr '\\0' '0'")).toBe("new0änew0ä");
          const back = await session.run([restoreStep("web"), step('emit_file a /srv/small/a; emit x "ä"')]);
          expect(Object.fromEntries(back.fields)).toEqual({ a: "old\n", x: "ä" });
          await session.run([dropKeptStep("web", ["former"])]);
        });
        expect(await run("cat /srv/small/c/d; rm -r /srv/small/c")).toBe("old");
        expect(await run("ls -lA /srv/small | sed 1d | cut -c1-10; ls -d /var/lib/pulumi-bots 2>&1; true")).toBe(
          "-rw-r-----\nls: cannot access '/var/lib/pulumi-bots': No such file or directory",
        );
      }
      await eventually(traces, "");
    });

    test("serves one operation at a time, and names the holder", async () => {
      const host = open();
      const log: string[] = [];
      await operate(
        host,
        async () => {
          const error = await fails(operate(open(), () => Promise.resolve(), { lockWaitSeconds: 1 }));
          expect(error).toMatchObject({ kind: "timeout" });
          expect(error.message).toMatch(/holds the lock of this service: urn:a\/b -> c, pid \d+ on the host, since 20/);
        },
        { holder: "urn:a/b -> c" },
      );
      await Promise.all(
        ["a", "b"].map((who) =>
          operate(open(), async (session) => {
            log.push(who);
            await session.run([step("sleep 0.3")]);
            log.push(who);
          }),
        ),
      );
      expect(["aabb", "bbaa"]).toContain(log.join(""));
      await eventually(traces, "");
    });

    test("takes the lock over from a shell that was killed", async () => {
      await fails(
        operate(open(), async (session) => {
          const { fields } = await session.run([step('emit pid "$$"')]);
          await on.lab.run(`kill -KILL ${fields.get("pid")}`);
          expect(await run("ls /run/lock | grep -c pulumi")).toBe("1");
          return session.run([step(":")]);
        }),
      );
      expect(await operate(open(), (session) => session.run([step(":")]), { lockWaitSeconds: 5 })).toMatchObject({
        done: ["step"],
      });
      await on.lab.run("kill $(pgrep -x sleep)"); // its watchdog would go by itself, later
      await eventually(traces, "");
    });

    test.each([
      "touch /run/lock/pulumi-bots-web.lock",
      "ln -s 1:2:3/x /run/lock/pulumi-bots-web.lock",
      "mkdir /run/lock/pulumi-bots-web.lock",
    ])("is not kept waiting by what a user lays where older versions had the lock: %s", async (lay) => {
      await on.lab.run(`su plain -s ${shell === "/bin/dash" ? "/bin/dash" : "/bin/bash"} -c '${lay}'`);
      const before = await run("ls -ld /run/lock/pulumi-bots-web.lock");
      expect(before).toContain(" plain ");
      await operate(open(), () => Promise.resolve(), { lockWaitSeconds: 0 });
      expect(await run("ls -ld /run/lock/pulumi-bots-web.lock; rm -r /run/lock/pulumi-bots-web.lock")).toBe(before);
    });

    test("finishes a block when the connection breaks, and unlocks", async () => {
      await on.lab.run("rm -rf /srv/cut");
      const relay = await relayed();
      const block = ["one", "two", "three"].map((name) =>
        step(`sleep 0.3; put /srv/cut/${name} root root 0600 aGk=; echo noise`, name),
      );
      const error = await fails(
        operate(open({ port: relay.port }), (session) => session.run(block), {
          onStep: (name) => name === "two" && setTimeout(() => relay.cut(), 100),
        }),
      );
      expect(error).toMatchObject({ kind: "lostConnection", message: expect.stringContaining("during `two`") });
      await eventually(() => run("ls -A /srv/cut | wc -l"), "3");
      await eventually(traces, "");
    });

    test.each([
      "sleep 600",
      "trap '' TERM; sleep 600 & wait; sleep 600",
      "pb_bounded 500 sh -c 'sleep 600; true' | cat",
    ])("ends `%s` when it is cancelled", async (script) => {
      const stop = new AbortController();
      const error = await fails(
        operate(open(), (session) => session.run([step(script, "wait"), step("touch /srv/never")]), {
          signal: stop.signal,
          onStep: () => setTimeout(() => stop.abort(), 300),
        }),
      );
      expect(error.kind).toBe("cancelled");
      await eventually(traces, "");
      expect(await run("ls /srv/never 2>&1; true")).toContain("No such file");
    });
  });

  test("frees the lock of a shell that hears nothing any more", async () => {
    const relay = await relayed();
    const error = fails(
      operate(open({ port: relay.port }), async (session) => {
        await session.run([step(":")]);
        relay.blackHole();
        return session.run([step(":")]);
      }),
    );
    await sleep(1000);
    expect(await run("ls /run/lock | grep -c pulumi; true")).toBe("1");
    await operate(open(), () => Promise.resolve());
    expect((await error).message).toContain("Keepalive timeout");
    await eventually(traces, "");
  });

  test("probes a service, and does not wait for a probe that hangs", async () => {
    const processes = step("processes=$(pgrep -x sshd | tr '\\n' ' ')");
    const probe = async (ready: Parameters<typeof probeStep>[0]) =>
      probeResult(ready, (await operate(open(), (session) => session.run([probeStep(ready, processes)]))).fields);
    expect(await probe({ tcp: on.lab.port })).toEqual({ ready: true });
    expect(await probe({ command: ["/bin/sh", "-c", '[ -n "$SERVICE_PIDS" ]'] })).toEqual({ ready: true });
    expect(await probe({ command: ["/bin/sleep", "600"] })).toMatchObject({
      ready: false,
      reason: expect.stringContaining("124"),
    });
    await eventually(traces, "");
  });
});
