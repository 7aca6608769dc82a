import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { shQuote } from "../../provider/posix/shell/quote";
import { stopStep } from "../../provider/posix/host/cancel";
import { probeResult, probeStep } from "../../provider/posix/host/probes";
import { block, prologue } from "../../provider/posix/host/script";
import { describeWith } from "../support/requirements";
import { eventually, feed, HostShell, running, VARIANTS, type Variant } from "../support/hostShell";
import { codePoint } from "../support/text";

/** So many seconds and a bit that tells the sleeps of this run from those of another on this computer. */
const span = (seconds: number) => `${seconds}.${String(process.pid).padStart(8, "0")}1`;
const me = `${userInfo().uid} ${userInfo().gid}`;

for (const [name, variant] of Object.entries(VARIANTS))
  describeWith([variant.needs], `the scripts in ${name}`, () => inShell(variant));

function inShell(variant: Variant): void {
  const { shell, tools } = variant;
  const host = new HostShell(variant);

  if (tools) {
    test("what is taken away is not there", async () => {
      const names = "flock timeout mktemp sha256sum setsid readlink python3 curl stat";
      const { fields } = await host.step(`for n in ${names}; do ! have $n || emit $n there; done`);
      expect([...fields]).toEqual([]);
    });
  }

  test("emit gives back any text, emit_file any file", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: codePoint, maxLength: 50 }), { maxLength: 5 }), async (strings) => {
        const texts = strings.map((text) => Buffer.from(text.replaceAll("\0", "")).toString());
        writeFileSync(join(host.folder, "f"), texts.join("\0"));
        const emits = texts.map((text, i) => `emit k${i} ${shQuote(text)}`);
        const { fields, failed } = await host.step([...emits, `emit_file file ${host.folder}/f`].join("\n"));
        expect(failed).toBeUndefined();
        texts.forEach((text, i) => expect(fields.get(`k${i}`)).toBe(text));
        expect(fields.get("file")).toBe(texts.join("\0"));
      }),
      { numRuns: 30, examples: [[["", "-n", "\\n", "a\n", "\n", " x ", "%s", "\x7f", "ä", "*"]]] },
    );
    const missing = await host.step(`emit_file x ${host.folder}/none || emit y no`);
    expect([...missing.fields]).toEqual([["y", "no"]]);
  });

  test("put writes a file whole, with its mode, in a folder that it makes", async () => {
    const path = join(host.folder, "new", "deep", "it's a file");
    const content = "x".repeat(300_000) + "\0\xff";
    const result = await host.step(
      `put ${shQuote(path)} ${me} 0640 ${Buffer.from(content, "latin1").toString("base64")}`,
    );
    expect(result).toMatchObject({ done: ["step"], stderr: "" });
    expect(readFileSync(path, "latin1")).toBe(content);
    expect(statSync(path).mode & 0o7777).toBe(0o640);
    expect(statSync(join(host.folder, "new")).mode & 0o7777).toBe(0o755);
    expect(readdirSync(join(host.folder, "new", "deep"))).toEqual(["it's a file"]);
  });

  test("put replaces a link, cleans up after a killed run, and leaves alone what it can't replace", async () => {
    const path = join(host.folder, "file");
    writeFileSync(join(host.folder, "target"), "untouched");
    writeFileSync(join(host.folder, ".file.pulumi-bots.AbCdEf"), "left over");
    for (const target of ["target", "."]) {
      rmSync(path, { force: true });
      symlinkSync(target, path);
      expect(await host.step(`put ${path} ${me} 0644 ${Buffer.from("new").toString("base64")}`)).toMatchObject({
        stderr: "",
      });
      expect(readFileSync(path, "utf8")).toBe("new");
    }
    expect(readFileSync(join(host.folder, "target"), "utf8")).toBe("untouched");
    expect(existsSync(join(host.folder, ".file.pulumi-bots.AbCdEf"))).toBe(false);
    mkdirSync(join(host.folder, "folder"));
    for (const [where, who, text] of [
      ["folder", me, "a folder of that name exists"],
      ["file", "no-such-user no-such-group", "failed, the file was not changed"],
      ["file/x", me, "cannot create"],
    ]) {
      const { failed } = await host.step(`put ${host.folder}/${where} ${who} 0600 aGk=`);
      expect(failed).toMatchObject({ step: "step", stderr: expect.stringContaining(text!) });
      expect(readFileSync(path, "utf8")).toBe("new");
    }
    expect(readdirSync(host.folder).filter((name) => name.startsWith("."))).toEqual([]);
  });

  test("steps run in order up to the first that fails, each told when it begins", async () => {
    const begun: string[] = [];
    const steps = ["true; echo hi; cd /tmp; X=1", "emit pwd $PWD; echo there >&2", "exit 7", "emit never x"];
    const result = await host.talk.run(
      steps.map((script, i) => ({ name: `s${i}`, script })),
      (name) => begun.push(name),
    );
    expect(result).toMatchObject({
      done: ["s0", "s1"],
      failed: { step: "s2", code: 7, stderr: "" },
      fields: new Map([["pwd", "/"]]),
      stderr: "hi\nthere\n",
    });
    expect(begun).toEqual(["s0", "s1", "s2"]);
    expect((await host.step("echo $UNSET; emit no x")).failed?.stderr).toMatch(/UNSET/);
  });

  test("a lenient step that fails does not end the block, and a step may have its own failure message", async () => {
    const steps = [
      { name: "own", script: 'emit own "$*"', args: ["it's", "a  b"] },
      { name: "none", script: 'emit none "$#"; return 4', args: [], lenient: true },
      { name: "all", script: 'emit all "$*"', args: ["x", "y"], lenient: true },
      { name: "strict", script: "return 5" },
      { name: "never", script: "emit never x", lenient: true },
    ];
    const { done, failed, fields, results } = await host.talk.run(steps);
    expect(done).toEqual(["own", "none", "all"]);
    expect(failed).toEqual({ step: "strict", code: 5, stderr: "" });
    expect(results.map(({ failure }) => failure?.code)).toEqual([undefined, 4, undefined, 5]);
    expect([fields.get("own"), fields.get("none"), fields.get("all")]).toEqual(["it's a  b", "0", "x y"]);
    expect(fields.has("never")).toBe(false);
  });

  test("a step has no input, no foreign signal settings, and none of our descriptors but its own", async () => {
    const { fields } = await host.step(
      `cat; emit fds "$(ls /proc/self/fd | grep -x . | tr '\\n' ' ')"; emit ign "$(grep SigIgn /proc/self/status)"`,
    );
    expect(fields.get("fds")).toMatch(/^0 1 2 3 (4 )?$/);
    expect(parseInt(fields.get("ign")!.split(/\s+/)[1]!, 16) & ((1 << 0) | (1 << 12) | (1 << 14))).toBe(0);
  });

  test("a step is told how many seconds the operation has left", async () => {
    const other = await host.converse();
    const ask = [{ name: "ask", script: `emit left "$(pb_left)"` }];
    const left = async (seconds?: number) => Number((await other.run(ask, undefined, seconds)).fields.get("left"));
    expect(await left()).toBeGreaterThan(200);
    expect(await left(100)).toBeGreaterThan(50);
    expect(await left(100)).toBeLessThanOrEqual(100);
    expect(await left(-3)).toBe(1);
    await other.end();
  });

  test("a background process of a step does not keep the session from ending", async () => {
    const other = await host.converse();
    const { fields } = await other.run([{ name: "daemon", script: "sleep 30 & emit pid $!" }]);
    const start = performance.now();
    await other.end();
    expect(performance.now() - start).toBeLessThan(2000);
    process.kill(Number(fields.get("pid")));
  });

  test("a script with a syntax error is an error with the shell's message, and nothing runs", async () => {
    const other = await host.converse();
    const steps = [
      { name: "good", script: `touch ${host.folder}/ran` },
      { name: "bad", script: "if true; then" },
    ];
    await expect(other.run(steps)).rejects.toMatchObject({ message: expect.stringMatching(/syntax error/i) });
    expect(existsSync(join(host.folder, "ran"))).toBe(false);
    await other.end();
  });

  // What is in the host besides its shell does not matter to that.
  if (!tools && !variant.builtins) {
    /** The whole of what would be sent, cut somewhere: no connection, just a shell and its input. */
    test("wherever a block is cut, it does all or nothing", async () => {
      const steps = [{ script: `echo one >${host.folder}/one` }, { script: `echo two >${host.folder}/two` }];
      const head = prologue("n0nce");
      const body = block(steps);
      for (let cut = 0; cut <= body.length; cut += Math.max(1, Math.floor(body.length / 40))) {
        for (const name of ["one", "two"]) rmSync(join(host.folder, name), { force: true });
        await feed(shell, host.bare(head) + body.slice(0, cut));
        expect(existsSync(join(host.folder, "one"))).toBe(cut >= body.length - 1);
        expect(existsSync(join(host.folder, "two"))).toBe(cut >= body.length - 1);
      }
    });
  }

  test("the watchdog ends a shell that hears nothing, and leaves no process behind", async () => {
    const other = await host.converse(undefined, 1);
    await other.run([{ name: "x", script: ":" }]);
    await sleep(400);
    expect(await other.run([{ name: "x", script: ":" }])).toMatchObject({ done: ["x"] });
    await eventually(() => !existsSync(`/proc/${other.process!.pid}`));
    await expect(other.run([{ name: "x", script: ":" }])).rejects.toMatchObject({ kind: "lostConnection" });
  });

  test("a session that ends leaves no sleep behind", async () => {
    const other = await host.converse(undefined, Number(span(60)));
    await other.run([{ name: "x", script: ":" }]);
    await eventually(() => running("sleep", span(60)) === 1);
    await other.end();
    await eventually(() => running("sleep", span(60)) === 0);
  });

  describe("pb_bounded", () => {
    test("lets a command alone that ends in time: its words, its exit code, its arguments, functions too", async () => {
      const { fields, stderr } = await host.step(`
pb_bounded 20 sh -c 'echo "$1|$2"; echo oops >&2; exit 7' - 'a  b' ''; emit code $?
mine() { said=$(printf '%s,' "$@"); echo "$said"; return 3; }
emit out "$(pb_bounded 20 mine "it's" '*')"
pb_bounded 20 mine; emit mine $?
pb_bounded 20 no-such-program; emit none $?`);
      expect(Object.fromEntries(fields)).toEqual({ code: "7", out: "it's,*,", mine: "3", none: "127" });
      expect(stderr).toMatch(/^a {2}b\|\noops\n,?\n.*not found\n$/);
    });

    test("leaves nothing behind, and does not wait for a process that holds the output open", async () => {
      const { fields } = await host.step(`out=$(pb_bounded ${span(61)} echo hi); emit out "$out"`);
      expect(fields.get("out")).toBe("hi");
      await eventually(() => running("sleep", span(61)) === 0);
    });

    test("ends what takes too long, with all below it, and says 124", async () => {
      const { fields } = await host.step(`
pb_bounded 1 sh -c 'sleep ${span(62)} & sleep ${span(62)}; echo no'; emit one $?
loop() { while :; do sleep ${span(62)}; done; }
pb_bounded 1 loop; emit two $?`);
      expect(Object.fromEntries(fields)).toEqual({ one: "124", two: "124" });
      await eventually(() => running("sleep", span(62)) === 0);
    });

    test("makes end what does not want to", async () => {
      const { fields } = await host.step(
        `pb_bounded 1 sh -c 'trap "" TERM; sleep ${span(63)} & sleep ${span(63)}; sleep ${span(63)}'; emit code $?`,
      );
      expect(fields.get("code")).toBe("124");
      await eventually(() => running("sleep", span(63)) === 0);
    });

    test("gives its command the signals that it would have without", async () => {
      const { fields } = await host.step(`emit ign "$(pb_bounded 5 grep SigIgn /proc/self/status)"`);
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
      mkdirSync(join(host.folder, "more"), { recursive: true });
      symlinkSync("/bin/busybox", join(host.folder, "more", "wget"));
    }
    const proxy = "http_proxy=http://127.0.0.1:1; https_proxy=$http_proxy; export http_proxy https_proxy";
    const probe = async (path: string, more: object = {}) => {
      const ready = { http: { url: `http://localhost:${port}${path}`, ...more } };
      const script = `${proxy}; PATH=$PATH:${host.folder}/more; ${probeStep(ready, { name: "", script: "processes=$$" }).script}`;
      const answer = await host.step(script);
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
    const other = await host.converse();
    const script = `pb_bounded ${span(64)} sh -c 'sleep ${span(65)}; true' | cat`;
    const work = other.run([
      { name: "long", script },
      { name: "never", script: `touch ${host.folder}/never` },
    ]);
    await eventually(() => running("sleep", span(65)) === 1);
    other.hangUp();
    const stopped = await host.talk.run([stopStep(other.process!)]);
    expect(stopped).toMatchObject({ done: ["stop"] });
    expect((await work.catch(() => undefined))?.done ?? []).not.toContain("never");
    expect(existsSync(join(host.folder, "never"))).toBe(false);
    await eventually(() => running("sleep", span(64)) + running("sleep", span(65)) === 0);
    await other.end();
  });
}
