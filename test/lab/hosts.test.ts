import { setTimeout as sleep } from "node:timers/promises";
import type { Fragment } from "../../provider/posix/shell/step";
import type { ShellHost } from "../../provider/posix/host/host";
import { describeWith } from "../support/requirements";
import { type Changes, hostOverSsh, live, nothing, PROBE, step } from "./support/hostOverSsh";

describeWith(["lab"], "a host over SSH", () => {
  const on = hostOverSsh();
  const { open, relayed, operate, fails, run, traces, eventually } = on;

  test("facts", async () => {
    const host = open();
    const before = await on.lab.connections();
    const facts = await host.facts(live());
    expect(facts).toMatchObject({
      machineId: on.lab.machineId,
      hostName: on.lab.name,
      init: "systemd",
      initText: "systemd 252",
      upstartVersion: "",
      startStopDaemon: "dpkg",
      systemdVersion: 252,
      uid: 0,
    });
    expect([...facts.tools]).toEqual(expect.arrayContaining(["systemctl", "systemd-analyze", "flock", "sha256sum"]));
    expect(facts.uptime).toBeGreaterThan(0);
    expect((await on.lab.connections()) - before).toBe(1);
  });

  test("20 reads and 5 operations at a time go through one connection, the reads through one process", async () => {
    const host = open();
    const before = await on.lab.connections();
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
    expect(readings[7]!.facts.machineId).toBe(on.lab.machineId);
    expect((await on.lab.connections()) - before).toBe(1);
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

  test("a banner on both streams, from the login shell's start-up file, does no harm", async () => {
    await on.lab.run(
      `cp /root/.bashrc /root/.bashrc.saved; sed -i '1i echo Welcome; printf half; echo oops >\\&2' /root/.bashrc`,
    );
    try {
      const host = open();
      expect((await host.read(PROBE, "a", live())).shared.get("uid")).toBe("0");
      expect(await operate(host, (session) => session.run([step("echo hi")]))).toMatchObject({ stderr: "hi\n" });
    } finally {
      await on.lab.run("mv /root/.bashrc.saved /root/.bashrc");
    }
  });

  test("a login that starts no shell says what it says", async () => {
    await on.lab.run("useradd -m -p '*' -s /usr/sbin/nologin nobodyhome");
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
      const host = open({ user: "deploy", become: { ...sudo, password: on.lab.deployPassword } });
      const result = await operate(host, async (session) => {
        const seen = await run("cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n'");
        expect(seen).not.toContain(on.lab.deployPassword);
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
        expect(error.message).toMatch(/: sudo refused the password; it was tried once: check become\.password$/);
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
      await on.lab.run("echo 'Defaults:ops requiretty' >/etc/sudoers.d/zz-tty");
      const tty = await fails(open({ user: "ops", become: sudo }).facts(live()));
      expect(tty).toMatchObject({ kind: "authentication", message: expect.stringContaining("requiretty") });
      await on.lab.run("rm /etc/sudoers.d/zz-tty; mv /usr/bin/sudo /usr/bin/sudo.away");
      try {
        const none = await fails(open({ user: "ops", become: sudo }).facts(live()));
        expect(none).toMatchObject({
          kind: "authentication",
          message: expect.stringContaining("sudo is not installed"),
        });
      } finally {
        await on.lab.run("mv /usr/bin/sudo.away /usr/bin/sudo");
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

    test("names its holder to an operation that waited in vain", async () => {
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
      await on.lab.run(`kill ${fields.get("pid")}`);
    });

    test("is given back when the body throws", async () => {
      const host = open();
      await expect(operate(host, () => Promise.reject(new Error("mine")))).rejects.toThrow("mine");
      expect(await run("ls /run/lock | grep -c pulumi; true")).toBe("0");
    });
  });
});
