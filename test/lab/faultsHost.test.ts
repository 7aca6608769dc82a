import type { LabHost } from "../../lab";
import { connectionTo } from "../engine/support/daemons";
import { Daemon, installDaemon, outcome, nothingLeft } from "../support/daemon";
import { describeWith } from "../support/requirements";
import { Plugin } from "../wire/plugin";
import { labHost } from "../support/hosts";

describeWith(["lab"], "hosts that are not as they should be", () => {
  let host: LabHost;
  let plugin: Plugin;
  let count = 100;

  beforeAll(async () => {
    host = await labHost({ kind: "systemd" });
    await installDaemon(host);
    plugin = await Plugin.start();
  });
  afterEach(() => nothingLeft(host));
  afterAll(async () => {
    await plugin?.stop();
    await host?.stop();
  });

  const one = (connection: object = {}) => new Daemon(host, `web-${count++}`, connection);
  const run = async (script: string) => {
    const { code, stdout, stderr } = await host.run(script);
    if (code !== 0) throw new Error(`${script}: ${stderr}`);
    return stdout.trim();
  };
  /** Does what is in it with the host in that state, and mends it again. */
  const withHost = async (breaking: string, mending: string, body: () => Promise<void>) => {
    await run(breaking);
    try {
      await body();
    } finally {
      await run(mending);
    }
  };
  /** Puts a program before one of the host's own: /usr/local/sbin comes first in the PATH of our scripts. */
  const withWrapper = (program: string, script: string, body: () => Promise<void>) => {
    const path = `/usr/local/sbin/${program}`;
    const wrapper = `#!/bin/sh\n${script}\nexec /usr/bin/${program} "$@"\n`;
    const encoded = Buffer.from(wrapper).toString("base64");
    return withHost(`echo ${encoded} | base64 -d >${path} && chmod 755 ${path}`, `rm ${path}`, body);
  };

  // The folder itself, with what is in it, on a file system of its own.
  const onTmpfs = (folder: string, more: string) =>
    `mkdir -p ${folder} /mnt/copy && cp -a ${folder}/. /mnt/copy && mount -t tmpfs -o size=256k tmpfs ${folder} &&
     cp -a /mnt/copy/. ${folder} && rm -rf /mnt/copy && ${more}`;
  const fill = (folder: string) => `(head -c 1m </dev/zero >${folder}/filler || true) 2>/dev/null`;

  describe.each([
    ["/etc/systemd/system is full", "/etc/systemd/system", fill("/etc/systemd/system"), /No space left on device/],
    ["/etc/pulumi-bots is full", "/etc/pulumi-bots", fill("/etc/pulumi-bots"), /No space left on device/],
    ["/tmp is full", "/tmp", fill("/tmp"), /No space left on device/],
    ["/var/lib is full", "/var/lib/pulumi-bots", fill("/var/lib/pulumi-bots"), /No space left on device/],
    ["/etc is read-only", "/etc/systemd/system", "mount -o remount,ro /etc/systemd/system", /Read-only file system/],
  ])("%s", (_, folder, more, words) => {
    const unmount = `umount ${folder}`;

    test("an update fails with the host's words and leaves all as it was; later it works", async () => {
      const daemon = one();
      const made = await daemon.make(plugin);
      const before = await run(
        `systemctl show -p MainPID ${daemon.name}; cat /etc/systemd/system/${daemon.name}.service`,
      );
      await withHost(onTmpfs(folder, more), unmount, async () => {
        expect(await outcome(plugin.update(made, daemon.inputs("v2")))).toMatch(words);
      });
      expect(
        await run(`systemctl show -p MainPID ${daemon.name}; cat /etc/systemd/system/${daemon.name}.service`),
      ).toBe(before);
      expect(await daemon.there()).toMatchObject({ processes: "v1" });
      await plugin.update(made, daemon.inputs("v2"));
      expect(await daemon.there()).toEqual(daemon.running("v2"));
    });
  });

  test("a create on a full disk: an error, nothing half-written, and later it works", async () => {
    const daemon = one();
    await withHost(
      onTmpfs("/etc/systemd/system", fill("/etc/systemd/system")),
      "umount /etc/systemd/system",
      async () => {
        expect(await outcome(plugin.create(daemon.urn, daemon.inputs("v1")))).toMatch(/No space left on device/);
        expect(await daemon.there()).toMatchObject({ unit: "", processes: "" });
      },
    );
    await plugin.create(daemon.urn, daemon.inputs("v1"));
    expect(await daemon.there()).toEqual(daemon.running("v1"));
  });

  describe("a systemctl that fails", () => {
    const failing = (verb: string) =>
      `case " $* " in *" ${verb} "*) echo "Failed to ${verb}: Connection timed out" >&2; exit 1 ;; esac`;

    test.each(["daemon-reload", "enable", "start"])("at `%s` of a create", async (verb) => {
      const daemon = one();
      await withWrapper("systemctl", failing(verb), async () => {
        const error = await outcome(plugin.create(daemon.urn, daemon.inputs("v1")));
        expect(error).toContain(`Failed to ${verb}: Connection timed out`);
        expect(await daemon.there()).toMatchObject({ processes: "" });
      });
      await plugin.create(daemon.urn, daemon.inputs("v1"));
      expect(await daemon.there()).toEqual(daemon.running("v1"));
    });

    test.each(["daemon-reload", "restart"])("at `%s` of an update, and of its rollback too", async (verb) => {
      const daemon = one();
      const made = await daemon.make(plugin);
      await withWrapper("systemctl", failing(verb), async () => {
        const error = await outcome(plugin.update(made, daemon.inputs("v2")));
        expect(error).toContain(`Failed to ${verb}: Connection timed out`);
        expect(await daemon.there()).toMatchObject({ processes: "v1" });
      });
      await plugin.update(made, daemon.inputs("v2"));
      expect(await daemon.there()).toEqual(daemon.running("v2"));
    });

    test.each(["stop", "disable", "daemon-reload"])("at `%s` of a delete", async (verb) => {
      const daemon = one();
      const made = await daemon.make(plugin);
      await withWrapper("systemctl", failing(verb), async () => {
        expect(await outcome(plugin.delete(made))).toContain(`Failed to ${verb}: Connection timed out`);
      });
      await plugin.delete(made);
      expect(await daemon.there()).toEqual(daemon.gone);
    });
  });

  test("no journalctl: the error comes without the log, and says where it is", async () => {
    const away = "mv /usr/bin/journalctl /usr/bin/journalctl.away";
    const daemon = one();
    await withHost(away, "mv /usr/bin/journalctl.away /usr/bin/journalctl", async () => {
      const error = await outcome(plugin.create(daemon.urn, daemon.inputs("broken", { settleSeconds: 2 })));
      expect(error).toContain("did not stay up: exit code 3");
      expect(error).toContain(`Nothing was logged (journalctl -u ${daemon.name}.service -n 100).`);
    });
    await plugin.create(daemon.urn, daemon.inputs("v1"));
    expect(await daemon.there()).toEqual(daemon.running("v1"));
  });

  describe("a login that is made for people", () => {
    test("with a banner on both streams, a locale of its own, an alias, and a folder that is gone", async () => {
      const rc = [
        "echo Willkommen; printf half; echo oops >&2; export LANG=de_DE.UTF-8 LC_ALL=de_DE.UTF-8 LANGUAGE=de POSIXLY_CORRECT=1",
        "alias rm='rm -i' cat='cat -n'; mkdir -p /tmp/gone; cd /tmp/gone; rmdir /tmp/gone; set -o noclobber; umask 0",
      ];
      const german = `[ "$LC_ALL" = C ] || { echo "Verbindung fehlgeschlagen" >&2; exit 1; }`;
      const encoded = Buffer.from(`${rc.join("\n")}\n`).toString("base64");
      const saving = "cp /root/.bashrc /root/.bashrc.saved";
      const prepend = `{ echo ${encoded} | base64 -d; cat /root/.bashrc.saved; } >/root/.bashrc`;
      await withHost(`${saving} && ${prepend}`, "mv /root/.bashrc.saved /root/.bashrc", () =>
        withWrapper("systemctl", german, async () => {
          const daemon = one();
          const made = await plugin.create(daemon.urn, daemon.inputs("v1"));
          expect(await daemon.there()).toEqual(daemon.running("v1"));
          const updated = await plugin.update(made, daemon.inputs("v2"));
          expect(await daemon.there()).toEqual(daemon.running("v2"));
          expect(await run(`stat -c %a /etc/systemd/system/${daemon.name}.service /etc/systemd/system`)).toBe(
            "644\n755",
          );
          expect(await plugin.read(daemon.urn, made.id, updated)).toMatchObject({
            outputs: { values: { status: "running" } },
          });
          await plugin.delete(updated);
          expect(await daemon.there()).toEqual(daemon.gone);
        }),
      );
    });

    test.each([
      ["deploy", "with its password", (password: string) => ({ method: "sudo", password })],
      ["ops", "which needs none", () => ({ method: "sudo" })],
      ["ops", "which needs none, with one all the same", () => ({ method: "sudo", password: "unasked" })],
    ])("as %s, %s: a whole life", async (user, _, become) => {
      const daemon = one({ user, become: become(host.deployPassword) });
      const made = await plugin.create(daemon.urn, daemon.inputs("v1"));
      expect(await daemon.there()).toEqual(daemon.running("v1"));
      const updated = await plugin.update(made, daemon.inputs("v2"));
      expect(await daemon.there()).toEqual(daemon.running("v2"));
      await plugin.delete(updated);
      expect(await daemon.there()).toEqual(daemon.gone);
    });

    test("as a user who may not use sudo, and without sudo: errors say so, and nothing is changed", async () => {
      const plain = one({ user: "plain", become: { method: "sudo", password: "whatever" } });
      const direct = one({ user: "plain" });
      expect(await outcome(plugin.create(plain.urn, plain.inputs("v1")))).toMatch(/sudo|sudoers/);
      expect(await outcome(plugin.create(direct.urn, direct.inputs("v1")))).toMatch(/is not root.*set become/);
      expect(await plain.there()).toEqual(plain.gone);
      expect(await direct.there()).toEqual(direct.gone);
    });

    test("with a wrong sudo password: tried once, whatever there is to do, and shown nowhere", async () => {
      const fails = "journalctl -b -o cat -t sudo | grep -c 'incorrect password'; true";
      const before = Number(await run(fails));
      const wrong = { user: "deploy", become: { method: "sudo", password: "Wrong-guess-1" } };
      const daemons = [one(wrong), one(wrong), one(wrong)];
      const other = await Plugin.start();
      const create = (daemon: Daemon) => {
        const connection = connectionTo(host, wrong);
        return outcome(
          other.create(daemon.urn, daemon.inputs("v1", { connection }, ["connection", "become", "password"])),
        );
      };
      const errors = [...(await Promise.all(daemons.map(create))), await create(one(wrong))];
      for (const error of errors) expect(error).toContain("sudo refused the password; it was tried once");
      expect(Number(await run(fails)) - before).toBe(1);
      expect(JSON.stringify([errors, other.logs, other.printed])).not.toContain("Wrong-guess-1");
      await other.stop();
    });
  });
});
