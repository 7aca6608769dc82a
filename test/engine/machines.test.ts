import type { LabHost } from "../../lab";
import { startRelay } from "../support/relay";
import { describeWith } from "../support/requirements";
import { connectionTo } from "./support/daemons";
import { pidOf, Scene, serviceOn } from "./support/scene";

/** A connection that gives up soon, with a key that is there when the lab host is gone. */
const hasty = (host: LabHost) => ({ connectTimeoutSeconds: 2, privateKeyFile: undefined, privateKey: host.privateKey });

describeWith(["lab", "pulumi", "pulumi-language-yaml"], "machines", () => {
  const scene = new Scene({ hosts: 2 });

  describe("promise 8: which machine it is, is part of the service", () => {
    const unitOn = async (host: LabHost, name: string) =>
      (await host.run(`systemctl is-active ${name}; ls /etc/systemd/system | grep ${name}`)).stdout.trim();

    test("a change of connection.host: gone there before it is here", async () => {
      // Lab hosts share one network: while the first daemon listens, the second one can't.
      const port = String(scene.host.ports.spare[1]);
      const on = (host: LabHost) =>
        serviceOn(host, "mailbox", {
          command: ["/usr/bin/python3", "-m", "http.server", port, "--bind", "127.0.0.1"],
          restart: { policy: "never" },
          ready: { tcp: Number(port), timeoutSeconds: 5 },
        });
      const project = await scene.running({ web: on(scene.host) });
      project.write({ web: on(scene.secondHost) });
      expect(await project.planned()).toMatchObject({ found: { web: "replace" } });
      await project.must("up", "--yes", "--skip-preview");
      expect(await unitOn(scene.host, "mailbox")).toBe("inactive");
      expect(await unitOn(scene.secondHost, "mailbox")).toBe("active\nmailbox.service");
      expect((await project.resources())["web"]?.id).toBe(`${scene.secondHost.name}/mailbox`);
      expect(await project.drifted()).toMatchObject({ code: 0 });
    });

    test("a machine rebuilt under the same name: a change is refused in words, a refresh makes it again, with a warning", async () => {
      // The name says which machine it is; address, port and key are those of one lab host, then of another.
      const on = (host: LabHost, properties: object = {}) => ({
        web: serviceOn(host, "web", { connection: connectionTo(host, { host: "edi1" }), ...properties }),
      });
      const project = await scene.running(on(scene.host));
      const { machineId } = (await project.resources())["web"]!.outputs;
      await scene.shell("systemctl stop web"); // the old machine's disk is in a drawer

      project.write(on(scene.secondHost, { description: "new" }));
      const work = await project.up();
      expect([work.code, work.output]).toEqual([
        1,
        expect.stringMatching(/edi1: is a different machine from the one in the state/),
      ]);
      expect(work.output).toContain("pulumi up --refresh");
      expect(await unitOn(scene.secondHost, "web")).toBe("inactive");

      project.write(on(scene.secondHost));
      await project.must("up", "--yes", "--skip-preview", "--expect-no-changes");
      expect(await project.drifted()).toMatchObject({ code: 7, found: { web: "delete" } });
      const again = await project.must("up", "--yes", "--skip-preview", "--refresh");
      expect(again.output).toMatch(/warning: .*a different machine or was reinstalled/);
      expect(again.output).toContain(String(machineId));
      expect(again.output).toContain(scene.secondHost.machineId);
      expect(await unitOn(scene.secondHost, "web")).toBe("active\nweb.service");
      expect(await pidOf(scene.secondHost, "web")).not.toBe("0");
      expect(await project.drifted()).toMatchObject({ code: 0 });
    });
  });

  describe("promise 2, unreachable: an error, never 'gone'", () => {
    test("a wrong port is an error that names address and port, within the deadline", async () => {
      const web = scene.service("wrong", {
        connection: connectionTo(scene.host, { ...hasty(scene.host), port: scene.host.ports.spare[0] }),
      });
      const project = await scene.project({ web });
      const began = Date.now();
      const up = await project.up();
      expect([up.code, up.output]).toEqual([1, expect.stringContaining(`127.0.0.1:${scene.host.ports.spare[0]}`)]);
      expect(Date.now() - began).toBeLessThan(10_000);
      expect(await project.resources()).toEqual({});
    });

    test("a host is down: refresh, up and destroy fail for it, and keep what the others say", async () => {
      // Behind a relay: another lab host might get the port of one that is stopped.
      const relay = await startRelay(scene.secondHost);
      const way = { ...hasty(scene.secondHost), port: relay.port };
      const there = (properties: object) => ({
        here: scene.service("here", properties),
        down: serviceOn(scene.secondHost, "down", {
          connection: connectionTo(scene.secondHost, way),
          ...properties,
        }),
      });
      const project = await scene.running(there({}), { ownPlugins: true });
      const down = (await project.resources())["down"];
      await relay.close();
      await scene.secondHost.stop();
      await scene.shell("systemctl stop here");

      const drift = await project.drift();
      expect([drift.code, drift.output]).toEqual([1, expect.stringContaining(`${scene.secondHost.name}: `)]);
      const refresh = await project.pulumi("refresh", "--yes", "--skip-preview");
      expect([refresh.code, refresh.output]).toEqual([1, expect.stringMatching(/connect.* refused|ECONNREFUSED/)]);
      expect(await project.resources()).toMatchObject({
        here: { outputs: { status: "stopped" } },
        down: { outputs: down!.outputs },
      });

      const up = await project.write(there({ description: "new" })).up("--continue-on-error");
      expect(up.code).toBe(1);
      const resources = await project.resources();
      expect(resources).toMatchObject({ here: { outputs: { description: "new", status: "running" } } });
      expect(resources["down"]?.outputs).toEqual(down!.outputs);

      const destroy = await project.destroy("--continue-on-error");
      expect([destroy.code, destroy.output]).toEqual([1, expect.stringContaining("BOTS_ON_UNREACHABLE_DELETE=forget")]);
      expect(Object.keys(await project.resources())).toEqual(["down"]);

      project.env["BOTS_ON_UNREACHABLE_DELETE"] = "forget";
      const forget = await project.destroy();
      expect([forget.code, forget.output]).toEqual([
        0,
        expect.stringMatching(/warning: .*down was removed from the state, but not from the host/),
      ]);
      expect(await project.resources()).toEqual({});
    });
  });
});
