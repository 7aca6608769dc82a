import type { LabHost } from "../../lab";
import { atStep, Daemon, installDaemon, outcome, strays } from "../support/daemon";
import { startRelay } from "../support/relay";
import { describeWith } from "../support/requirements";
import { Plugin } from "../wire/plugin";
import { labHost } from "../support/hosts";

/** Both take about a minute of waiting: they wait at the same time. */
describeWith(["lab"], "a lock that is held", () => {
  let host: LabHost;
  let plugin: Plugin;

  beforeAll(async () => {
    host = await labHost({ kind: "systemd" });
    await installDaemon(host);
    plugin = await Plugin.start();
  });
  afterAll(async () => {
    expect(await strays(host)).toBe("");
    await plugin?.stop();
    await host?.stop();
  });

  test.concurrent(
    "by a shell whose connection went silent: the next run waits for it, and makes it right",
    async () => {
      const daemon = new Daemon(host, "silent");
      const made = await daemon.make(plugin);
      const relay = await startRelay(host);
      const lost = await Plugin.start();
      const call = outcome(lost.update(made, daemon.by({ port: relay.port }).inputs("v2", { settleSeconds: 30 })));
      await atStep(lost, daemon, /^waiting until/);
      relay.blackHole();
      lost.process.kill("SIGSTOP"); // else it would connect again before the next run has its turn
      expect((await daemon.there())["left"]).toContain(`/run/lock/pulumi-bots-silent.lock`);
      await plugin.update(made, daemon.inputs("v2"));
      expect(await daemon.there()).toEqual(daemon.running("v2"));
      lost.process.kill("SIGCONT");
      await lost.kill();
      await call;
      await lost.stop();
      await relay.close();
    },
  );

  test.concurrent(
    "by somebody else: an error after a minute that names the holder, and nothing is touched",
    async () => {
      const daemon = new Daemon(host, "held");
      const lock = "/run/lock/pulumi-bots-held.lock";
      const hold = `exec 9>${lock}; flock 9; echo urn:pulumi:prod::edi::web, pid 1 on the host >&9; echo $$; sleep 80`;
      await host.run(`setsid sh -c '${hold}' </dev/null >/run/holder 2>&1 &`);
      const started = performance.now();
      const error = await outcome(plugin.create(daemon.urn, daemon.inputs("v1")));
      const seconds = (performance.now() - started) / 1000;
      await host.run(`pkill -P $(cat /run/holder); kill $(cat /run/holder); rm ${lock}`);
      expect(error).toMatch(
        /another operation holds the lock of this service: urn:pulumi:prod::edi::web, pid 1 on the host/,
      );
      expect(seconds).toBeGreaterThan(55);
      expect(seconds).toBeLessThan(70);
      expect(await daemon.there()).toMatchObject({ unit: "", processes: "" });
    },
  );
});
