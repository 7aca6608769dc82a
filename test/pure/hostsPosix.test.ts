import { spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { shQuote } from "../../model/quote";
import { Conversation } from "../../provider/hosts/posix/conversation";
import { LOCK } from "../../provider/hosts/posix/lock";
import { PRELUDE } from "../../provider/hosts/posix/prelude";
import { RUNTIME } from "../../provider/hosts/posix/runtime";
import { block, prologue, type LockRequest } from "../../provider/hosts/posix/script";
import { LocalTransport } from "../../provider/transports/local";
import { describeWith } from "../support/requirements";

const SHELLS = { dash: ["dash"], bash: ["bash"], busybox: ["busybox", "sh"] };
const local = new LocalTransport("here");
const me = `${userInfo().uid} ${userInfo().gid}`;

async function converse(shell: string[], lock?: LockRequest, patience?: number, signal?: AbortSignal) {
  const conversation = new Conversation("here", await local.open([...shell, "-s"], signal));
  conversation.send("", lock, patience);
  await conversation.ready();
  return conversation;
}

for (const [name, shell] of Object.entries(SHELLS))
  describeWith([name as keyof typeof SHELLS], `the scripts in ${name}`, () => inShell(shell));

function inShell(shell: string[]): void {
  let folder: string;
  let talk: Conversation;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "pulumi-bots-posix-"));
    talk = await converse(shell);
  });
  afterAll(async () => {
    await talk.end();
    rmSync(folder, { recursive: true });
  });
  const step = async (script: string) => talk.run([{ name: "step", script }]);

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
      ["folder", me, "a folder of that name is in the way"],
      ["file", "no-such-user no-such-group", "failed, the file is as it was"],
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
    expect(result).toEqual({
      done: ["s0", "s1"],
      failed: { step: "s2", code: 7, stderr: "" },
      fields: new Map([["pwd", "/"]]),
      stderr: "hi\nthere\n",
    });
    expect(begun).toEqual(["s0", "s1", "s2"]);
    expect((await step("echo $UNSET; emit no x")).failed?.stderr).toMatch(/UNSET/);
  });

  test("a step has no input, no foreign signal settings, and none of our descriptors but its own", async () => {
    const { fields } = await step(
      `cat; emit fds "$(ls /proc/self/fd | grep -x . | tr '\\n' ' ')"; emit ign "$(grep SigIgn /proc/self/status)"`,
    );
    expect(fields.get("fds")).toMatch(/^0 1 2 3 (4 )?$/);
    expect(parseInt(fields.get("ign")!.split(/\s+/)[1]!, 16) & ((1 << 0) | (1 << 12) | (1 << 14))).toBe(0);
  });

  test("a background process of a step does not keep the session from ending", async () => {
    const other = await converse(shell);
    const { fields } = await other.run([{ name: "daemon", script: "sleep 30 & emit pid $!" }]);
    const start = performance.now();
    await other.end();
    expect(performance.now() - start).toBeLessThan(2000);
    process.kill(Number(fields.get("pid")));
  });

  test("a script that is no shell is an error with the shell's words, and nothing of it runs", async () => {
    const other = await converse(shell);
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
      await feed(shell, head + body.slice(0, cut));
      expect(existsSync(join(folder, "one"))).toBe(cut >= body.length - 1);
      expect(existsSync(join(folder, "two"))).toBe(cut >= body.length - 1);
    }
  });

  test("the watchdog ends a shell that hears nothing, and leaves no process behind", async () => {
    const other = await converse(shell, undefined, 1);
    await other.run([{ name: "x", script: ":" }]);
    await sleep(400);
    expect(await other.run([{ name: "x", script: ":" }])).toMatchObject({ done: ["x"] });
    await sleep(2500);
    expect(existsSync(`/proc/${other.process!.pid}`)).toBe(false);
    await expect(other.run([{ name: "x", script: ":" }])).rejects.toMatchObject({ kind: "lostConnection" });
  });

  test("a session that ends leaves no sleep behind", async () => {
    const other = await converse(shell, undefined, 60.123);
    await other.run([{ name: "x", script: ":" }]);
    await sleep(200);
    const watching = sleepers();
    await other.end();
    await sleep(100);
    expect([watching, sleepers()]).toEqual([1, 0]);
  });

  /** The lock where there is no flock: two shells at a time, and one that died with it. */
  test("without flock a link is the lock, taken over from the dead", async () => {
    const script = (seconds: number, then: string) => `
pb_nonce=n pb_patience=60
${PRELUDE}${RUNTIME}${LOCK}
have() { [ "$1" != flock ] && command -v "$1" >/dev/null; }
pb_take test-${shell[0]} ${seconds} me </dev/null || exit 0
${then}
`;
    const first = feed(shell, script(0, `sleep 1; echo first-done`));
    await sleep(300);
    expect(await feed(shell, script(0, "echo got it"))).toMatch(/^n busy /m);
    const waited = feed(shell, script(5, "echo got it"));
    expect(await first).toContain("first-done\nn bye");
    expect(await waited).toContain("got it");
    await feed(shell, script(0, "kill -KILL $$"));
    expect(await feed(shell, script(3, "echo got it"))).toContain("got it");
    expect(await feed(shell, script(0, "echo $pb_lock; ls $pb_lock* | wc -l"))).toMatch(/\.lock\n1\n/);
  });
}

const feed = (shell: string[], text: string) =>
  new Promise<string>((resolve) => {
    const child = spawn(shell[0]!, [...shell.slice(1), "-s"], { stdio: ["pipe", "pipe", "ignore"] });
    let output = "";
    child.stdout.on("data", (chunk) => (output += chunk));
    child.on("close", () => resolve(output));
    child.stdin.on("error", () => {});
    child.stdin.end(text);
  });

const sleepers = () =>
  readdirSync("/proc").filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8") === "sleep\u000060.123\0";
    } catch {
      return false;
    }
  }).length;
