import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findHost, listHosts, startHost, stopHost, sweep, type LabHost } from "../../lab";
import { hostCgroups, hostProcesses } from "../../lab/cgroups";
import { exec } from "../../lab/exec";
import { hostPaths } from "../../lab/paths";
import { identify } from "../../lab/processes";
import { ownerVariable } from "../../lab/records";
import { sshCommand } from "../../lab/summary";
import { describeWith } from "../support/requirements";

/** One command over OpenSSH's own client, with the host key pinned. */
function ssh(host: LabHost, user: string, command: string, input = "", options: string[] = []) {
  const [program, ...args] = sshCommand(host, user);
  return exec(program!, ["-o", "BatchMode=yes", ...options, ...args, command], { input });
}

/** Asks again until it says what is wanted: a daemon takes a moment to listen. */
async function eventually<T>(ask: () => Promise<T>, wanted: (answer: T) => boolean): Promise<T> {
  for (let tries = 0; ; tries++) {
    const answer = await ask();
    if (wanted(answer) || tries > 40) return answer;
    await sleep(250);
  }
}

describeWith(["lab"], "a lab host with systemd and Bots", () => {
  let host: LabHost;
  let other: LabHost;

  beforeAll(async () => {
    host = await startHost({ kind: "systemd" }); // one after the other, so that the first builds the template
    other = await startHost({ kind: "systemd", bots: false });
  });
  afterAll(async () => {
    await host?.stop();
    await other?.stop();
  });

  test("has booted systemd without a failed unit", async () => {
    expect(await host.run("systemctl is-system-running")).toMatchObject({ stdout: "running\n", code: 0 });
    expect((await host.run("cat /proc/1/comm; hostname; readlink /proc/1/exe")).stdout).toBe(
      `systemd\n${host.name}\n/usr/lib/systemd/systemd\n`,
    );
  });

  test.each(["root", "deploy", "ops", "plain"])("lets %s in with the key", async (user) => {
    expect(await ssh(host, user, "whoami; hostname")).toMatchObject({ stdout: `${user}\n${host.name}\n`, code: 0 });
  });

  test("keeps everybody else out", async () => {
    const wrongHost = await ssh({ ...host, hostKey: other.hostKey }, "root", "true");
    expect(wrongHost).toMatchObject({ code: 255, stderr: expect.stringContaining("Host key verification failed") });
    const wrongKey = await ssh({ ...host, privateKeyFile: other.privateKeyFile }, "root", "true");
    expect(wrongKey).toMatchObject({ code: 255, stderr: expect.stringContaining("Permission denied") });
  });

  test("lets deploy in with the password", async () => {
    const askpass = join(hostPaths(host.name).folder, "askpass"); // goes with the host
    writeFileSync(askpass, `#!/bin/sh\necho ${host.deployPassword}\n`, { mode: 0o700 });
    const env = { ...(process.env as Record<string, string>), SSH_ASKPASS: askpass, SSH_ASKPASS_REQUIRE: "force" };
    const [program, ...args] = sshCommand(host, "deploy");
    const options = ["-o", "PreferredAuthentications=password", "-o", "PubkeyAuthentication=no"];
    expect(await exec(program!, [...options, ...args, "whoami"], { env })).toMatchObject({
      stdout: "deploy\n",
      code: 0,
    });
  });

  test("has a login for each way of sudo", async () => {
    const sudo = "sudo -k -S -p '' whoami";
    expect(await ssh(host, "deploy", sudo, `${host.deployPassword}\n`)).toMatchObject({ stdout: "root\n", stderr: "" });
    expect(await ssh(host, "deploy", "sudo -n whoami")).toMatchObject({ code: 1 });
    expect(await ssh(host, "ops", "sudo -n whoami")).toMatchObject({ stdout: "root\n", stderr: "" });
    expect(await ssh(host, "plain", sudo, "guess\n")).toMatchObject({ code: 1 });
  });

  test("counts its connections", async () => {
    const before = await host.connections();
    await host.run("true"); // is none
    await ssh(host, "plain", "true");
    expect(await host.connections()).toBe(before + 1);
    expect(await host.sshLog()).toContain("Accepted publickey for plain");
  });

  test("differs from its neighbour in all that makes a host", async () => {
    const ids = await Promise.all([host, other].map(async (h) => (await h.run("cat /etc/machine-id")).stdout.trim()));
    expect(ids).toEqual([host.machineId, other.machineId]);
    expect(host.machineId).not.toBe(other.machineId);
    expect(host.hostKeys).toHaveLength(3);
    expect(new Set([...host.hostKeys, ...other.hostKeys]).size).toBe(6);
    expect(new Set([host, other].flatMap((h) => [h.port, ...Object.values(h.ports).flat()])).size).toBe(16);
    expect(host.deployPassword).not.toBe(other.deployPassword);
  });

  test("stops a service without touching the neighbour's of the same name", async () => {
    for (const h of [host, other]) await h.run("systemd-run --unit=same sleep 1000");
    await host.run("systemctl stop same");
    expect((await host.run("systemctl is-active same")).stdout).toBe("inactive\n");
    expect((await other.run("systemctl is-active same")).stdout).toBe("active\n");
  });

  test("runs the web server of Bots", async () => {
    await host.run("setsid /opt/bots/bin/bots-webserver -c/srv/bots/config >/tmp/web.log 2>&1 &", { user: "bots" });
    const login = () => host.run(`curl -si http://127.0.0.1:${host.ports.web}/login/`);
    const answer = await eventually(login, ({ code }) => code === 0);
    expect(answer.stdout).toMatch(/^HTTP\/1.1 200 OK\r$/m);
    expect(answer.stdout).toMatch(/^Server: bots-webserver\r$/m);
  });

  test("runs the job queue and the directory monitor of Bots", async () => {
    await host.run("setsid /opt/bots/bin/bots-jobqueueserver -c/srv/bots/config >/tmp/queue.log 2>&1 &", {
      user: "bots",
    });
    const call = "import sys, xmlrpc.client as x; x.ServerProxy('http://localhost:' + sys.argv[1]).nosuchmethod()";
    const ask = () => host.run(`/opt/bots/bin/python -c "${call}" ${host.ports.queue}`);
    const answer = await eventually(ask, ({ stderr }) => !stderr.includes("ConnectionRefused"));
    expect(answer.stderr).toContain('method "nosuchmethod" is not supported');

    await host.run(
      "setsid /opt/bots/bin/bots-dirmonitor -c/srv/bots/config >/tmp/monitor.log 2>&1 & echo $! >/tmp/pid",
    );
    const watches = () => host.run("cat /proc/$(cat /tmp/pid)/fdinfo/* 2>/dev/null | grep -c ^inotify");
    expect((await eventually(watches, ({ stdout }) => stdout === "1\n")).stdout).toBe("1\n");
  });

  test("runs the engine of Bots with its own directories", async () => {
    const engine = await host.run("/opt/bots/bin/bots-engine -c/srv/bots/config", { user: "bots" });
    expect(engine).toMatchObject({ code: 0 });
    const log = (await host.run("cat /srv/bots/botssys/logging/engine.log")).stdout;
    for (const path of ["/srv/bots/config", "/srv/bots/botssys", "/srv/bots/usersys"])
      expect(log).toContain(`"${path}"`);
  });

  test("is up again after a reboot, and after its plug was pulled", async () => {
    const bootId = async () => (await host.run("cat /proc/sys/kernel/random/boot_id")).stdout;
    await host.run("echo kept >/root/file");
    const boots = [await bootId()];
    await host.reboot();
    boots.push(await bootId());
    await host.powerCycle();
    boots.push(await bootId());
    expect(new Set(boots).size).toBe(3);
    expect(await host.run("cat /root/file; systemctl is-system-running")).toMatchObject({ stdout: "kept\nrunning\n" });
    expect(await ssh(host, "root", "cat /etc/machine-id")).toMatchObject({ stdout: `${host.machineId}\n` });
  });

  test("is found by its name by another process", async () => {
    expect((await listHosts()).map(({ name }) => name)).toEqual(expect.arrayContaining([host.name, other.name]));
    expect(await findHost(host.name)).toMatchObject({ port: host.port, hostKey: host.hostKey });
    expect(await findHost("nobody")).toBeUndefined();
  });

  test("leaves nothing when it is stopped", async () => {
    const { name } = await startHost({ kind: "systemd", bots: false });
    const processes = hostProcesses(name);
    expect(processes.length).toBeGreaterThan(3);
    await stopHost(name);
    await stopHost(name); // twice is fine
    expect(processes.filter(identify)).toEqual([]);
    expect(readFileSync("/proc/self/mountinfo", "utf8")).not.toContain(name);
    for (const place of [...hostCgroups(name), hostPaths(name).folder]) expect(existsSync(place)).toBe(false);
    expect(existsSync(`/run/systemd/nspawn/propagate/${name}`)).toBe(false);
    expect(await findHost(name)).toBeUndefined();
  });

  test("is swept when its owner was killed", async () => {
    const name = `orphan-${process.pid}`;
    const lab = JSON.stringify(join(__dirname, "../../dist/lab")); // another process has no jest to compile for it
    const start = `require(${lab}).startHost({ kind: "systemd", name: "${name}", bots: false })`;
    const program = `${start}.then(() => console.log("up")); setInterval(() => {}, 1000)`;
    const env = { ...process.env };
    delete env[ownerVariable]; // it is its own owner
    const owner = spawn(process.execPath, ["-e", program], { stdio: "pipe", env });
    await new Promise((resolve) => owner.stdout.once("data", resolve));
    expect(sweep()).not.toContain(name);
    const processes = hostProcesses(name);
    owner.kill("SIGKILL");
    await new Promise((resolve) => owner.once("exit", resolve));
    expect(hostProcesses(name)).toEqual(processes); // nobody was there to stop it
    expect(sweep()).toContain(name);
    expect(hostProcesses(name)).toEqual([]);
    expect(existsSync(hostPaths(name).folder)).toBe(false);
  });
});
