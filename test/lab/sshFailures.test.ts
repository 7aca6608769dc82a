import { execFileSync } from "node:child_process";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { join } from "node:path";
import type { Connection } from "../../schema/connection";
import { startRelay } from "../support/relay";
import { describeWith } from "../support/requirements";

import { freePort, sshHost } from "./support/sshHost";

const now = () => performance.now();

describeWith(["lab"], "SSH to a host: what goes wrong", () => {
  const lab = sshHost();
  const { pool, to, without, run, failure, refusals, withSshd } = lab;

  describe("a refused login", () => {
    test("with a wrong key is tried once, and never again in this process", async () => {
      const key = join(lab.folder, "wrong");
      execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key]);
      const connection = without(to({ privateKeyFile: key }), "privateKey");
      const shared = pool();
      const once = await refusals(async () => {
        const errors = await Promise.all([failure({ ...connection }, shared), failure({ ...connection }, shared)]);
        errors.push(await failure({ ...connection }, shared));
        for (const error of errors) {
          expect(error.kind).toBe("authentication");
          expect(error.message).toMatch(
            /login as root was refused.*Tried: key SHA256:.*\(privateKeyFile .*The host accepts: publickey/,
          );
        }
      });
      expect(once).toBe(1);
    });

    test("with a wrong password is tried once, and the password is in no message", async () => {
      const shared = pool();
      const connection = without(to({ user: "deploy", password: "wrong-guess" }), "privateKey");
      const once = await refusals(async () => {
        const error = await failure(connection, shared);
        await failure(connection, shared);
        expect(error.kind).toBe("authentication");
        expect(error.message).toMatch(/Tried: password\./);
        expect(error.message).not.toContain("wrong-guess");
      });
      expect(once).toBe(1);
    });

    test.each<[string, Partial<Omit<Connection, "host">>, string]>([
      ["no file", { privateKeyFile: "~/no-such-key" }, "no-such-key: no such file"],
      ["no variable", { passwordEnv: "NOT_SET_ANYWHERE" }, "environment variable NOT_SET_ANYWHERE is not set"],
      ["no key", { privateKey: "hello" }, "privateKey: is not a private key"],
      ["no agent", { agentSocket: "/nowhere/agent" }, "agent (/nowhere/agent)"],
    ])("%s", async (_, changes, text) => {
      const error = await failure({ ...without(to(), "privateKey"), ...changes });
      expect(error).toMatchObject({ kind: "authentication", message: expect.stringContaining(text) });
    });

    test("says what to set when nothing is", async () => {
      const saved = process.env["SSH_AUTH_SOCK"];
      delete process.env["SSH_AUTH_SOCK"];
      try {
        expect((await failure(without(to(), "privateKey"))).message).toContain("set privateKeyFile");
        const publicKey = await failure(to({ privateKey: lab.host.publicKey }));
        expect(publicKey.message).toContain("is a public key: the private key is needed");
      } finally {
        if (saved !== undefined) process.env["SSH_AUTH_SOCK"] = saved;
      }
    });
  });

  describe("a host that can't be reached", () => {
    test("is tried until the deadline is used up, then known for a while, and keeps nobody waiting", async () => {
      const shared = pool({ maxConnections: 1 });
      const start = now();
      const dead = failure(to({ port: await freePort(), connectTimeoutSeconds: 3 }), shared);
      expect(await run(to(), ["true"], shared)).toMatchObject({ code: 0 });
      expect(now() - start).toBeLessThan(2500);
      const error = await dead;
      expect(error).toMatchObject({ kind: "unreachable", message: expect.stringContaining("connection refused") });
      expect(now() - start).toBeGreaterThan(2500);
      expect(now() - start).toBeLessThan(4500);
    });

    test("fails at once for whoever comes later", async () => {
      const shared = pool();
      const connection = to({ port: await freePort(), connectTimeoutSeconds: 1 });
      const first = await failure(connection, shared);
      const start = now();
      expect(await failure(connection, shared)).toBe(first);
      expect(now() - start).toBeLessThan(50);
    });

    test("that says nothing is a time-out; a name that does not exist is known at once", async () => {
      const sockets: Socket[] = [];
      const silent = createServer((socket) => sockets.push(socket));
      await new Promise<void>((done) => silent.listen(0, "127.0.0.1", done));
      const start = now();
      const port = (silent.address() as AddressInfo).port;
      const error = await failure(to({ port, connectTimeoutSeconds: 2 }));
      expect(error).toMatchObject({ kind: "timeout", message: expect.stringContaining("no SSH server answered") });
      expect(now() - start).toBeLessThan(3000);
      for (const socket of sockets) socket.destroy();
      await new Promise((done) => silent.close(done));
      const name = await failure(to({ address: "no-such-host.invalid" }));
      expect(name).toMatchObject({ kind: "unreachable" });
    });

    test("comes up within the deadline", async () => {
      await lab.host.run("systemctl stop ssh ssh.socket");
      const running = run(to(), ["true"]);
      setTimeout(() => void lab.host.run("systemctl start ssh"), 1500);
      expect(await running).toMatchObject({ code: 0 });
    });
  });

  describe("limits of the server", () => {
    test("MaxSessions: a refused session is waited for", async () => {
      await withSshd("MaxSessions 2", async () => {
        const shared = pool({ maxSessionsPerHost: 6 });
        const before = await lab.host.connections();
        const all = await Promise.all(Array.from({ length: 12 }, (_, i) => run(to(), ["echo", `${i}`], shared)));
        expect(all.map((result) => result.stdout.trim())).toEqual(all.map((_, i) => `${i}`));
        expect((await lab.host.connections()) - before).toBe(1);
      });
    });

    test("sessions are bounded on our side", async () => {
      const shared = pool({ maxSessionsPerHost: 2 });
      const argv = ["sh", "-c", "ps -C sleep -o args= | grep -c 0.3017; exec sleep 0.3017"];
      const all = await Promise.all(Array.from({ length: 8 }, () => run(to(), argv, shared)));
      expect(Math.max(...all.map((result) => Number(result.stdout)))).toBeLessThanOrEqual(2);
    });

    test("MaxStartups: dropped logins are dialled again", async () => {
      const before = (await lab.host.sshLog()).length;
      await withSshd("MaxStartups 3:100:3", async () => {
        const shared = pool({ maxConnections: 20 });
        const names = Array.from({ length: 20 }, (_, i) => `twin${i}`);
        const all = await Promise.all(names.map((name) => run(to({ host: name }), ["echo", name], shared)));
        expect(all.map((result) => result.stdout.trim())).toEqual(names);
        expect((await lab.host.sshLog()).slice(before)).toContain("MaxStartups");
      });
    });
  });

  test("a connection that breaks is `lostConnection` for what runs on it, and the next call dials anew", async () => {
    const relay = await startRelay(lab.host);
    const shared = pool();
    const connection = to({ port: relay.port });
    const running = run(connection, ["sleep", "5"], shared).catch((error: unknown) => error);
    while (relay.count === 0) await new Promise((done) => setTimeout(done, 20));
    await new Promise((done) => setTimeout(done, 400));
    relay.cut();
    expect(await running).toMatchObject({ kind: "lostConnection", host: lab.host.name });
    expect(await run(connection, ["echo", "again"], shared)).toMatchObject({ stdout: "again\n" });
    expect(relay.count).toBe(2);
    await relay.close();
  });
});
