import { execFileSync } from "node:child_process";
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { LabHost } from "../../lab";
import { HostError } from "../../model/errors";
import type { Step } from "../../provider/posix/shell/step";
import { Hosts } from "../../provider/hosts";
import type { OperateOptions } from "../../provider/platform";
import { dropKeptStep, keepStep, restoreStep } from "../../provider/posix/host/former";
import type { ShellHost } from "../../provider/posix/host/host";
import type { ShellSession } from "../../provider/posix/host/session";
import { probeResult, probeStep } from "../../provider/posix/host/probes";
import type { Connection } from "../../schema/connection";
import { startRelay, type Relay } from "../support/relay";
import { describeWith } from "../support/requirements";
import { labHost } from "../support/hosts";

const GONE = ["flock", "timeout", "mktemp", "sha256sum", "setsid", "readlink", "base64", "stat", "curl"];
const live = () => new AbortController().signal;
const step = (script: string, name = "step"): Step => ({ name, script });

/** An old or small host: no systemd, hardly a tool, and `sh` is what it happens to be. */
describeWith(["lab", "busybox"], "a host that lacks about everything", () => {
  let lab: LabHost;
  const opened: Hosts[] = [];
  const relays: Relay[] = [];

  beforeAll(async () => {
    lab = await labHost({ kind: "sysvinit", without: GONE });
    copyFileSync(
      execFileSync("which", ["busybox"], { encoding: "utf8" }).trim(),
      join(lab.root, "usr/local/bin/busybox"),
    );
    await lab.run("chmod 755 /usr/local/bin/busybox");
  });
  afterAll(() => lab?.stop());
  afterEach(async () => {
    opened.splice(0).forEach((hosts) => hosts.close());
    await Promise.all(relays.splice(0).map((relay) => relay.close()));
  });

  const open = (changes: Partial<Omit<Connection, "host">> = {}): ShellHost => {
    const hosts = new Hosts();
    opened.push(hosts);
    const { name, address, port, privateKey, hostKey } = lab;
    return hosts.get({ host: name, address, port, privateKey, hostKey, ...changes }).shell;
  };
  const operate = <T>(
    host: ShellHost,
    body: (session: ShellSession) => Promise<T>,
    options: Partial<OperateOptions> = {},
  ) => host.operate({ name: "web", holder: "urn:test", signal: live(), ...options }, body);
  const fails = async (work: Promise<unknown>): Promise<HostError> => {
    const error = await work.then(
      () => undefined,
      (e: unknown) => e,
    );
    expect(error).toBeInstanceOf(HostError);
    return error as HostError;
  };
  const run = async (command: string) => (await lab.run(command)).stdout.trim();
  const traces = () =>
    run(
      `pgrep -a -f '^(sudo.*|sh) -[s]|pulumi-bots-begi[n]'; pgrep -a -x sleep; ls -A /run/lock | grep pulumi; ls -A /run/pulumi-bots/.lock 2>/dev/null; ls -A /run /etc /tmp /dev/shm | grep '^\\.pulumi'; true`,
    );
  const eventually = async (ask: () => Promise<unknown>, wanted: unknown, seconds = 10) => {
    const end = performance.now() + seconds * 1000;
    while ((await ask()) !== wanted && performance.now() < end) await sleep(100);
    expect(await ask()).toBe(wanted);
  };

  describe.each([
    ["dash", "/bin/dash"],
    ["bash", "/bin/bash"],
    ["BusyBox", "/usr/local/bin/busybox"],
  ])("with %s as sh", (_, shell) => {
    beforeAll(async () => {
      expect(await lab.run(`ln -sf ${shell} /bin/sh.new && mv /bin/sh.new /bin/sh`)).toMatchObject({ code: 0 });
    });

    test("says what it is", async () => {
      const facts = await open().facts(live());
      expect(facts).toMatchObject({ init: "sysvinit", startStopDaemon: "dpkg", uid: 0, machineId: lab.machineId });
      expect(GONE.filter((tool) => facts.tools.has(tool))).toEqual([]);
    });

    test("takes files, keeps the former ones, and puts them back, by root and by sudo", async () => {
      for (const login of [{}, { user: "deploy", become: { method: "sudo" as const, password: lab.deployPassword } }]) {
        await lab.run("rm -rf /srv/small; mkdir -p /srv/small/c; cd /srv/small; echo old | tee a >c/d; chmod 640 a");
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

    test("serves one operation at a time, and tells who has it", async () => {
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
          await lab.run(`kill -KILL ${fields.get("pid")}`);
          expect(await run("ls /run/lock | grep -c pulumi")).toBe("1");
          return session.run([step(":")]);
        }),
      );
      expect(await operate(open(), (session) => session.run([step(":")]), { lockWaitSeconds: 5 })).toMatchObject({
        done: ["step"],
      });
      await lab.run("kill $(pgrep -x sleep)"); // its watchdog would go by itself, later
      await eventually(traces, "");
    });

    test.each([
      "touch /run/lock/pulumi-bots-web.lock",
      "ln -s 1:2:3/x /run/lock/pulumi-bots-web.lock",
      "mkdir /run/lock/pulumi-bots-web.lock",
    ])("is not kept waiting by what a user lays where older versions had the lock: %s", async (lay) => {
      await lab.run(`su plain -s ${shell === "/bin/dash" ? "/bin/dash" : "/bin/bash"} -c '${lay}'`);
      const before = await run("ls -ld /run/lock/pulumi-bots-web.lock");
      expect(before).toContain(" plain ");
      await operate(open(), () => Promise.resolve(), { lockWaitSeconds: 0 });
      expect(await run("ls -ld /run/lock/pulumi-bots-web.lock; rm -r /run/lock/pulumi-bots-web.lock")).toBe(before);
    });

    test("finishes a block when the connection breaks, and unlocks", async () => {
      await lab.run("rm -rf /srv/cut");
      const relay = await startRelay(lab);
      relays.push(relay);
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
    const relay = await startRelay(lab);
    relays.push(relay);
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
    expect(await probe({ tcp: lab.port })).toEqual({ ready: true });
    expect(await probe({ command: ["/bin/sh", "-c", '[ -n "$SERVICE_PIDS" ]'] })).toEqual({ ready: true });
    expect(await probe({ command: ["/bin/sleep", "600"] })).toMatchObject({
      ready: false,
      reason: expect.stringContaining("124"),
    });
    await eventually(traces, "");
  });
});
