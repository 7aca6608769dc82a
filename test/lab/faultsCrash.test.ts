import { setTimeout as sleep } from "node:timers/promises";
import type { LabHost } from "../../lab";
import { atStep, Daemon, installDaemon, nothingLeft, outcome, strays } from "../support/daemon";
import { describeWith } from "../support/requirements";
import { Plugin, WireError } from "../wire/plugin";
import { labHost } from "../support/hosts";

describeWith(["lab"], "runs that are cut off", () => {
  let host: LabHost;
  let good: Plugin;
  const plugins: Plugin[] = [];
  const start = async () => {
    const plugin = await Plugin.start();
    plugins.push(plugin);
    return plugin;
  };

  beforeAll(async () => {
    host = await labHost({ kind: "systemd" });
    await installDaemon(host);
  });
  beforeEach(async () => {
    good = await start();
  });
  afterEach(async () => {
    await nothingLeft(host);
    await Promise.all(plugins.splice(0).map((plugin) => plugin.stop()));
  });
  afterAll(() => host?.stop());

  const failure = async (running: Promise<unknown>): Promise<WireError> => {
    const error = await running.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(WireError);
    return error as WireError;
  };

  describe("an update to a broken definition, killed while it waits", () => {
    async function killed(name: string) {
      const daemon = new Daemon(host, name);
      const made = await daemon.make(good);
      const plugin = await start();
      const broken = daemon.inputs("broken", { settleSeconds: 2 });
      const call = outcome(plugin.update(made, broken));
      await atStep(plugin, daemon, /^waiting until/);
      await plugin.kill();
      await call;
      expect(await host.run(`ls /var/lib/pulumi-bots/${name}`)).toMatchObject({ stdout: "former\n" });
      return { daemon, made, broken };
    }

    test("the same again, when it has died: rolled back to what ran before both", async () => {
      const { daemon, made, broken } = await killed("again");
      await sleep(2000);
      expect(await outcome(good.update(made, broken))).toContain("Rolled back: the previous definition runs again.");
      expect(await daemon.there()).toEqual(daemon.running("v1"));
    });

    test("back to the old definition", async () => {
      const { daemon, made } = await killed("back");
      await good.update(made, daemon.inputs("v1"));
      expect(await daemon.there()).toEqual(daemon.running("v1"));
    });

    test("refreshed in between: the broken one is seen, and back it goes", async () => {
      const { daemon, made } = await killed("refreshed");
      await sleep(2000);
      const seen = await good.read(daemon.urn, made.id, made);
      expect(seen?.outputs.values).toMatchObject({ status: "failed", environment: { VERSION: "broken" } });
      await good.update(seen!, daemon.inputs("v1"));
      expect(await daemon.there()).toEqual(daemon.running("v1"));
    });

    test("on to another definition, and a broken one after that: back to the last that ran", async () => {
      const { daemon, made, broken } = await killed("on");
      const updated = await good.update(made, daemon.inputs("v2"));
      expect(await daemon.there()).toEqual(daemon.running("v2"));
      expect(await outcome(good.update(updated, broken))).toContain("Rolled back");
      expect(await daemon.there()).toEqual(daemon.running("v2"));
    });

    test("and deleted", async () => {
      const { daemon, made } = await killed("deleted");
      await good.delete(made);
      expect(await daemon.there()).toEqual(daemon.gone);
    });
  });

  describe("a power cut", () => {
    const cutAt = async (plugin: Plugin, daemon: Daemon, step: string, operation: Promise<unknown>) => {
      const ended = outcome(operation);
      await Promise.race([atStep(plugin, daemon, new RegExp(`^(NAME: )?${step}`)), ended.then(neverCameTo(step))]);
      await host.powerCycle();
      await ended; // it may have connected again, and gone on
      return start();
    };
    const neverCameTo = (step: string) => (how: string) => {
      throw new Error(`it never came to \`${step}\`: ${how}`);
    };

    test.each(["verify", "write files", "enable", "start", "waiting until"])("of a create, at `%s`", async (step) => {
      const daemon = new Daemon(host, `create-${step.replace(" ", "-")}`);
      const next = await cutAt(good, daemon, step, good.create(daemon.urn, daemon.inputs("v1")));
      await next.create(daemon.urn, daemon.inputs("v1"));
      expect(await daemon.there()).toEqual(daemon.running("v1"));
    });

    test.each(["write files", "restart", "waiting until"])("of an update, at `%s`", async (step) => {
      const daemon = new Daemon(host, `update-${step.replace(" ", "-")}`);
      const made = await daemon.make(good);
      const next = await cutAt(good, daemon, step, good.update(made, daemon.inputs("v2")));
      await next.update(made, daemon.inputs("v2"));
      expect(await daemon.there()).toEqual(daemon.running("v2"));
    });

    test("of a delete, at `remove files`", async () => {
      const daemon = new Daemon(host, "delete");
      const made = await daemon.make(good);
      const next = await cutAt(good, daemon, "remove files", good.delete(made));
      await next.delete(made);
      expect(await daemon.there()).toEqual(daemon.gone);
    });
  });

  describe("a create that does not come to its end", () => {
    const hangs = { options: { systemd: { service: { Type: "notify" } } } };
    const neverReady = { ready: { command: ["/bin/false"] } };

    test.each([
      ["whose start hangs", "hangs", hangs, /timed out|did not finish within 4 s/],
      ["that never gets ready", "unready", neverReady, /timed out|did not finish within 4 s/],
    ])("%s, with a time limit: ends in time, and the next run repairs it", async (_, name, more, words) => {
      const daemon = new Daemon(host, name);
      const started = performance.now();
      const error = await failure(good.create(daemon.urn, daemon.inputs("v1", more), { timeout: 4 }));
      const seconds = (performance.now() - started) / 1000;
      expect(seconds).toBeGreaterThan(3.9);
      expect(seconds).toBeLessThan(10);
      expect(error.message).toMatch(words);
      const seen = error.initFailed!;
      expect(seen).toMatchObject({ id: `${host.name}/${name}`, outputs: { values: { name } } });
      expect(await strays(host)).toBe("");
      expect((await host.run("pgrep -a systemctl")).stdout).toBe("");

      const recorded = { urn: daemon.urn, id: seen.id, inputs: daemon.inputs("v1", more), outputs: seen.outputs };
      await good.update(recorded, daemon.inputs("v1"));
      expect(await daemon.there()).toEqual(daemon.running("v1"));
    });

    test("and is cancelled: what there is goes into the state, and the next run repairs it", async () => {
      const daemon = new Daemon(host, "cancelled");
      const call = failure(good.create(daemon.urn, daemon.inputs("v1", { settleSeconds: 60 })));
      await atStep(good, daemon, /^waiting until/);
      const started = performance.now();
      await good.cancel();
      const error = await call;
      expect(performance.now() - started).toBeLessThan(5000);
      expect(error.message).toContain("cancelled");
      expect(error.initFailed).toMatchObject({ outputs: { values: { status: "running" } } });
      const recorded = { urn: daemon.urn, id: error.initFailed!.id, inputs: daemon.inputs("v1") };
      await (await start()).update({ ...recorded, outputs: error.initFailed!.outputs }, daemon.inputs("v1"));
      expect(await daemon.there()).toEqual(daemon.running("v1"));
    });
  });
});
