import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LabHost } from "../../lab";
import type { HostError } from "../../model/errors";
import { shCommand } from "../../provider/posix/shell/quote";
import { Pool, type PoolLimits } from "../../provider/transports/pool";
import { targetOf } from "../support/target";
import type { Connection } from "../../schema/connection";
import { until } from "../engine/support/run";
import { startRelay } from "../support/relay";
import { describeWith } from "../support/requirements";
import { labHost } from "../support/hosts";

/** What ssh2 does with each message of the protocol. */
const handlers = jest.requireActual<Record<number, () => void>>("ssh2/lib/protocol/handlers.js");

type Changes = Partial<Omit<Connection, "host">> & { host?: string };
const now = () => performance.now();

describeWith(["lab"], "SSH to a host", () => {
  let host: LabHost;
  let folder: string;
  const pools: Pool[] = [];

  beforeAll(async () => {
    host = await labHost({ kind: "systemd" });
    folder = mkdtempSync(join(tmpdir(), "pulumi-bots-ssh-"));
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await host?.stop();
  });
  afterEach(() => pools.splice(0).forEach((pool) => pool.close()));

  const pool = (limits?: PoolLimits) => {
    const made = new Pool(limits);
    pools.push(made);
    return made;
  };
  /** A right connection; each test spoils what it is about. */
  const to = (changes: Changes = {}): Connection & { host: string } => ({
    host: host.name,
    address: host.address,
    port: host.port,
    privateKey: host.privateKey,
    hostKey: host.hostKey,
    connectTimeoutSeconds: 20,
    ...changes,
  });
  const without = (connection: Connection & { host: string }, ...keys: (keyof Connection)[]) => {
    for (const key of keys) delete connection[key];
    return connection;
  };
  const run = async (connection: Connection & { host: string }, argv: string[], on = pool()) => {
    const transport = await on.transport(targetOf(connection));
    const { code, stdout, stderr } = await transport.exec({ command: shCommand(...argv) });
    return { code, stdout: stdout.toString(), stderr: stderr.toString() };
  };
  const failure = async (connection: Connection & { host: string }, on = pool()): Promise<HostError> => {
    const error = await run(connection, ["true"], on).then(
      () => undefined,
      (e: unknown) => e,
    );
    expect(error).toMatchObject({ name: "HostError", host: host.name });
    return error as HostError;
  };
  /** How many logins sshd refuses meanwhile: its log of one may come after its answer to us. */
  const refusals = async (body: () => Promise<void>) => {
    const count = async () =>
      (await host.sshLog()).match(/Failed (password|publickey|keyboard-interactive)/g)?.length ?? 0;
    const before = await count();
    await body();
    await until(async () => (await count()) > before, "sshd has logged that it refused a login");
    return (await count()) - before;
  };
  /** sshd with other settings, for one test. */
  const withSshd = async (settings: string, body: () => Promise<void>) => {
    const restart = "sshd -t && { systemctl reset-failed ssh; systemctl restart ssh; } && sleep 0.3"; // not "too often"
    expect(await host.run(`echo '${settings}' >/etc/ssh/sshd_config.d/00-test.conf; ${restart}`)).toMatchObject({
      code: 0,
    });
    try {
      await body();
    } finally {
      await host.run(`rm /etc/ssh/sshd_config.d/00-test.conf; ${restart}`);
    }
  };

  describe("a login", () => {
    test("by the text of a key, argument by argument, with exit code and both streams", async () => {
      const words = [
        "sh",
        "-c",
        'printf "[%s]" "$@"; echo oops >&2; exit 3',
        "-",
        "a b",
        "it's",
        '$HOME "x"',
        "",
        "*",
        "ä\n;",
      ];
      const result = await run(to(), words);
      expect(result).toEqual({ code: 3, stdout: `[a b][it's][$HOME "x"][][*][ä\n;]`, stderr: "oops\n" });
    });

    test("by a key file, and by one that needs a passphrase", async () => {
      const path = join(folder, "key");
      writeFileSync(path, host.privateKey.trimEnd(), { mode: 0o600 });
      expect(await run(without(to({ privateKeyFile: path }), "privateKey"), ["id", "-un"])).toMatchObject({
        stdout: "root\n",
      });
      const locked = join(folder, "locked");
      writeFileSync(locked, host.privateKey, { mode: 0o600 });
      execFileSync("ssh-keygen", ["-q", "-p", "-f", locked, "-N", "open sesame"]);
      const encrypted = without(to({ privateKeyFile: locked }), "privateKey");
      expect((await failure({ ...encrypted })).message).toContain("the key is encrypted: set passphrase");
      expect((await failure({ ...encrypted, passphrase: "guess" })).message).toContain(
        "the passphrase does not decrypt the key",
      );
      process.env["TEST_PASSPHRASE"] = "open sesame";
      expect(await run({ ...encrypted, passphraseEnv: "TEST_PASSPHRASE" }, ["id", "-un"])).toMatchObject({
        stdout: "root\n",
      });
    });

    test("by a password, also where the server only asks questions", async () => {
      const connection = without(to({ user: "deploy", password: host.deployPassword }), "privateKey");
      expect(await run(connection, ["id", "-un"])).toMatchObject({ stdout: "deploy\n" });
      await withSshd("UsePAM yes\nPasswordAuthentication no\nKbdInteractiveAuthentication yes", async () => {
        expect(await run(connection, ["id", "-un"])).toMatchObject({ stdout: "deploy\n" });
        const once = await refusals(async () => {
          const error = await failure({ ...connection, password: "wrong-guess" });
          expect(error).toMatchObject({ kind: "authentication", message: expect.stringContaining("Tried: password.") });
        });
        expect(once).toBe(1);
      });
    });

    test("by an agent", async () => {
      const socket = join(folder, "agent");
      const started = execFileSync("ssh-agent", ["-a", socket], { encoding: "utf8" });
      const pid = Number(/SSH_AGENT_PID=(\d+)/.exec(started)?.[1]);
      try {
        const connection = without(to({ agentSocket: socket }), "privateKey");
        const empty = await failure(connection);
        expect(empty).toMatchObject({ kind: "authentication" });
        expect(empty.message).toContain("holds no usable key");
        execFileSync("ssh-add", ["-q", host.privateKeyFile], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
        expect(await run(connection, ["id", "-un"])).toMatchObject({ stdout: "root\n" });
      } finally {
        process.kill(pid);
      }
    });

    test("through a jump host, whose own host key is checked, and which one connection serves", async () => {
      const jump = { ...without(to(), "host", "connectTimeoutSeconds"), host: "bastion" };
      const shared = pool();
      const before = await host.connections();
      const names = ["a", "b", "c"];
      await Promise.all(names.map((name) => run(to({ host: name, jump }), ["true"], shared)));
      expect((await host.connections()) - before).toBe(names.length + 1);
      const wrong = await failure(to({ jump: { ...jump, hostKey: OTHER_KEY } }));
      expect(wrong).toMatchObject({ kind: "hostKey" });
      expect(wrong.message).toContain("jump host bastion: THE HOST KEY HAS CHANGED");
      const closed = await failure(to({ jump, port: await freePort(), connectTimeoutSeconds: 2 }));
      expect(closed).toMatchObject({ kind: "unreachable" });
      expect(closed.message).toContain("through bastion: connection refused");
      for (const settings of ["AllowTcpForwarding no", "PermitOpen 127.0.0.1:1"]) {
        await withSshd(settings, async () => {
          const start = now();
          const error = await failure(to({ jump, connectTimeoutSeconds: 60 }));
          expect(error.message).toContain("through bastion: the jump host forbids forwarding to this host");
          expect(now() - start).toBeLessThan(30_000);
        });
      }
    });
  });

  describe("a host key", () => {
    const line = (key = host.hostKey) => `[${host.address}]:${host.port} ${key}`;

    test("is found in the text or the file of known_hosts, hashed too, whatever type it is of", async () => {
      for (const key of host.hostKeys) {
        expect(await run(to({ hostKey: key }), ["true"])).toMatchObject({ code: 0 });
        expect(
          await run(without(to({ knownHosts: `# x\nother ${key}\n${line(key)}\n` }), "hostKey"), ["true"]),
        ).toMatchObject({ code: 0 });
      }
      const file = join(folder, "known_hosts");
      writeFileSync(file, `${line()}\n`);
      execFileSync("ssh-keygen", ["-q", "-H", "-f", file], { stdio: "ignore" });
      expect(await run(without(to({ knownHostsFile: file }), "hostKey"), ["true"])).toMatchObject({ code: 0 });
      expect((await failure(without(to({ knownHostsFile: `${file}.not` }), "hostKey"))).message).toContain(
        "no such file",
      );
    });

    test("that is not known gives its fingerprint and the lines to paste", async () => {
      const error = await failure(without(to({ knownHosts: "# none" }), "hostKey"));
      expect(error.kind).toBe("hostKey");
      expect(error.message).toContain("is unknown");
      const [, type, blob] = /hostKey: (\S+) (\S+)/.exec(error.message)!;
      expect(host.hostKeys).toContain(`${type} ${blob}`);
      expect(error.message).toContain(`known_hosts: ${line(`${type} ${blob}`)}`);
      expect(error.message).toContain(fingerprintOf(`${type} ${blob}`));
      expect(await run(to({ hostKey: `${type} ${blob}` }), ["true"])).toMatchObject({ code: 0 });
    });

    test("that is another one than known gives both fingerprints, also where the known type is not there at all", async () => {
      const error = await failure(to({ hostKey: OTHER_KEY }));
      expect(error.kind).toBe("hostKey");
      expect(error.message).toContain(fingerprintOf(OTHER_KEY));
      expect(error.message).toContain(fingerprintOf(host.hostKey));
      await withSshd("HostKey /etc/ssh/ssh_host_rsa_key", async () => {
        const changed = await failure(to());
        expect(changed.kind).toBe("hostKey");
        expect(changed.message).toContain("CHANGED");
        expect(changed.message).toContain(fingerprintOf(host.hostKey));
        expect(changed.message).toContain(fingerprintOf(host.hostKeys[2]!));
      });
    });

    test("that is revoked, or known by an authority only, is refused in words", async () => {
      const revoked = await failure(without(to({ knownHosts: `${line()}\n@revoked * ${host.hostKey}` }), "hostKey"));
      expect(revoked.message).toContain("@revoked");
      const authority = await failure(without(to({ knownHosts: `@cert-authority ${line()}` }), "hostKey"));
      expect(authority.message).toContain("host certificates are not supported");
    });
  });

  describe("an old server", () => {
    const kexes = ["diffie-hellman-group14-sha1", "diffie-hellman-group-exchange-sha1", "diffie-hellman-group1-sha1"];
    const old = (kex = kexes[0]!, cipher = "aes128-cbc", mac = "hmac-md5") =>
      `KexAlgorithms ${kex}\nCiphers ${cipher}\nMACs ${mac}\n` +
      "HostKey /etc/ssh/ssh_host_rsa_key\nHostKeyAlgorithms ssh-rsa\nPubkeyAcceptedAlgorithms ssh-rsa";
    const legacy = (changes: Changes = {}) => to({ hostKey: host.hostKeys[2]!, legacyAlgorithms: true, ...changes });
    let rsaKey: string;
    /** SSH_MSG_EXT_INFO, by which servers since OpenSSH 7.2 say which signatures of users they take: an old one sends none. */
    const EXT_INFO = 7;
    const said = handlers[EXT_INFO]!;

    beforeAll(async () => {
      const path = join(folder, "rsa");
      execFileSync("ssh-keygen", ["-q", "-t", "rsa", "-b", "2048", "-m", "PEM", "-N", "", "-f", path]);
      rsaKey = readFileSync(path, "utf8");
      await host.run("{ echo; cat; } >>/etc/ssh/lab_authorized_keys", { input: readFileSync(`${path}.pub`, "utf8") });
      expect((await run(to({ privateKey: rsaKey }), ["true"])).code).toBe(0);
      handlers[EXT_INFO] = () => {};
    });
    afterAll(() => (handlers[EXT_INFO] = said));

    test.each([
      ...kexes.map((kex) => [kex, "aes128-cbc", "hmac-md5"] as const),
      ...["aes192-cbc", "aes256-cbc", "3des-cbc"].map((cipher) => [kexes[0]!, cipher, "hmac-sha1"] as const),
    ])("that knows %s, %s and %s only is talked to with legacyAlgorithms", async (...settings) => {
      await withSshd(old(...settings), async () => {
        const text = "x".repeat(100_000);
        const connection = legacy({ privateKey: rsaKey });
        const transport = await pool().transport(targetOf(connection));
        const result = await transport.exec({ command: shCommand("cat"), stdin: text });
        expect(result).toMatchObject({ code: 0 });
        expect(result.stdout.toString()).toBe(text);
      });
    });

    test("is refused without, in words that name the option; a jump host that is one, too", async () => {
      await withSshd(old(), async () => {
        const modern = to({ hostKey: host.hostKeys[2]!, privateKey: rsaKey });
        const error = await failure(modern);
        expect(error.kind).toBe("unreachable");
        expect(error.message).toContain("no key exchange algorithm in common");
        expect(error.message).toContain("legacyAlgorithms: true");
        const jump = { ...without(modern, "host", "connectTimeoutSeconds"), host: "bastion" };
        expect((await failure(legacy({ privateKey: rsaKey, jump }))).message).toMatch(
          /jump host bastion: .*legacyAlgorithms: true/,
        );
        const through = legacy({ privateKey: rsaKey, jump: { ...jump, legacyAlgorithms: true } });
        expect(await run(through, ["true"])).toMatchObject({ code: 0 });
      });
      await withSshd("Ciphers aes128-cbc", async () => {
        expect((await failure(to())).message).toContain("no cipher in common");
      });
      await withSshd("MACs hmac-md5\nCiphers aes128-ctr", async () => {
        expect((await failure(to())).message).toContain("no MAC in common");
      });
      await withSshd("MACs umac-64@openssh.com\nCiphers aes128-ctr", async () => {
        expect((await failure(to({ legacyAlgorithms: true }))).message).toContain("not even with legacyAlgorithms");
      });
    });

    test("is checked by its host key as any other is", async () => {
      await withSshd(old(), async () => {
        const key = host.hostKeys[2]!;
        const line = `[${host.address}]:${host.port}`;
        const known = without(legacy({ privateKey: rsaKey, knownHosts: `${line} ${key}` }), "hostKey");
        expect(await run(known, ["true"])).toMatchObject({ code: 0 });
        const changed = await failure(legacy({ privateKey: rsaKey, hostKey: OTHER_KEY }));
        expect(changed).toMatchObject({ kind: "hostKey", message: expect.stringContaining("CHANGED") });
        expect(changed.message).toContain(fingerprintOf(key));
        const unknown = await failure(without(legacy({ privateKey: rsaKey, knownHosts: "# none" }), "hostKey"));
        expect(unknown).toMatchObject({ kind: "hostKey", message: expect.stringContaining("is unknown") });
        expect(unknown.message).toContain(key);
      });
    });

    test("that has a DSA key shows it, and is known by it", async () => {
      await host.run("ssh-keygen -q -t dsa -N '' -f /etc/ssh/old_dsa_key");
      const settings = "HostKey /etc/ssh/old_dsa_key\nHostKeyAlgorithms ssh-dss";
      await withSshd(settings, async () => {
        const dsa = (await host.run("cut -d' ' -f1,2 /etc/ssh/old_dsa_key.pub")).stdout.trim();
        expect(await run(to({ hostKey: dsa, legacyAlgorithms: true }), ["true"])).toMatchObject({ code: 0 });
        expect((await failure(to({ legacyAlgorithms: true }))).message).toContain(fingerprintOf(dsa));
        const blind = await failure(to());
        expect(blind.kind).toBe("unreachable");
        expect(blind.message).toMatch(/no type of host key in common.*legacyAlgorithms: true/);
      });
    });

    test("changes nothing for a modern one", async () => {
      expect(await run(to({ legacyAlgorithms: true }), ["true"])).toMatchObject({ code: 0 });
    });
  });

  describe("a refused login", () => {
    test("with a wrong key is tried once, and never again in this process", async () => {
      const key = join(folder, "wrong");
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
        const publicKey = await failure(to({ privateKey: host.publicKey }));
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
      await host.run("systemctl stop ssh ssh.socket");
      const running = run(to(), ["true"]);
      setTimeout(() => void host.run("systemctl start ssh"), 1500);
      expect(await running).toMatchObject({ code: 0 });
    });
  });

  describe("limits of the server", () => {
    test("MaxSessions: a refused session is waited for", async () => {
      await withSshd("MaxSessions 2", async () => {
        const shared = pool({ maxSessionsPerHost: 6 });
        const before = await host.connections();
        const all = await Promise.all(Array.from({ length: 12 }, (_, i) => run(to(), ["echo", `${i}`], shared)));
        expect(all.map((result) => result.stdout.trim())).toEqual(all.map((_, i) => `${i}`));
        expect((await host.connections()) - before).toBe(1);
      });
    });

    test("sessions are bounded on our side", async () => {
      const shared = pool({ maxSessionsPerHost: 2 });
      const argv = ["sh", "-c", "ps -C sleep -o args= | grep -c 0.3017; exec sleep 0.3017"];
      const all = await Promise.all(Array.from({ length: 8 }, () => run(to(), argv, shared)));
      expect(Math.max(...all.map((result) => Number(result.stdout)))).toBeLessThanOrEqual(2);
    });

    test("MaxStartups: dropped logins are dialled again", async () => {
      const before = (await host.sshLog()).length;
      await withSshd("MaxStartups 3:100:3", async () => {
        const shared = pool({ maxConnections: 20 });
        const names = Array.from({ length: 20 }, (_, i) => `twin${i}`);
        const all = await Promise.all(names.map((name) => run(to({ host: name }), ["echo", name], shared)));
        expect(all.map((result) => result.stdout.trim())).toEqual(names);
        expect((await host.sshLog()).slice(before)).toContain("MaxStartups");
      });
    });
  });

  test("a connection that breaks is `lostConnection` for what runs on it, and the next call dials anew", async () => {
    const relay = await startRelay(host);
    const shared = pool();
    const connection = to({ port: relay.port });
    const running = run(connection, ["sleep", "5"], shared).catch((error: unknown) => error);
    while (relay.count === 0) await new Promise((done) => setTimeout(done, 20));
    await new Promise((done) => setTimeout(done, 400));
    relay.cut();
    expect(await running).toMatchObject({ kind: "lostConnection", host: host.name });
    expect(await run(connection, ["echo", "again"], shared)).toMatchObject({ stdout: "again\n" });
    expect(relay.count).toBe(2);
    await relay.close();
  });
});

/** A key that no host has. */
const OTHER_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";

const fingerprintOf = (key: string) =>
  /SHA256:\S+/.exec(execFileSync("ssh-keygen", ["-l", "-f", "-"], { input: `${key}\n`, encoding: "utf8" }))![0];

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}
