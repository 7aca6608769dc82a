import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findHost, listHosts, startHost, stopHost, sweep, type HostKind, type LabHost } from "../../lab";
import { hostCgroups, hostProcesses } from "../../lab/cgroups";
import { exec } from "../../lab/exec";
import { hostPaths } from "../../lab/paths";
import { identify, isAlive } from "../../lab/processes";
import { ownerVariable } from "../../lab/records";
import { sshCommand } from "../../lab/summary";
import { describeWith } from "../support/requirements";
import { bystander, clockOffset, computer } from "./labComputer";
import { columns, sleeping } from "./labKinds";

/** One command over OpenSSH's own client, with the host key pinned. */
function ssh(host: LabHost, user: string, command: string, input = "", options: string[] = []) {
  const [program, ...args] = sshCommand(host, user);
  return exec(program!, ["-o", "BatchMode=yes", ...options, ...args, command], { input });
}

/** Asks again until it says what is wanted: a daemon takes a moment to listen. */
async function eventually<T>(ask: () => Promise<T>, wanted: (answer: T) => boolean): Promise<T> {
  for (let tries = 0; ; tries++) {
    const answer = await ask();
    if (wanted(answer) || tries > 480) return answer;
    await sleep(250);
  }
}

describeWith(["lab"], "a lab host", () => {
  describe.each(Object.keys(columns) as HostKind[])("with %s", (kind) => {
    const { init, healthy, define, start, stop } = columns[kind];
    let before: { computer: ReturnType<typeof computer>; clock: number; bystander: ReturnType<typeof bystander> };
    let host: LabHost;
    let other: LabHost;

    beforeAll(async () => {
      before = { computer: computer(), clock: clockOffset(), bystander: bystander() };
      [host, other] = await Promise.all([
        startHost({ kind }),
        startHost({ kind, bots: false, without: ["flock", "timeout"] }),
      ]);
    });
    afterAll(async () => {
      await host?.stop();
      await other?.stop();
      before?.bystander.end();
    });

    test("has booted its service manager without a failure", async () => {
      expect(await host.run(healthy[0])).toMatchObject({ stdout: healthy[1], stderr: "" });
      expect((await host.run("cat /proc/1/comm; readlink /proc/1/exe; hostname")).stdout).toBe(`${init}${host.name}\n`);
    });

    test("lets its users in with the key", async () => {
      const users = ["root", "deploy", "ops", "plain"];
      const answers = await Promise.all(users.map((user) => ssh(host, user, "whoami; hostname")));
      expect(answers).toEqual(users.map((user) => ({ code: 0, stdout: `${user}\n${host.name}\n`, stderr: "" })));
    });

    test("keeps everybody else out", async () => {
      const [wrongHost, wrongKey] = await Promise.all([
        ssh({ ...host, hostKey: other.hostKey }, "root", "true"),
        ssh({ ...host, privateKeyFile: other.privateKeyFile }, "root", "true"),
      ]);
      expect(wrongHost).toMatchObject({ code: 255, stderr: expect.stringContaining("Host key verification failed") });
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
      const [password, noPassword, asked, none] = await Promise.all([
        ssh(host, "deploy", "sudo -k -S -p '' whoami", `${host.deployPassword}\n`),
        ssh(host, "ops", "sudo -n whoami"),
        ssh(host, "deploy", "sudo -n whoami"),
        host.run("sudo -l -U plain"), // a wrong password would cost two seconds
      ]);
      expect([password, noPassword]).toMatchObject(Array(2).fill({ stdout: "root\n", stderr: "" }));
      expect(asked).toMatchObject({ code: 1, stderr: expect.stringContaining("a password is required") });
      expect(none.stdout).toContain("not allowed to run sudo");
    });

    test("counts its connections, and logs them", async () => {
      const count = await host.connections();
      await host.run("true"); // is none
      await ssh(host, "plain", "true");
      expect(await host.connections()).toBe(count + 1);
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

    test("lacks the programs that were taken away, and its neighbour does not", async () => {
      const look = "which flock timeout";
      expect((await host.run(look)).stdout).toBe("/usr/bin/flock\n/usr/bin/timeout\n");
      expect((await other.run(look)).stdout).toBe("");
    });

    test("stops a service without touching the neighbour's of the same name", async () => {
      await Promise.all([host, other].map((h) => h.run(`${define}\n${start}`)));
      for (const h of [host, other]) expect((await h.run(sleeping)).stdout).toBe("1\n");
      expect(await host.run(stop)).toMatchObject({ code: 0 });
      expect((await host.run(sleeping)).stdout).toBe("0\n");
      expect((await other.run(sleeping)).stdout).toBe("1\n");
    });

    test("runs the daemons of Bots", async () => {
      const run = (command: string, log: string) =>
        host.run(`setsid /opt/bots/bin/${command} -c/srv/bots/config >/tmp/${log} 2>&1 & echo $!`, { user: "bots" });
      await run("bots-webserver", "web.log");
      await run("bots-jobqueueserver", "queue.log");
      const monitor = (await run("bots-dirmonitor", "monitor.log")).stdout.trim();

      const call = "import sys, xmlrpc.client as x; x.ServerProxy('http://localhost:' + sys.argv[1]).nosuchmethod()";
      const login = () => host.run(`curl -si http://127.0.0.1:${host.ports.web}/login/`);
      const queue = () => host.run(`/opt/bots/bin/python -c "${call}" ${host.ports.queue}`);
      const watches = () => host.run(`cat /proc/${monitor}/fdinfo/* 2>/dev/null | grep -c ^inotify`);
      const [answer, method, watched] = await Promise.all([
        eventually(login, ({ code }) => code === 0),
        eventually(queue, ({ stderr }) => !stderr.includes("ConnectionRefused")),
        eventually(watches, ({ stdout }) => stdout === "1\n"),
      ]);
      expect(answer.stdout).toMatch(/^HTTP\/1.1 200 OK\r$/m);
      expect(answer.stdout).toMatch(/^Server: bots-webserver\r$/m);
      expect(method.stderr).toContain('method "nosuchmethod" is not supported');
      expect(watched.stdout).toBe("1\n");
    });

    test("runs the engine of Bots with its own directories", async () => {
      const engine = await host.run("/opt/bots/bin/bots-engine -c/srv/bots/config", { user: "bots" });
      expect(engine).toMatchObject({ code: 0 });
      const log = (await host.run("cat /srv/bots/botssys/logging/engine.log")).stdout;
      for (const path of ["/srv/bots/config", "/srv/bots/botssys", "/srv/bots/usersys"])
        expect(log).toContain(`"${path}"`);
    });

    test("is up again after a reboot, and after its plug was pulled, with its services", async () => {
      const bootId = async () => (await host.run("cat /proc/sys/kernel/random/boot_id")).stdout;
      const isUp = async () => {
        expect(await host.run(`cat /root/file; ${healthy[0]}`)).toMatchObject({ stdout: `kept\n${healthy[1]}` });
        expect((await host.run(sleeping)).stdout).toBe("1\n");
        return bootId();
      };
      await host.run("echo kept >/root/file");
      const boots = [await bootId()];
      await host.reboot();
      boots.push(await isUp());
      await host.powerCycle();
      boots.push(await isUp());
      expect(new Set(boots).size).toBe(3);
      expect(await ssh(host, "root", "cat /etc/machine-id")).toMatchObject({ stdout: `${host.machineId}\n` });
    });

    test("is found by its name by another process", async () => {
      expect((await listHosts()).map(({ name }) => name)).toEqual(expect.arrayContaining([host.name, other.name]));
      expect(await findHost(host.name)).toMatchObject({ kind, port: host.port, hostKey: host.hostKey });
      expect(await findHost("nobody")).toBeUndefined();
    });

    test("leaves nothing when it is stopped", async () => {
      const { name } = other;
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

    test("is gone when it has shut itself down, and is swept", async () => {
      await host.run("poweroff");
      expect(
        await eventually(
          () => findHost(host.name),
          (found) => !found,
        ),
      ).toBeUndefined();
      // Its nspawn may still be on its way out: a sweep takes what has ended.
      const there = () => {
        sweep();
        return Promise.resolve(existsSync(hostPaths(host.name).folder));
      };
      expect(await eventually(there, (found) => !found)).toBe(false);
    });

    test("has not touched the computer, booting, running or shutting down", () => {
      expect(computer()).toEqual(before.computer);
      expect(Math.abs(clockOffset() - before.clock)).toBeLessThan(500);
      const { id } = before.bystander;
      expect(id && isAlive(id)).toBe(true);
    });
  });

  test("is not made without a program that it has not", async () => {
    const name = `without-${process.pid}`;
    const start = startHost({ kind: "systemd", name, bots: false, without: ["../../../bin/sh"] });
    await expect(start).rejects.toThrow('The host has no program "../../../bin/sh" that could be hidden');
    expect(existsSync(hostPaths(name).folder)).toBe(false);
  });

  test("is swept when its owner was killed, whatever its kind", async () => {
    const orphans = Object.keys(columns).map((kind) => ({ kind, name: `orphan-${kind}-${process.pid}`, bots: false }));
    const lab = JSON.stringify(join(__dirname, "../../dist/lab")); // another process has no jest to compile for it
    const start = `Promise.all(${JSON.stringify(orphans)}.map(require(${lab}).startHost))`;
    const program = `${start}.then(() => console.log("up")); setInterval(() => {}, 1000)`;
    const env = { ...process.env };
    delete env[ownerVariable]; // it is its own owner
    const owner = spawn(process.execPath, ["-e", program], { stdio: ["ignore", "pipe", "inherit"], env });
    await Promise.race([once(owner.stdout, "data"), once(owner, "exit")]);
    const names = orphans.map(({ name }) => name);
    expect(sweep()).not.toEqual(expect.arrayContaining(names));
    const processes = names.map(hostProcesses);
    for (const found of processes) expect(found.length).toBeGreaterThan(3);
    owner.kill("SIGKILL");
    await once(owner, "close");
    expect(names.map(hostProcesses)).toEqual(processes); // nobody was there to stop them
    expect(sweep()).toEqual(expect.arrayContaining(names));
    expect(names.flatMap(hostProcesses)).toEqual([]);
    for (const name of names) expect(existsSync(hostPaths(name).folder)).toBe(false);
  });
});
