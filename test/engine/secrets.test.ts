import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Values } from "../../model/props";
import { Daemon, installDaemon } from "../support/daemon";
import { describeWith } from "../support/requirements";
import { traceLogins } from "../support/trace";
import { Plugin } from "../wire/plugin";
import type { WireError } from "../wire/support/wireError";
import { connectionTo } from "./support/daemons";
import type { CliResult, YamlProject } from "./support/project";
import { Scene } from "./support/scene";

const secret = (value: unknown) => ({ "fn::secret": value });

const TOKEN = "Tok3n-in-the-environment";
const TOKEN2 = "Tok3n-number-2\nwith a second line";
const PASSPHRASE = "Open-sesame-17";

/** A key that wants a passphrase. */
function lockedKey(privateKey: string): string {
  const folder = mkdtempSync(join(tmpdir(), "pulumi-bots-key-"));
  const path = join(folder, "key");
  writeFileSync(path, privateKey, { mode: 0o600 });
  execFileSync("ssh-keygen", ["-q", "-p", "-f", path, "-N", PASSPHRASE]);
  const locked = readFileSync(path, "utf8");
  rmSync(folder, { recursive: true });
  return locked;
}

describeWith(["lab", "pulumi", "pulumi-language-yaml", "strace"], "secrets under the real engine", () => {
  const scene = new Scene({ passphrase: true, ownPlugins: true });
  let project: YamlProject;
  let byKey: object;
  let byPassword: object;
  let key: string;
  let said = "";

  /** Everything that must be seen nowhere. */
  const secrets = () => {
    const lines = key.split("\n").filter((line) => line.length > 40);
    return [TOKEN, ...TOKEN2.split("\n"), PASSPHRASE, scene.host.deployPassword, ...lines];
  };
  const found = (text: string) => secrets().filter((value) => text.includes(value));
  const run = async (...args: string[]): Promise<CliResult> => {
    const result = await project.pulumi(...args);
    said += result.output;
    return result;
  };
  const service = (name: string, connection: object, version = "v1", more: object = {}) => {
    const { values } = new Daemon(scene.host, name).inputs(version as "v1");
    const environment = { VERSION: version, TOKEN: secret(TOKEN) };
    return {
      type: "bots:index:Service",
      properties: { ...values, connection, environment, triggers: { token: secret(TOKEN) }, ...more },
    };
  };

  beforeAll(async () => {
    const { host } = scene;
    await installDaemon(host);
    key = lockedKey(host.privateKey);
    const { privateKeyFile: _, ...way } = connectionTo(host, { user: "deploy" });
    const password = host.deployPassword;
    byKey = {
      ...way,
      ...{ privateKey: key, passphrase: secret(PASSPHRASE) },
      become: { method: "sudo", password: secret(password) },
    };
    byPassword = { ...way, password, become: { method: "sudo", password } };
    project = await scene.project({ key: service("by-key", byKey), password: service("by-password", byPassword) });
  });

  test("a create: in no state, no output, no argument or environment on the host, and no log there", async () => {
    const { host } = scene;
    const trace = await traceLogins(host);
    const up = await run("up", "--yes", "--diff", "--debug");
    const seen = await trace.end();
    expect(up).toMatchObject({ code: 0 });
    expect(seen.match(/execve\(/g)!.length).toBeGreaterThan(50);
    expect(seen).toMatch(/"systemctl", "--no-ask-password", "daemon-reload"/);
    expect(found(seen)).toEqual([]);
    expect(found(await scene.shell("journalctl --no-pager -o verbose; cat /var/log/*.log"))).toEqual([]);
    expect(found(project.stateText())).toEqual([]);
    const { outputs } = (await project.resources())["key"]!;
    expect(outputs["environment"]).toEqual({
      VERSION: "v1",
      TOKEN: expect.objectContaining({ plaintext: JSON.stringify(TOKEN) }) as object,
    });
  });

  test("on the host it is in a file for root alone, and other users see it nowhere", async () => {
    const { host } = scene;
    const path = "/etc/pulumi-bots/by-key.env";
    expect(await scene.shell(`stat -c '%U:%G %a' ${path}; grep -rlF '${TOKEN}' /etc /run /tmp /var | sort`)).toBe(
      `root:root 600\n/etc/pulumi-bots/by-key.env\n/etc/pulumi-bots/by-password.env`,
    );
    expect(await host.run(`cat ${path}`, { user: "plain" })).toMatchObject({ code: 1, stdout: "" });
    const look = "systemctl show by-key by-password; systemctl cat by-key; systemctl status by-key; ps axeww";
    const { stdout } = await host.run(look, { user: "plain" });
    expect(stdout).toContain("by-key.service");
    expect(found(stdout)).toEqual([]);
  });

  test("refresh and update: the same", async () => {
    expect(await run("refresh", "--yes", "--diff")).toMatchObject({ code: 0 });
    expect(found(project.stateText())).toEqual([]);
    const environment = { VERSION: "v1", TOKEN: secret(TOKEN2) };
    const more = { environment };
    project.write({
      key: service("by-key", byKey, "v1", more),
      password: service("by-password", byPassword, "v2", more),
    });
    const up = await run("up", "--yes", "--diff");
    expect(up).toMatchObject({ code: 0 });
    expect(up.output).toContain("2 updated");
    expect(found(project.stateText())).toEqual([]);
    expect(await scene.shell("tr '\\0' ';' </proc/$(systemctl show -p MainPID --value by-key)/environ")).toContain(
      `TOKEN=${TOKEN2};`,
    );
  });

  test("a file with the secret that somebody changed: drift without its text", async () => {
    await scene.shell(`echo 'OTHER=${TOKEN} and more' >>/etc/pulumi-bots/by-key.env`);
    expect(await run("refresh", "--preview-only", "--expect-no-changes", "--diff")).toMatchObject({ code: 7 });
    expect(await run("up", "--refresh", "--yes", "--diff")).toMatchObject({ code: 0 });
    expect(found(project.stateText())).toEqual([]);
  });

  test("a daemon that prints its secrets and dies: neither in the error nor in the state", async () => {
    project.write({
      key: service("by-key", byKey, "broken", { environment: { TOKEN: secret(TOKEN2) }, settleSeconds: 2 }),
      new: service("new", byPassword, "broken", { settleSeconds: 2 }),
    });
    const up = await run("up", "--yes", "--diff");
    expect(up.code).not.toBe(0);
    expect(up.output).toContain("new can't go on, token [secret]");
    expect(up.output).toContain("by-key can't go on, token [secret]");
    expect((await project.resources())["new"]!.initErrors!.join("\n")).toContain("token [secret]");
    expect(found(project.stateText())).toEqual([]);
  });

  test("the plugin neither prints it nor answers with it", async () => {
    const plugin = await Plugin.start();
    const daemon = new Daemon(scene.host, "printing");
    const inputs = daemon.inputs("broken", { connection: byPassword, settleSeconds: 2 }, ["connection"]);
    (inputs.values["environment"] as Values)["TOKEN"] = TOKEN2;
    const failed = plugin.create(daemon.urn, inputs).then(
      () => undefined,
      (error: WireError) => error,
    );
    const { message, initFailed } = (await failed)!;
    expect(message).toContain("printing can't go on, token [secret]");
    expect(found(JSON.stringify([message, plugin.logs, plugin.printed]))).toEqual([]);
    await plugin.delete({ urn: daemon.urn, ...initFailed! });
    await plugin.stop();
  });

  test("import, with the way to the host in the configuration: secret in state", async () => {
    const other = await scene.project({});
    await other.must("config", "set", "--secret", "bots:connection", JSON.stringify(byPassword));
    const args = ["bots:index:Service", "web", `${scene.host.name}/by-password`, "--yes", "--protect=false"];
    const { output } = await other.must("import", ...args);
    expect(found(other.stateText())).toEqual([]);
    said += output.slice(0, output.indexOf("Please copy the following code")); // there Pulumi writes out its secrets
    said += (await other.must("refresh", "--yes", "--diff")).output;
    expect(found(other.stateText())).toEqual([]);
  });

  test("a provider of one's own, whose password the program has plain: secret in state", async () => {
    const other = await scene.project({
      provider: { type: "pulumi:providers:bots", properties: { connection: byPassword } },
      web: { ...service("third", { host: scene.host.name }), options: { provider: "${provider}" } },
    });
    said += (await other.must("up", "--yes", "--diff")).output;
    expect(found(other.stateText())).toEqual([]);
    said += (await other.must("destroy", "--yes", "--diff")).output;
    expect(found(other.stateText())).toEqual([]);
  });

  test("destroy; the command line has printed no secret", async () => {
    expect(await run("destroy", "--yes", "--diff")).toMatchObject({ code: 0 });
    expect(found(project.stateText())).toEqual([]);
    expect(await scene.shell("find /etc/pulumi-bots /var/lib/pulumi-bots 2>/dev/null")).toBe("");
    expect(found(said)).toEqual([]);
  });
});
