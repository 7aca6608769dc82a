import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { LabHost } from "../../lab";
import { HostError } from "../../model/errors";
import type { Fragment, Step } from "../../provider/posix/shell/step";
import { Hosts, type PoolLimits } from "../../provider/hosts";
import type { OperateOptions } from "../../provider/platform";
import type { ShellHost } from "../../provider/posix/host/host";
import type { ShellSession } from "../../provider/posix/host/session";
import type { Connection } from "../../schema/connection";
import { startRelay, type Relay } from "../support/relay";
import { describeWith } from "../support/requirements";
import { labHost } from "../support/hosts";

const PROBE: Fragment = { name: "probe", script: 'for n; do emit "$n/pid" "$$"; done; emit uid "$(id -u)"' };
const step = (script: string, name = "step"): Step => ({ name, script });
type Changes = Partial<Omit<Connection, "host">>;
const nothing = () => Promise.resolve();
const live = () => new AbortController().signal;

describeWith(["lab"], "a host over SSH", () => {
  let lab: LabHost;
  const opened: Hosts[] = [];
  const relays: Relay[] = [];

  beforeAll(async () => {
    lab = await labHost({ kind: "systemd" });
  });
  afterAll(() => lab?.stop());
  afterEach(async () => {
    opened.splice(0).forEach((hosts) => hosts.close());
    await Promise.all(relays.splice(0).map((relay) => relay.close()));
  });

  const hostsOf = (limits?: PoolLimits) => {
    const hosts = new Hosts(limits);
    opened.push(hosts);
    return hosts;
  };
  const to = (changes: Changes = {}): Connection & { host: string } => ({
    host: lab.name,
    address: lab.address,
    port: lab.port,
    privateKey: lab.privateKey,
    hostKey: lab.hostKey,
    ...changes,
  });
  const open = (changes: Changes = {}): ShellHost => hostsOf().get(to(changes)).shell;
  const sudoer = () => ({ method: "sudo" as const, password: lab.deployPassword });
  const relayed = async () => {
    const relay = await startRelay(lab);
    relays.push(relay);
    return relay;
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
  /** Nothing of ours is left: no shell, no watchdog, no lock, no temporary file. */
  const traces = () =>
    run(
      `pgrep -a -f '^(sudo.*|sh) -[s]|pulumi-bots-begi[n]'; pgrep -a -x sleep; ls -A /run/lock | grep pulumi; ls -A /run/pulumi-bots/.lock 2>/dev/null; ls -A /run /etc /tmp /dev/shm | grep '^\\.pulumi'; true`,
    );
  const eventually = async (ask: () => Promise<unknown>, wanted: unknown, seconds = 10) => {
    const end = performance.now() + seconds * 1000;
    let answer = await ask();
    while (answer !== wanted && performance.now() < end) {
      await sleep(100);
      answer = await ask();
    }
    expect(answer).toBe(wanted);
  };

  test("facts", async () => {
    const host = open();
    const before = await lab.connections();
    const facts = await host.facts(live());
    expect(facts).toMatchObject({
      machineId: lab.machineId,
      hostName: lab.name,
      init: "systemd",
      initText: "systemd 252",
      upstartVersion: "",
      startStopDaemon: "dpkg",
      systemdVersion: 252,
      uid: 0,
    });
    expect([...facts.tools]).toEqual(expect.arrayContaining(["systemctl", "systemd-analyze", "flock", "sha256sum"]));
    expect(facts.uptime).toBeGreaterThan(0);
    expect((await lab.connections()) - before).toBe(1);
  });

  test("20 reads and 5 operations at a time go through one connection, the reads through one process", async () => {
    const host = open();
    const before = await lab.connections();
    const names = Array.from({ length: 20 }, (_, i) => `n${i}`);
    const reads = Promise.all(names.map((name) => host.read(PROBE, name, live())));
    const operations = names
      .slice(0, 5)
      .map((name) => operate(host, (session) => session.run([step(`emit me ${name}`)]), { name }));
    const results = await Promise.all(operations);
    expect(results.map((result) => result.fields.get("me"))).toEqual(names.slice(0, 5));
    const readings = await reads;
    expect(new Set(readings.map((reading) => reading.fields.get("pid"))).size).toBe(1);
    expect(readings[0]!.shared.get("uid")).toBe("0");
    expect(readings[7]!.facts.machineId).toBe(lab.machineId);
    expect((await lab.connections()) - before).toBe(1);
    await eventually(traces, "");
  });

  test("a read that fails hurts only the name that it is about", async () => {
    const host = open();
    const picky: Fragment = {
      name: "picky",
      script: 'for n; do [ "$n" != bad ] || { echo no >&2; return 3; }; emit "$n/k" v; done',
    };
    const [good, bad] = await Promise.allSettled(["good", "bad"].map((name) => host.read(picky, name, live())));
    expect(good).toMatchObject({ status: "fulfilled" });
    expect(bad).toMatchObject({ reason: { kind: "remote", message: expect.stringContaining("no") } });
  });

  test("a read that loses its connection is made again", async () => {
    const relay = await relayed();
    const host = open({ port: relay.port });
    await host.facts(live());
    const reading = host.read({ name: "slow", script: 'sleep 1; for n; do emit "$n/k" v; done' }, "a", live());
    await sleep(500);
    relay.cut();
    expect((await reading).fields.get("k")).toBe("v");
    expect(relay.count).toBe(2);
  });

  test("a banner on both streams, from the login shell's start-up file, is in nobody's way", async () => {
    await lab.run(
      `cp /root/.bashrc /root/.bashrc.saved; sed -i '1i echo Welcome; printf half; echo oops >\\&2' /root/.bashrc`,
    );
    try {
      const host = open();
      expect((await host.read(PROBE, "a", live())).shared.get("uid")).toBe("0");
      expect(await operate(host, (session) => session.run([step("echo hi")]))).toMatchObject({ stderr: "hi\n" });
    } finally {
      await lab.run("mv /root/.bashrc.saved /root/.bashrc");
    }
  });

  test("a login that starts no shell says what it says", async () => {
    await lab.run("useradd -m -p '*' -s /usr/sbin/nologin nobodyhome");
    const error = await fails(open({ user: "nobodyhome" }).facts(live()));
    expect(error.kind).toBe("remote");
    expect(error.message).toContain("This account is currently not available");
  });

  describe("sudo", () => {
    const sudo = { method: "sudo" } as const;
    const sudoFailures = async () =>
      (await run("journalctl -b -o cat -t sudo | grep -c 'incorrect password' || true")) || "0";

    test("without a password", async () => {
      const host = open({ user: "ops", become: sudo });
      expect((await host.read(PROBE, "a", live())).facts.uid).toBe(0);
      expect(await operate(host, (session) => session.run([step("emit u $(id -u)")]))).toMatchObject({
        done: ["step"],
      });
    });

    test("with a password, which is in no argument list and no file", async () => {
      const host = open({ user: "deploy", become: { ...sudo, password: lab.deployPassword } });
      const result = await operate(host, async (session) => {
        const seen = await run("cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n'");
        expect(seen).not.toContain(lab.deployPassword);
        return session.run([step('emit u "$(id -u)"; emit h "$PATH"')]);
      });
      expect(result.fields.get("u")).toBe("0");
      expect(result.stderr).toBe("");
      await eventually(traces, "");
    });

    test("with a password that is not needed: it is neither run nor printed", async () => {
      const host = open({ user: "ops", become: { ...sudo, password: "touch /tmp/ran" } });
      expect((await host.read(PROBE, "a", live())).facts.uid).toBe(0);
      expect(await run("ls /tmp/ran 2>&1; true")).toContain("No such file");
    });

    test("with a wrong password fails once, for everybody", async () => {
      const before = Number(await sudoFailures());
      const host = open({ user: "deploy", become: { ...sudo, password: "wrong-guess" } });
      const errors = await Promise.all([fails(host.facts(live())), fails(host.read(PROBE, "a", live()))]);
      errors.push(await fails(operate(host, nothing)));
      for (const error of errors) {
        expect(error).toMatchObject({ kind: "authentication" });
        expect(error.message).toContain("sudo refused the password");
        expect(error.message).not.toContain("wrong-guess");
      }
      expect(Number(await sudoFailures()) - before).toBe(1);
      expect(await run("journalctl -b -o cat -t sudo | grep 'incorrect password' | tail -1")).toContain(
        "1 incorrect password attempt",
      );
    });

    test.each<[string, Changes, string]>([
      ["no password", { user: "deploy", become: sudo }, "set become.password or become.passwordEnv"],
      ["no variable", { user: "deploy", become: { ...sudo, passwordEnv: "NOT_SET_X" } }, "NOT_SET_X is not set"],
      ["not in sudoers", { user: "plain", become: { ...sudo, password: "x" } }, ""],
      ["not asked for", { user: "plain" }, "the login `plain` is not root (uid"],
      ["another user", { user: "ops", become: { ...sudo, user: "plain" } }, "become.user `plain` is not root"],
    ])("%s", async (_, changes, text) => {
      const error = await fails(operate(open(changes), nothing));
      expect(error).toMatchObject({ kind: "authentication", message: expect.stringContaining(text) });
    });

    test("requiretty, and no sudo at all", async () => {
      await lab.run("echo 'Defaults:ops requiretty' >/etc/sudoers.d/zz-tty");
      const tty = await fails(open({ user: "ops", become: sudo }).facts(live()));
      expect(tty).toMatchObject({ kind: "authentication", message: expect.stringContaining("requiretty") });
      await lab.run("rm /etc/sudoers.d/zz-tty; mv /usr/bin/sudo /usr/bin/sudo.away");
      try {
        const none = await fails(open({ user: "ops", become: sudo }).facts(live()));
        expect(none).toMatchObject({
          kind: "authentication",
          message: expect.stringContaining("sudo is not installed"),
        });
      } finally {
        await lab.run("mv /usr/bin/sudo.away /usr/bin/sudo");
      }
    });
  });

  describe("the lock", () => {
    test("makes two operations on the same name serial, and leaves others alone", async () => {
      const log: string[] = [];
      const one = (host: ShellHost, who: string, name: string) =>
        operate(
          host,
          async (session) => {
            log.push(`${who}+`);
            await session.run([step("sleep 0.7")]);
            log.push(`${who}-`);
          },
          { name },
        );
      await Promise.all([one(open(), "a", "web"), one(open(), "b", "web"), one(open(), "c", "queue")]);
      const web = log.filter((entry) => !entry.startsWith("c")).join("");
      expect(["a+a-b+b-", "b+b-a+a-"]).toContain(web);
      expect(log.indexOf("c+")).toBeLessThan(3);
      await eventually(traces, "");
    });

    test("names its holder to who waits in vain", async () => {
      const host = open();
      await operate(
        host,
        async () => {
          const error = await fails(operate(open(), nothing, { lockWaitSeconds: 1 }));
          expect(error.kind).toBe("timeout");
          expect(error.message).toMatch(
            /holds the lock of this service: urn:the-first one, pid \d+ on the host, since 20/,
          );
        },
        { holder: "urn:the-first\none" },
      );
    });

    test("is not kept by a daemon that a step starts", async () => {
      const host = open();
      const { fields } = await operate(host, (session) => session.run([step("sleep 20 & emit pid $!")]));
      await operate(open(), nothing, { lockWaitSeconds: 0 });
      await lab.run(`kill ${fields.get("pid")}`);
    });

    test("is given back when the body throws", async () => {
      const host = open();
      await expect(operate(host, () => Promise.reject(new Error("mine")))).rejects.toThrow("mine");
      expect(await run("ls /run/lock | grep -c pulumi; true")).toBe("0");
    });
  });

  describe("a connection that breaks", () => {
    const block = (count: number) =>
      Array.from({ length: count }, (_, i) =>
        step(
          `sleep 0.3; put /srv/cut/f${i} root root 0600 ${Buffer.from(`content ${i}`).toString("base64")}; echo noise`,
          `file ${i}`,
        ),
      );
    const written = () => run("ls -A /srv/cut 2>/dev/null | wc -l");

    beforeEach(() => lab.run("rm -rf /srv/cut"));

    test.each(["root", "deploy"])(
      "in the middle of a block, as %s: it is finished, the lock is free, nothing is left",
      async (user) => {
        const relay = await relayed();
        const host = open({ port: relay.port, user, ...(user === "root" ? {} : { become: sudoer() }) });
        const error = await fails(
          operate(
            host,
            async (session) => {
              await session.run(block(6));
            },
            { onStep: (name) => name === "file 1" && setTimeout(() => relay.cut(), 100) },
          ),
        );
        expect(error).toMatchObject({ kind: "lostConnection", message: expect.stringContaining("during `file 1`") });
        expect(Number(await written())).toBeLessThan(4);
        await eventually(written, "6");
        await operate(open(), nothing, { lockWaitSeconds: 5 });
        await eventually(traces, "");
        expect(await run("cat /srv/cut/*")).toBe("content 0content 1content 2content 3content 4content 5");
      },
    );

    test("between blocks: the shell ends and unlocks", async () => {
      const relay = await relayed();
      const host = open({ port: relay.port });
      const error = await fails(
        operate(host, async (session) => {
          await session.run([step(":")]);
          relay.cut();
          await sleep(500);
          expect(await traces()).toBe("");
          return session.run([step("touch /srv/never")]);
        }),
      );
      expect(error.kind).toBe("lostConnection");
      expect(await run("ls /srv/never 2>&1; true")).toContain("No such file");
    });

    test("while a block is on its way: it does nothing", async () => {
      const body = `: ${createHash("sha256").update("x").digest("hex").repeat(300)}`;
      for (const bytes of [200, 9_000, 18_000]) {
        const relay = await relayed();
        const error = await fails(
          operate(open({ port: relay.port }), async (session) => {
            relay.cutAfter(bytes);
            return session.run([step(`${body}\nmkdir -p /srv/cut/${bytes}`)]);
          }),
        );
        expect(error.kind).toBe("lostConnection");
        await eventually(traces, "");
      }
      expect(await written()).toBe("0");
    });

    test("without a word: the watchdog frees the lock", async () => {
      const relay = await relayed();
      const started = performance.now();
      const error = fails(
        operate(open({ port: relay.port, user: "deploy", become: sudoer() }), async (session) => {
          await session.run([step(":")]);
          relay.blackHole();
          return session.run([step(":")]);
        }),
      );
      await sleep(1000);
      expect(await run("ls /run/lock | grep -c pulumi; true")).toBe("1");
      await operate(open(), nothing);
      expect(performance.now() - started).toBeGreaterThan(40_000);
      expect(performance.now() - started).toBeLessThan(75_000);
      expect((await error).message).toContain("Keepalive timeout");
      await eventually(traces, "");
    });
  });

  describe("cancelling", () => {
    test.each(["sleep 600", "trap '' TERM; sleep 600 & wait; sleep 600", "sh -c 'sleep 600; true' | cat"])(
      "ends `%s` on the host",
      async (script) => {
        const stop = new AbortController();
        const start = performance.now();
        const error = await fails(
          operate(open(), (session) => session.run([step(script, "wait"), step("touch /srv/never")]), {
            signal: stop.signal,
            onStep: () => setTimeout(() => stop.abort(), 300),
          }),
        );
        expect(error.kind).toBe("cancelled");
        expect(performance.now() - start).toBeLessThan(9000);
        await eventually(traces, "");
        expect(await run("ls /srv/never 2>&1; true")).toContain("No such file");
      },
    );

    test("with sudo, and with all sessions taken, it works too, as a time-out", async () => {
      const hosts = hostsOf({ maxSessionsPerHost: 1 });
      const host = hosts.get(to({ user: "deploy", become: sudoer() })).shell;
      const error = await fails(
        operate(host, (session) => session.run([step("sleep 600")]), { signal: AbortSignal.timeout(1500) }),
      );
      expect(error.kind).toBe("timeout");
      await eventually(traces, "");
    });

    test("while waiting for the lock leaves the holder alone", async () => {
      const stop = new AbortController();
      await operate(open(), async (session) => {
        setTimeout(() => stop.abort(new HostError("timeout", "x", "over")), 500);
        const error = await fails(operate(open(), nothing, { signal: stop.signal }));
        expect(error.kind).toBe("timeout");
        expect(await session.run([step("echo fine")])).toMatchObject({ stderr: "fine\n" });
      });
      await eventually(traces, "");
    });

    test("a daemon that a step has started stays", async () => {
      const stop = new AbortController();
      const script = "setsid sleep 601 >/dev/null 2>&1 & sleep 0.1; true";
      await fails(
        operate(open(), (session) => session.run([step(script, "start"), step("sleep 600", "wait")]), {
          signal: stop.signal,
          onStep: (name) => name === "wait" && setTimeout(() => stop.abort(), 200),
        }),
      );
      expect(await run("pgrep -a -x sleep")).toMatch(/^\d+ sleep 601$/);
      await lab.run("kill $(pgrep -x sleep)");
    });
  });
});
