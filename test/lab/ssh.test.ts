import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { shCommand } from "../../provider/posix/shell/quote";
import { targetOf } from "../support/target";
import { describeWith } from "../support/requirements";

import { type Changes, fingerprintOf, freePort, OTHER_KEY, sshHost } from "./support/sshHost";

/** What ssh2 does with each message of the protocol. */
const handlers = jest.requireActual<Record<number, () => void>>("ssh2/lib/protocol/handlers.js");

const now = () => performance.now();

describeWith(["lab"], "SSH to a host", () => {
  const lab = sshHost();
  const { pool, to, without, run, failure, refusals, withSshd } = lab;

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
      const path = join(lab.folder, "key");
      writeFileSync(path, lab.host.privateKey.trimEnd(), { mode: 0o600 });
      expect(await run(without(to({ privateKeyFile: path }), "privateKey"), ["id", "-un"])).toMatchObject({
        stdout: "root\n",
      });
      const locked = join(lab.folder, "locked");
      writeFileSync(locked, lab.host.privateKey, { mode: 0o600 });
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
      const connection = without(to({ user: "deploy", password: lab.host.deployPassword }), "privateKey");
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
      const socket = join(lab.folder, "agent");
      const started = execFileSync("ssh-agent", ["-a", socket], { encoding: "utf8" });
      const pid = Number(/SSH_AGENT_PID=(\d+)/.exec(started)?.[1]);
      try {
        const connection = without(to({ agentSocket: socket }), "privateKey");
        const empty = await failure(connection);
        expect(empty).toMatchObject({ kind: "authentication" });
        expect(empty.message).toContain("holds no usable key");
        execFileSync("ssh-add", ["-q", lab.host.privateKeyFile], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
        expect(await run(connection, ["id", "-un"])).toMatchObject({ stdout: "root\n" });
      } finally {
        process.kill(pid);
      }
    });

    test("through a jump host, whose own host key is checked, and which one connection serves", async () => {
      const jump = { ...without(to(), "host", "connectTimeoutSeconds"), host: "bastion" };
      const shared = pool();
      const before = await lab.host.connections();
      const names = ["a", "b", "c"];
      await Promise.all(names.map((name) => run(to({ host: name, jump }), ["true"], shared)));
      expect((await lab.host.connections()) - before).toBe(names.length + 1);
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
    const line = (key = lab.host.hostKey) => `[${lab.host.address}]:${lab.host.port} ${key}`;

    test("is found in the text or the file of known_hosts, hashed too, whatever type it is of", async () => {
      for (const key of lab.host.hostKeys) {
        expect(await run(to({ hostKey: key }), ["true"])).toMatchObject({ code: 0 });
        expect(
          await run(without(to({ knownHosts: `# x\nother ${key}\n${line(key)}\n` }), "hostKey"), ["true"]),
        ).toMatchObject({ code: 0 });
      }
      const file = join(lab.folder, "known_hosts");
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
      expect(lab.host.hostKeys).toContain(`${type} ${blob}`);
      expect(error.message).toContain(`known_hosts: ${line(`${type} ${blob}`)}`);
      expect(error.message).toContain(fingerprintOf(`${type} ${blob}`));
      expect(await run(to({ hostKey: `${type} ${blob}` }), ["true"])).toMatchObject({ code: 0 });
    });

    test("that is another one than known gives both fingerprints, also where the known type is not there at all", async () => {
      const error = await failure(to({ hostKey: OTHER_KEY }));
      expect(error.kind).toBe("hostKey");
      expect(error.message).toContain(fingerprintOf(OTHER_KEY));
      expect(error.message).toContain(fingerprintOf(lab.host.hostKey));
      await withSshd("HostKey /etc/ssh/ssh_host_rsa_key", async () => {
        const changed = await failure(to());
        expect(changed.kind).toBe("hostKey");
        expect(changed.message).toContain("CHANGED");
        expect(changed.message).toContain(fingerprintOf(lab.host.hostKey));
        expect(changed.message).toContain(fingerprintOf(lab.host.hostKeys[2]!));
      });
    });

    test("that is revoked, or known by an authority only, is refused in words", async () => {
      const revoked = await failure(
        without(to({ knownHosts: `${line()}\n@revoked * ${lab.host.hostKey}` }), "hostKey"),
      );
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
    const legacy = (changes: Changes = {}) =>
      to({ hostKey: lab.host.hostKeys[2]!, legacyAlgorithms: true, ...changes });
    let rsaKey: string;
    /** SSH_MSG_EXT_INFO, by which servers since OpenSSH 7.2 say which signatures of users they take: an old one sends none. */
    const EXT_INFO = 7;
    const said = handlers[EXT_INFO]!;

    beforeAll(async () => {
      const path = join(lab.folder, "rsa");
      execFileSync("ssh-keygen", ["-q", "-t", "rsa", "-b", "2048", "-m", "PEM", "-N", "", "-f", path]);
      rsaKey = readFileSync(path, "utf8");
      await lab.host.run("{ echo; cat; } >>/etc/ssh/lab_authorized_keys", {
        input: readFileSync(`${path}.pub`, "utf8"),
      });
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
        const modern = to({ hostKey: lab.host.hostKeys[2]!, privateKey: rsaKey });
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
        const key = lab.host.hostKeys[2]!;
        const line = `[${lab.host.address}]:${lab.host.port}`;
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
      await lab.host.run("ssh-keygen -q -t dsa -N '' -f /etc/ssh/old_dsa_key");
      const settings = "HostKey /etc/ssh/old_dsa_key\nHostKeyAlgorithms ssh-dss";
      await withSshd(settings, async () => {
        const dsa = (await lab.host.run("cut -d' ' -f1,2 /etc/ssh/old_dsa_key.pub")).stdout.trim();
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
});
