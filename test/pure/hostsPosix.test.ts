import { execFileSync, spawn } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { shQuote } from "../../provider/posix/shell/quote";
import { stopStep } from "../../provider/posix/host/cancel";
import { Conversation } from "../../provider/posix/host/conversation";
import { probeResult, probeStep } from "../../provider/posix/host/probes";
import { block, prologue, type LockRequest } from "../../provider/posix/host/script";
import { prelude } from "../../provider/posix/shell/library";
import { shCommand } from "../../provider/posix/shell/quote";
import { LocalTransport } from "../../provider/transports/local";
import { describeWith } from "../support/requirements";

/** On a small host, these are all there are; what an old one lacks more is taken away one by one. */
const FEW = [
  ...["awk", "cat", "chmod", "chown", "cp", "date", "grep", "head", "id", "kill", "ln", "ls", "mkdir", "mkfifo"],
  ...["mv", "rm", "rmdir", "sed", "sh", "sleep", "sync", "tail", "touch", "tr", "wc"],
];

interface Variant {
  shell: string[];
  needs: "dash" | "bash" | "busybox";
  /** The only programs there are. All, when there is none. */
  tools?: () => Record<string, string>;
  /** What the shell has more by itself. */
  builtins?: string;
}
const found = (names: string[]) => () =>
  Object.fromEntries(names.map((name) => [name, execFileSync("which", [name], { encoding: "utf8" }).trim()]));
const applets = (names: string[]) => () => Object.fromEntries(names.map((name) => [name, "/bin/busybox"]));

const VARIANTS: Record<string, Variant> = {
  dash: { shell: ["dash"], needs: "dash" },
  bash: { shell: ["bash", "--posix"], needs: "bash" },
  "BusyBox sh": { shell: ["busybox", "sh"], needs: "busybox" },
  "dash, with few tools": { shell: ["dash"], needs: "dash", tools: found([...FEW, "base64"]) },
  "bash, with few tools, openssl for base64": {
    shell: ["bash", "--posix"],
    needs: "bash",
    tools: found([...FEW, "openssl", "fold"]),
  },
  "BusyBox sh, with few applets": { shell: ["busybox", "sh"], needs: "busybox", tools: applets([...FEW, "base64"]) },
  // BusyBox from 1.36 on: the shell that waits in it keeps what the shell before it had open.
  "dash, with a sleep of its own": { shell: ["dash"], needs: "dash", builtins: 'sleep() { command sleep "$@"; }' },
};
const local = new LocalTransport("here");
/** So many seconds and a bit that tells the sleeps of this run from those of another on this computer. */
const span = (seconds: number) => `${seconds}.${String(process.pid).padStart(8, "0")}1`;
const me = `${userInfo().uid} ${userInfo().gid}`;

for (const [name, variant] of Object.entries(VARIANTS))
  describeWith([variant.needs], `the scripts in ${name}`, () => inShell(variant));

function inShell({ shell, tools, builtins = "" }: Variant): void {
  let folder: string;
  let talk: Conversation;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "pulumi-bots-posix-"));
    for (const made of ["run", "world"]) mkdirSync(join(folder, made));
    if (tools) {
      mkdirSync(join(folder, "bin"));
      for (const [name, path] of Object.entries(tools())) symlinkSync(path, join(folder, "bin", name));
    }
    talk = await converse();
  });
  afterAll(async () => {
    await talk.end();
    rmSync(folder, { recursive: true });
  });
  /** What is sent, with the host's tools taken away, and the shell's own added. */
  const bare = (text: string) =>
    text.replace(/^PATH=.*$/m, (path) => `${tools ? `PATH=${folder}/bin; export PATH` : path}\n${builtins}`);
  const converse = async (lock?: LockRequest, patience?: number) => {
    const channel = await local.open(shCommand(...shell, "-s"));
    const write = channel.stdin.write.bind(channel.stdin);
    channel.stdin.write = (text: string) => write(bare(text));
    const conversation = new Conversation("here", channel);
    conversation.send("", lock, patience);
    await conversation.ready();
    return conversation;
  };
  const step = async (script: string) => talk.run([{ name: "step", script }]);

  if (tools) {
    test("what is taken away is not there", async () => {
      const names = "flock timeout mktemp sha256sum setsid readlink python3 curl stat";
      const { fields } = await step(`for n in ${names}; do ! have $n || emit $n there; done`);
      expect([...fields]).toEqual([]);
    });
  }

  test("emit gives back any text, emit_file any file", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: "binary", maxLength: 50 }), { maxLength: 5 }), async (strings) => {
        const texts = strings.map((text) => Buffer.from(text.replaceAll("\0", "")).toString());
        writeFileSync(join(folder, "f"), texts.join("\0"));
        const emits = texts.map((text, i) => `emit k${i} ${shQuote(text)}`);
        const { fields, failed } = await step([...emits, `emit_file file ${folder}/f`].join("\n"));
        expect(failed).toBeUndefined();
        texts.forEach((text, i) => expect(fields.get(`k${i}`)).toBe(text));
        expect(fields.get("file")).toBe(texts.join("\0"));
      }),
      { numRuns: 30, examples: [[["", "-n", "\\n", "a\n", "\n", " x ", "%s", "\x7f", "ä", "*"]]] },
    );
    const missing = await step(`emit_file x ${folder}/none || emit y no`);
    expect([...missing.fields]).toEqual([["y", "no"]]);
  });

  test("put writes a file whole, with its mode, in a folder that it makes", async () => {
    const path = join(folder, "new", "deep", "it's a file");
    const content = "x".repeat(300_000) + "\0\xff";
    const result = await step(`put ${shQuote(path)} ${me} 0640 ${Buffer.from(content, "latin1").toString("base64")}`);
    expect(result).toMatchObject({ done: ["step"], stderr: "" });
    expect(readFileSync(path, "latin1")).toBe(content);
    expect(statSync(path).mode & 0o7777).toBe(0o640);
    expect(statSync(join(folder, "new")).mode & 0o7777).toBe(0o755);
    expect(readdirSync(join(folder, "new", "deep"))).toEqual(["it's a file"]);
  });

  test("put replaces a link, cleans up after a killed run, and leaves alone what it can't replace", async () => {
    const path = join(folder, "file");
    writeFileSync(join(folder, "target"), "untouched");
    writeFileSync(join(folder, ".file.pulumi-bots.AbCdEf"), "left over");
    for (const target of ["target", "."]) {
      rmSync(path, { force: true });
      symlinkSync(target, path);
      expect(await step(`put ${path} ${me} 0644 ${Buffer.from("new").toString("base64")}`)).toMatchObject({
        stderr: "",
      });
      expect(readFileSync(path, "utf8")).toBe("new");
    }
    expect(readFileSync(join(folder, "target"), "utf8")).toBe("untouched");
    expect(existsSync(join(folder, ".file.pulumi-bots.AbCdEf"))).toBe(false);
    mkdirSync(join(folder, "folder"));
    for (const [where, who, text] of [
      ["folder", me, "a folder of that name exists"],
      ["file", "no-such-user no-such-group", "failed, the file was not changed"],
      ["file/x", me, "cannot create"],
    ]) {
      const { failed } = await step(`put ${folder}/${where} ${who} 0600 aGk=`);
      expect(failed).toMatchObject({ step: "step", stderr: expect.stringContaining(text!) });
      expect(readFileSync(path, "utf8")).toBe("new");
    }
    expect(readdirSync(folder).filter((name) => name.startsWith("."))).toEqual([]);
  });

  test("steps run in order up to the first that fails, each told when it begins", async () => {
    const begun: string[] = [];
    const steps = ["true; echo hi; cd /tmp; X=1", "emit pwd $PWD; echo there >&2", "exit 7", "emit never x"];
    const result = await talk.run(
      steps.map((script, i) => ({ name: `s${i}`, script })),
      [],
      (name) => begun.push(name),
    );
    expect(result).toMatchObject({
      done: ["s0", "s1"],
      failed: { step: "s2", code: 7, stderr: "" },
      fields: new Map([["pwd", "/"]]),
      stderr: "hi\nthere\n",
    });
    expect(begun).toEqual(["s0", "s1", "s2"]);
    expect((await step("echo $UNSET; emit no x")).failed?.stderr).toMatch(/UNSET/);
  });

  test("a lenient step that fails does not end the block, and a step may have words of its own", async () => {
    const steps = [
      { name: "own", script: 'emit own "$*"', args: ["it's", "a  b"] },
      { name: "none", script: 'emit none "$#"; return 4', args: [], lenient: true },
      { name: "all", script: 'emit all "$*"', lenient: true },
      { name: "strict", script: "return 5" },
      { name: "never", script: "emit never x", lenient: true },
    ];
    const { done, failed, fields, results } = await talk.run(steps, ["x", "y"]);
    expect(done).toEqual(["own", "none", "all"]);
    expect(failed).toEqual({ step: "strict", code: 5, stderr: "" });
    expect(results.map(({ failure }) => failure?.code)).toEqual([undefined, 4, undefined, 5]);
    expect([fields.get("own"), fields.get("none"), fields.get("all")]).toEqual(["it's a  b", "0", "x y"]);
    expect(fields.has("never")).toBe(false);
  });

  test("a step has no input, no foreign signal settings, and none of our descriptors but its own", async () => {
    const { fields } = await step(
      `cat; emit fds "$(ls /proc/self/fd | grep -x . | tr '\\n' ' ')"; emit ign "$(grep SigIgn /proc/self/status)"`,
    );
    expect(fields.get("fds")).toMatch(/^0 1 2 3 (4 )?$/);
    expect(parseInt(fields.get("ign")!.split(/\s+/)[1]!, 16) & ((1 << 0) | (1 << 12) | (1 << 14))).toBe(0);
  });

  test("a step is told how many seconds the operation has left", async () => {
    const other = await converse();
    const ask = [{ name: "ask", script: `emit left "$(pb_left)"` }];
    const left = async (seconds?: number) => Number((await other.run(ask, [], undefined, seconds)).fields.get("left"));
    expect(await left()).toBeGreaterThan(200);
    expect(await left(100)).toBeGreaterThan(50);
    expect(await left(100)).toBeLessThanOrEqual(100);
    expect(await left(-3)).toBe(1);
    await other.end();
  });

  test("a background process of a step does not keep the session from ending", async () => {
    const other = await converse();
    const { fields } = await other.run([{ name: "daemon", script: "sleep 30 & emit pid $!" }]);
    const start = performance.now();
    await other.end();
    expect(performance.now() - start).toBeLessThan(2000);
    process.kill(Number(fields.get("pid")));
  });

  test("a script that is no shell is an error with the shell's words, and nothing of it runs", async () => {
    const other = await converse();
    const steps = [
      { name: "good", script: `touch ${folder}/ran` },
      { name: "bad", script: "if true; then" },
    ];
    await expect(other.run(steps)).rejects.toMatchObject({ message: expect.stringMatching(/syntax error/i) });
    expect(existsSync(join(folder, "ran"))).toBe(false);
    await other.end();
  });

  /** The whole of what would be sent, cut somewhere: no connection, just a shell and its input. */
  test("wherever a block is cut, it does all or nothing", async () => {
    const steps = [{ script: `echo one >${folder}/one` }, { script: `echo two >${folder}/two` }];
    const head = prologue("n0nce");
    const body = block(steps, []);
    for (let cut = 0; cut <= body.length; cut += Math.max(1, Math.floor(body.length / 40))) {
      for (const name of ["one", "two"]) rmSync(join(folder, name), { force: true });
      await feed(shell, bare(head) + body.slice(0, cut));
      expect(existsSync(join(folder, "one"))).toBe(cut >= body.length - 1);
      expect(existsSync(join(folder, "two"))).toBe(cut >= body.length - 1);
    }
  });

  test("the watchdog ends a shell that hears nothing, and leaves no process behind", async () => {
    const other = await converse(undefined, 1);
    await other.run([{ name: "x", script: ":" }]);
    await sleep(400);
    expect(await other.run([{ name: "x", script: ":" }])).toMatchObject({ done: ["x"] });
    await eventually(() => !existsSync(`/proc/${other.process!.pid}`));
    await expect(other.run([{ name: "x", script: ":" }])).rejects.toMatchObject({ kind: "lostConnection" });
  });

  test("a session that ends leaves no sleep behind", async () => {
    const other = await converse(undefined, Number(span(60)));
    await other.run([{ name: "x", script: ":" }]);
    await eventually(() => running("sleep", span(60)) === 1);
    await other.end();
    await eventually(() => running("sleep", span(60)) === 0);
  });

  describe("pb_bounded", () => {
    test("lets a command alone that ends in time: its words, its exit code, its arguments, functions too", async () => {
      const { fields, stderr } = await step(`
pb_bounded 20 sh -c 'echo "$1|$2"; echo oops >&2; exit 7' - 'a  b' ''; emit code $?
mine() { said=$(printf '%s,' "$@"); echo "$said"; return 3; }
emit out "$(pb_bounded 20 mine "it's" '*')"
pb_bounded 20 mine; emit mine $?
pb_bounded 20 no-such-program; emit none $?`);
      expect(Object.fromEntries(fields)).toEqual({ code: "7", out: "it's,*,", mine: "3", none: "127" });
      expect(stderr).toMatch(/^a {2}b\|\noops\n,?\n.*not found\n$/);
    });

    test("leaves nothing behind, and waits for nobody who holds the output", async () => {
      const { fields } = await step(`out=$(pb_bounded ${span(61)} echo hi); emit out "$out"`);
      expect(fields.get("out")).toBe("hi");
      await eventually(() => running("sleep", span(61)) === 0);
    });

    test("ends what takes too long, with all below it, and says 124", async () => {
      const { fields } = await step(`
pb_bounded 1 sh -c 'sleep ${span(62)} & sleep ${span(62)}; echo no'; emit one $?
loop() { while :; do sleep ${span(62)}; done; }
pb_bounded 1 loop; emit two $?`);
      expect(Object.fromEntries(fields)).toEqual({ one: "124", two: "124" });
      await eventually(() => running("sleep", span(62)) === 0);
    });

    test("makes end what does not want to", async () => {
      const { fields } = await step(
        `pb_bounded 1 sh -c 'trap "" TERM; sleep ${span(63)} & sleep ${span(63)}; sleep ${span(63)}'; emit code $?`,
      );
      expect(fields.get("code")).toBe("124");
      await eventually(() => running("sleep", span(63)) === 0);
    });

    test("gives its command the signals that it would have without", async () => {
      const { fields } = await step(`emit ign "$(pb_bounded 5 grep SigIgn /proc/self/status)"`);
      const interrupt = (1 << 1) | (1 << 2);
      expect(parseInt(fields.get("ign")!.split(/\s+/)[1]!, 16) & interrupt).toBe(0);
    });
  });

  test("a page is asked for by the program that the host has, past every proxy", async () => {
    const server = createServer(({ url }, answer) => {
      answer.setHeader("Server", "mine");
      if (url === "/moved") answer.writeHead(302, { location: "/" });
      if (url === "/none") answer.writeHead(404);
      answer.end("x");
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const { port } = server.address() as AddressInfo;
    if (tools) {
      mkdirSync(join(folder, "more"), { recursive: true });
      symlinkSync("/bin/busybox", join(folder, "more", "wget"));
    }
    const proxy = "http_proxy=http://127.0.0.1:1; https_proxy=$http_proxy; export http_proxy https_proxy";
    const probe = async (path: string, more: object = {}) => {
      const ready = { http: { url: `http://localhost:${port}${path}`, ...more } };
      const script = `${proxy}; PATH=$PATH:${folder}/more; ${probeStep(ready, { name: "", script: "processes=$$" }).script}`;
      const answer = await step(script);
      expect(answer.failed).toBeUndefined();
      const result = probeResult(ready, new Map([...answer.fields, ["port", "own"]]));
      return "reason" in result ? result.reason : "ready";
    };
    try {
      expect(await probe("/", { status: 200, headers: { Server: "mine" } })).toBe("ready");
      expect(await probe("/moved", { status: 302 })).toBe("ready");
      expect(await probe("/none", { status: 404 })).toBe("ready");
      expect(await probe("/none")).toMatch(/answers 404$/);
      expect(await probe("/", { headers: { Server: "other" } })).toMatch(/Server: mine, not other$/);
    } finally {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    }
    expect(await probe("/")).toMatch(/failed: .*refused|failed: .*connect/i);
  });

  test("what runs can be ended from another shell, with what is below it and its watchdog", async () => {
    const other = await converse();
    const script = `pb_bounded ${span(64)} sh -c 'sleep ${span(65)}; true' | cat`;
    const work = other.run([
      { name: "long", script },
      { name: "never", script: `touch ${folder}/never` },
    ]);
    await eventually(() => running("sleep", span(65)) === 1);
    other.hangUp();
    const stopped = await talk.run([stopStep(other.process!)]);
    expect(stopped).toMatchObject({ done: ["stop"] });
    expect((await work.catch(() => undefined))?.done ?? []).not.toContain("never");
    expect(existsSync(join(folder, "never"))).toBe(false);
    await eventually(() => running("sleep", span(64)) + running("sleep", span(65)) === 0);
    await other.end();
  });

  /** Without flock: two shells at a time, and one that died with it. */
  test("the lock goes from one to the next, and is taken over from the dead, where a link has to do, too", async () => {
    for (const without of tools ? [""] : ["", "flock"]) {
      const script = (seconds: number, then: string) => locking("test", seconds, then, without);
      const first = feed(shell, script(0, `sleep 1; echo first-done`));
      await sleep(300);
      expect((await feed(shell, script(0, "echo got it"))).stdout).toMatch(/^n busy /m);
      const waited = feed(shell, script(5, "echo got it"));
      expect((await first).stdout).toContain("first-done\nn bye");
      expect((await waited).stdout).toContain("got it");
      await feed(shell, script(0, "kill -KILL $$"));
      expect((await feed(shell, script(3, "echo got it"))).stdout).toContain("got it");
      expect([...readdirSync(locks()), ...readdirSync(join(folder, "world"))]).toEqual([]);
      expect(statSync(locks()).mode & 0o777).toBe(0o700);
      expect(statSync(join(locks(), "..")).mode & 0o777).toBe(0o755);
    }
  });

  test("a busy lock names its holder", async () => {
    const script = (seconds: number, then: string) => locking("test", seconds, then);
    const first = feed(shell, script(0, "sleep 1"));
    await sleep(300);
    const [, holder = ""] = /^n busy (\S+)/m.exec((await feed(shell, script(0, ":"))).stdout) ?? [];
    expect(Buffer.from(holder, "base64").toString()).toMatch(/^me\/you -> "x", pid \d+ on the host, since 20.*Z\n$/);
    await first;
  });

  test("an older version that holds the lock in /run/lock is waited for, and named", async () => {
    const lock = join(folder, "world", "pulumi-bots-old.lock");
    for (const without of tools ? [""] : ["", "flock"]) {
      const link = without || tools;
      const take = link
        ? `pb_start_time $$; ln -s "$$:$pb_start_time:$pb_boot/the older one" ${lock}`
        : `exec 9>>${lock}; flock -n 9; echo the older one >&9`;
      const script = `read -r pb_boot </proc/sys/kernel/random/boot_id; ${take}; echo taken; sleep 1; rm -f ${lock}`;
      const older = feed(shell, bare(`pb_nonce=n\n${prelude(script)}\n${script}`));
      await eventually(() => readdirSync(join(folder, "world")).length > 0);
      const [, holder = ""] = /^n busy (\S+)/m.exec((await feed(shell, locking("old", 0, ":", without))).stdout) ?? [];
      expect(Buffer.from(holder, "base64").toString()).toBe("the older one\n");
      expect(readdirSync(locks())).toEqual([]);
      expect((await feed(shell, locking("old", 5, "echo got it", without))).stdout).toContain("got it");
      expect((await older).stdout).toContain("taken");
      expect([...readdirSync(locks()), ...readdirSync(join(folder, "world"))]).toEqual([]);
    }
  });

  test("what others lay in the folder of the older lock is neither opened, waited for, nor touched", async () => {
    const target = join(folder, "precious");
    const lock = join(folder, "world", "pulumi-bots-planted.lock");
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

  test("a folder or a lock that is not ours, where nobody else can have laid it, stops the operation", async () => {
    const stopped = async (path: string, what: string) => {
      const { stdout, stderr } = await feed(shell, locking("planted", 0, "echo got it"));
      expect(stdout).not.toContain("got it");
      expect(stderr).toContain(`${path} is not ${what} of the provider's`);
      rmSync(path, { recursive: true, force: true });
    };
    rmSync(join(locks(), ".."), { recursive: true, force: true });
    symlinkSync(folder, join(folder, "run", "pulumi-bots"));
    await stopped(join(folder, "run", "pulumi-bots"), "a folder");
    mkdirSync(locks(), { recursive: true });
    mkdirSync(join(locks(), "planted.lock"));
    await stopped(join(locks(), "planted.lock"), "a lock");
  });

  const look = (path: string) => {
    const { ino, mode, nlink, mtimeMs, ctimeMs } = lstatSync(path);
    return { ino, mode, nlink, mtimeMs, ctimeMs };
  };
  const locks = () => join(folder, "run", "pulumi-bots", ".lock");

  /** Takes the lock, in folders of the test's own. */
  const locking = (name: string, seconds: number, then: string, without = "") => {
    const script = `
${without ? `have() { [ "$1" != ${without} ] && command -v "$1" >/dev/null; }` : ""}
pb_begin
pb_take ${name} ${seconds} 'me/you -> "x"' </dev/null || exit 0
${then}
`;
    const functions = prelude(script)
      .replace("/run /var/run", join(folder, "run"))
      .replace("/run/lock /var/lock /run", join(folder, "world"));
    return bare(`pb_nonce=n pb_patience=60\n${functions}\n${script}`);
  };
}

const feed = (shell: string[], text: string) =>
  new Promise<{ stdout: string; stderr: string }>((resolve) => {
    const child = spawn(shell[0]!, [...shell.slice(1), "-s"], { stdio: "pipe" });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk) => (stdout += chunk));
    child.stderr.on("data", (chunk) => (stderr += chunk));
    child.on("close", () => resolve({ stdout, stderr }));
    child.stdin.on("error", () => {});
    child.stdin.end(text);
  });

/** How many processes there are with this command line. BusyBox shows itself as the first word in none of its links. */
const running = (...argv: string[]) =>
  readdirSync("/proc").filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8") === argv.map((word) => `${word}\0`).join("");
    } catch {
      return false;
    }
  }).length;

async function eventually(ask: () => boolean): Promise<void> {
  const end = performance.now() + 120_000;
  while (!ask() && performance.now() < end) await sleep(50);
  expect(ask()).toBe(true);
}
