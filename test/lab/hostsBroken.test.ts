import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { HostError } from "../../model/errors";
import { describeWith } from "../support/requirements";
import { hostOverSsh, nothing, step } from "./support/hostOverSsh";

describeWith(["lab"], "a host over SSH, and runs that are cut off", () => {
  const on = hostOverSsh();
  const { hostsOf, to, open, sudoer, relayed, operate, fails, run, traces, eventually } = on;

  describe("a connection that breaks", () => {
    const block = (count: number) =>
      Array.from({ length: count }, (_, i) =>
        step(
          `sleep 0.3; put /srv/cut/f${i} root root 0600 ${Buffer.from(`content ${i}`).toString("base64")}; echo noise`,
          `file ${i}`,
        ),
      );
    const written = () => run("ls -A /srv/cut 2>/dev/null | wc -l");

    beforeEach(() => on.lab.run("rm -rf /srv/cut"));

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
      await eventually(() => run("ls /run/lock | grep -c pulumi; true"), "1", 60);
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
      const host = hosts.posix(to({ user: "deploy", become: sudoer() })).shell;
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
      await on.lab.run("kill $(pgrep -x sleep)");
    });
  });
});
