import { startRelay, type Relay } from "../support/relay";
import { describeWith } from "../support/requirements";
import { connectionTo } from "./support/daemons";
import { newKey } from "./support/keys";
import type { YamlProject } from "./support/project";
import { Scene } from "./support/scene";

const names = ["one", "two", "three", "four"];

describeWith(
  ["lab", "pulumi", "pulumi-language-yaml"],
  "promise 8: how to reach a host is not part of the service",
  () => {
    const scene = new Scene();
    let relay: Relay;
    let project: YamlProject;
    let before: string;

    const look = () => scene.shell(`systemctl show -p MainPID ${names.join(" ")}; cat /etc/systemd/system/*.service`);
    const program = (way: object) =>
      Object.fromEntries(
        names.map((name) => [name, scene.service(name, { connection: connectionTo(scene.host, way) })]),
      );

    beforeAll(async () => {
      relay = await startRelay(scene.host);
      project = await scene.running(program({}));
      before = await look();
    });
    afterAll(() => relay.close());

    /** Another key that root's login accepts. */
    async function acceptedKey(): Promise<string> {
      const { privateKey, publicKey } = newKey();
      await scene.shell(`echo '${publicKey}' >>/etc/ssh/lab_authorized_keys`);
      return privateKey;
    }

    test.each<[string, () => Promise<object> | object]>([
      ["a new key", async () => ({ privateKeyFile: undefined, privateKey: await acceptedKey() })],
      ["another address", () => ({ address: "localhost" })],
      ["another port", () => ({ port: relay.port })],
      [
        "known_hosts instead of a host key",
        () => ({ hostKey: undefined, knownHosts: `[127.0.0.1]:${scene.host.port} ${scene.host.hostKey}` }),
      ],
      ["a user with sudo", () => ({ user: "deploy", become: { method: "sudo", password: scene.host.deployPassword } })],
    ])("%s: 4 unchanged, and it is the way that counts from then on", async (_, way) => {
      project.write(program(await way()));
      const connections = await scene.host.connections();
      const up = await project.must("up", "--yes", "--skip-preview", "--expect-no-changes");
      expect(up.output).toContain("5 unchanged");
      expect(await scene.host.connections()).toBe(connections);
      expect(await project.drift()).toMatchObject({ code: 0, output: expect.stringContaining("5 unchanged") });
      expect(await scene.host.connections()).toBe(connections + 1);
      expect(await look()).toBe(before);
    });

    test("the last one was used in earnest: sudo with a password changes a service", async () => {
      const way = { user: "deploy", become: { method: "sudo", password: scene.host.deployPassword } };
      const changed = {
        ...program(way),
        one: scene.service("one", { connection: connectionTo(scene.host, way), description: "new" }),
      };
      await project.write(changed).must("up", "--yes", "--skip-preview");
      expect(await scene.shell("grep Description /etc/systemd/system/one.service")).toBe("Description=new");
      expect(await scene.host.sshLog()).toContain("Accepted publickey for deploy");
      expect(project.stateText()).not.toContain(scene.host.deployPassword);
    });

    test("the same for the way in the provider's configuration, with another limit: nothing changes", async () => {
      const { properties, ...resource } = scene.service("five");
      const { connection: _, ...rest } = properties;
      const configured = await scene.project({ five: { ...resource, properties: rest } }, { ownPlugins: true });
      const configure = (way: object) => {
        const text = JSON.stringify(connectionTo(scene.host, way));
        return configured.must("config", "set", "--secret", "bots:connection", text);
      };
      await configure({});
      await configured.must("up", "--yes", "--skip-preview");
      const pid = await scene.pid("five");
      await configure({ privateKeyFile: undefined, privateKey: await acceptedKey(), port: relay.port });
      await configured.must("config", "set", "bots:maxConnections", "2");
      const up = await configured.must("up", "--yes", "--skip-preview");
      expect(up.output).not.toMatch(/five (updat|replac|creat)/);
      const through = relay.count;
      expect(await configured.drifted()).toMatchObject({ code: 0, found: {} });
      expect(relay.count).toBe(through + 1);
      expect(await scene.pid("five")).toBe(pid);
    });
  },
);
