import { execFileSync } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { prelude } from "../../provider/posix/shell/library";
import { describeWith } from "../support/requirements";
import { eventually, feed, HostShell, VARIANTS, type Variant } from "../support/hostShell";

for (const [name, variant] of Object.entries(VARIANTS))
  describeWith([variant.needs], `sessions and their lock in ${name}`, () => inShell(variant));

function inShell(variant: Variant): void {
  const { shell, tools } = variant;
  const host = new HostShell(variant);

  test("a later session over the same connection reads only the facts that identify the host", async () => {
    const { facts } = host.talk;
    const other = await host.converse(undefined, undefined, { ...facts, machineId: "another", initText: "kept" });
    expect(other.facts).toEqual({ ...facts, initText: "kept", uptime: expect.any(Number) as number });
    await other.end();
  });

  /** Begins a script with a part that holds its lock until the release; resolves when it has the lock. */
  const holding = async <T>(begin: (held: string) => Promise<T>) => {
    const file = join(host.folder, "held");
    const ended = begin(`: >${file}; while [ -e ${file} ]; do sleep 0.1; done`);
    await eventually(() => existsSync(file));
    return { ended, release: () => rmSync(file) };
  };

  /** Without flock: two shells at a time, and one that died with it. */
  test("the lock passes from one operation to the next, and from a dead holder, also as a link", async () => {
    for (const without of tools ? [""] : ["", "flock"]) {
      const script = (seconds: number, then: string) => locking("test", seconds, then, without);
      const first = await holding((held) => feed(shell, script(0, `${held}; echo first-done`)));
      expect((await feed(shell, script(0, "echo got it"))).stdout).toMatch(/^n busy /m);
      const waited = feed(shell, script(60, "echo got it"));
      first.release();
      expect((await first.ended).stdout).toContain("first-done\nn bye");
      expect((await waited).stdout).toContain("got it");
      await feed(shell, script(0, "kill -KILL $$"));
      expect((await feed(shell, script(3, "echo got it"))).stdout).toContain("got it");
      expect([...readdirSync(locks()), ...readdirSync(join(host.folder, "world"))]).toEqual([]);
      expect(statSync(locks()).mode & 0o777).toBe(0o700);
      expect(statSync(join(locks(), "..")).mode & 0o777).toBe(0o755);
    }
  });

  test("a busy lock names its holder", async () => {
    const script = (seconds: number, then: string) => locking("test", seconds, then);
    const first = await holding((held) => feed(shell, script(0, held)));
    const [, holder = ""] = /^n busy (\S+)/m.exec((await feed(shell, script(0, ":"))).stdout) ?? [];
    expect(Buffer.from(holder, "base64").toString()).toMatch(/^me\/you -> "x", pid \d+ on the host, since 20.*Z\n$/);
    first.release();
    await first.ended;
  });

  if (!tools)
    test("commands that write for all services of a host run one at a time, until the step ends or lets go", async () => {
      const script = (commands: string) => feed(shell, host.bare(`pb_nonce=n\n${prelude("pb_alone 1")}\n${commands}`));
      const first = await holding((held) => script(`pb_alone 60; ${held}; exec 8<&-; sleep 1`));
      expect((await script("pb_alone 0 || echo busy")).stdout).toContain("busy");
      const waiting = script("pb_alone 60 && echo alone");
      first.release();
      expect((await waiting).stdout).toContain("alone");
      await first.ended;
    });

  test("an older version that holds the lock in /run/lock is waited for, and named", async () => {
    const lock = join(host.folder, "world", "pulumi-bots-old.lock");
    for (const without of tools ? [""] : ["", "flock"]) {
      const link = without || tools;
      const take = link
        ? `pb_start_time $$; ln -s "$$:$pb_start_time:$pb_boot/the older one" ${lock}`
        : `exec 9>>${lock}; flock -n 9; echo the older one >&9`;
      const older = await holding((held) => {
        const script = `read -r pb_boot </proc/sys/kernel/random/boot_id; ${take}; echo taken; ${held}; rm -f ${lock}`;
        return feed(shell, host.bare(`pb_nonce=n\n${prelude(script)}\n${script}`));
      });
      const [, holder = ""] = /^n busy (\S+)/m.exec((await feed(shell, locking("old", 0, ":", without))).stdout) ?? [];
      expect(Buffer.from(holder, "base64").toString()).toBe("the older one\n");
      expect(readdirSync(locks())).toEqual([]);
      const waited = feed(shell, locking("old", 60, "echo got it", without));
      older.release();
      expect((await waited).stdout).toContain("got it");
      expect((await older.ended).stdout).toContain("taken");
      expect([...readdirSync(locks()), ...readdirSync(join(host.folder, "world"))]).toEqual([]);
    }
  });

  test("what other users create in the folder of the older lock is not opened, waited for or changed", async () => {
    const target = join(host.folder, "precious");
    const lock = join(host.folder, "world", "pulumi-bots-planted.lock");
    for (const without of tools ? [""] : ["", "flock"]) {
      for (const lay of [`ln ${target}`, ...(tools || without ? [] : [`ln -s ${target}`]), "mkfifo", "mkdir"]) {
        writeFileSync(target, "precious");
        execFileSync("sh", ["-c", `${lay} ${lock}`]);
        try {
          const before = look(lock);
          const { stdout } = await feed(shell, locking("planted", 0, "echo got it", without));
          expect(stdout).toContain("got it");
          expect(readFileSync(target, "utf8")).toBe("precious");
          expect(look(lock)).toEqual(before);
        } finally {
          rmSync(lock, { recursive: true, force: true });
        }
      }
    }
  });

  test("a folder or a lock of another user, where only root can create one, stops the operation", async () => {
    const stopped = async (path: string, what: string) => {
      const { stdout, stderr } = await feed(shell, locking("planted", 0, "echo got it"));
      expect(stdout).not.toContain("got it");
      expect(stderr).toContain(`${path} is not ${what} of the provider's`);
      rmSync(path, { recursive: true, force: true });
    };
    rmSync(join(locks(), ".."), { recursive: true, force: true });
    symlinkSync(host.folder, join(host.folder, "run", "pulumi-bots"));
    await stopped(join(host.folder, "run", "pulumi-bots"), "a folder");
    mkdirSync(locks(), { recursive: true });
    mkdirSync(join(locks(), "planted.lock"));
    await stopped(join(locks(), "planted.lock"), "a lock");
  });

  const look = (path: string) => {
    const { ino, mode, nlink, mtimeMs, ctimeMs } = lstatSync(path);
    return { ino, mode, nlink, mtimeMs, ctimeMs };
  };
  const locks = () => join(host.folder, "run", "pulumi-bots", ".lock");

  /** Takes the lock, in folders of the test's own. */
  const locking = (name: string, seconds: number, then: string, without = "") => {
    const script = `
${without ? `have() { [ "$1" != ${without} ] && command -v "$1" >/dev/null; }` : ""}
pb_begin
pb_take ${name} ${seconds} 'me/you -> "x"' </dev/null || exit 0
${then}
`;
    const functions = prelude(script)
      .replace("/run /var/run", join(host.folder, "run"))
      .replace("/run/lock /var/lock /run", join(host.folder, "world"));
    return host.bare(`pb_nonce=n pb_patience=60\n${functions}\n${script}`);
  };
}
