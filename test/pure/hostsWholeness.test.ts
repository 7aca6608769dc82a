import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Conversation } from "../../provider/posix/host/conversation";
import { shCommand } from "../../provider/posix/shell/quote";
import { LocalTransport } from "../../provider/transports/local";
import { describeWith } from "../support/requirements";

const TOOLS = [
  ...["awk", "base64", "cat", "cut", "find", "getent", "grep", "head", "id", "ls", "ps", "readlink", "rm", "sed"],
  ...["sleep", "sort", "stat", "tail", "tr", "wc"],
];
const local = new LocalTransport("here");

describeWith(["dash"], "an answer that is not whole, in dash", () => inShell(["dash"]));
describeWith(["bash"], "an answer that is not whole, in bash", () => inShell(["bash", "--posix"]));
describeWith(["busybox"], "an answer that is not whole, in BusyBox sh", () => inShell(["busybox", "sh"]));

function inShell(shell: string[]): void {
  let folder: string;
  let talk: Conversation;

  /** The host's tools, each of which dies at once when there is a file of its name in `dies`. */
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "pulumi-bots-whole-"));
    mkdirSync(join(folder, "bin"));
    mkdirSync(join(folder, "dies"));
    for (const tool of TOOLS) {
      const path = execFileSync("which", [tool], { encoding: "utf8" }).trim();
      writeFileSync(
        join(folder, "bin", tool),
        `#!/bin/sh\n[ ! -e ${folder}/dies/${tool} ] || kill -KILL $$\nexec ${path} "$@"\n`,
      );
      chmodSync(join(folder, "bin", tool), 0o755);
    }
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  const converse = async () => {
    const channel = await local.open(shCommand(...shell, "-s"));
    const write = channel.stdin.write.bind(channel.stdin);
    channel.stdin.write = (text: string) =>
      write(text.replace(/^PATH=.*$/m, `PATH=${join(folder, "bin")}; export PATH`));
    const conversation = new Conversation("here", channel);
    conversation.send("");
    return conversation;
  };
  beforeEach(async () => {
    talk = await converse();
    await talk.ready();
  });
  afterEach(async () => {
    for (const tool of TOOLS) live(tool);
    await talk.end();
  });
  const die = (tool: string) => writeFileSync(join(folder, "dies", tool), "");
  const live = (tool: string) => rmSync(join(folder, "dies", tool), { force: true });

  /** Runs a step and another one after it. */
  const run = (script: string) =>
    talk.run([
      { name: "reading", script },
      { name: "next", script: "emit next x" },
    ]);
  const fails = async (script: string, why: RegExp) => {
    const result = await run(script);
    expect(result).toMatchObject({ done: [], failed: { step: "reading", stderr: expect.stringMatching(why) } });
    expect(result.failed!.code).not.toBe(0);
    expect(result.failed!.stderr).toContain("the answer is incomplete");
    expect(result.fields.has("next")).toBe(false);
  };

  test.each(TOOLS.filter((tool) => !["rm", "sleep"].includes(tool)))(
    "%s killed: wherever its output was wanted, the step has failed, and says why",
    async (tool) => {
      const input = join(folder, "input");
      writeFileSync(input, "ä\n");
      for (const script of [
        `emit a "$(${tool} ${input} 2>/dev/null)"; return 0`,
        `${tool} ${input} 2>/dev/null | while read -r line; do emit a "$line"; done; return 0`,
        `for word in $(echo x | ${tool} 2>/dev/null); do emit a "$word"; done`,
        `x=$(if ${tool} ${input}; then echo y; fi 2>/dev/null); emit a "$x"`,
        `pb_bounded 20 ${tool} ${input} >/dev/null 2>&1; emit a $?`,
      ]) {
        die(tool);
        const result = await run(script);
        live(tool);
        // Some are needed to hand on the answer itself: then all that is known is that it is not whole.
        expect([script, result.done, result.failed?.stderr]).toEqual([
          script,
          [],
          expect.stringMatching(/the answer is incomplete: .*(was killed \(signal 9\)|is missing)/s),
        ]);
      }
      expect((await run("emit a b")).done).toEqual(["reading", "next"]);
    },
  );

  test("a tool that is missing says nothing, and that is no answer", async () => {
    await fails(`emit a "$(readlink /x 2>/dev/null)"`.replace("readlink", "dmesg"), /dmesg can't be run on this host/);
  });

  test("a pipe that its reader closes early, such as head, is no failure", async () => {
    const { done } = await run(`emit a "$(cat /dev/zero | head -c 100000 | wc -c)"`);
    expect(done).toEqual(["reading", "next"]);
  });

  test("what can't be written down fails its step, from every subshell, with the likely reason", async () => {
    const full = "exec 3>/dev/full";
    for (const emits of ["emit a b", 'emit a "ä"', "echo x | emit_stdin a", "emit_file a /etc/passwd"])
      for (const script of [
        `${full}; ${emits}; return 0`,
        `(${full}; ${emits}); return 0`,
        `x=$(${full}; ${emits}); return 0`,
        `{ ${full}; ${emits}; } | cat; return 0`,
        `for i in 1 2; do (${full}; ${emits}) 2>/dev/null; done | cat; return 0`,
      ])
        await fails(script, /part of the answer is missing \(is \/\S+ full\?\)/);
  });

  test("a file that is not there is an answer, one that can't be read is an error", async () => {
    const file = join(folder, "file");
    writeFileSync(file, "text\n");
    const { fields } = await run(`
      emit_file none ${folder}/none || emit none no
      text_of ${folder}/none || emit text "no$text"
      emit_link link ${file} || emit link no
      emit_stat stat ${folder}/none
      emit_file dir ${folder} || emit dir no`);
    expect(Object.fromEntries(fields)).toEqual({ none: "no", text: "no", link: "no", stat: "", dir: "no", next: "x" });
    // Reading this one fails on every system: its offset 0 is not mapped.
    for (const read of ["emit_file a /proc/self/mem", "text_of /proc/self/mem"])
      await fails(`${read}; return 0`, /could not be read|was killed/);
  });

  test("facts that are not whole end the conversation before anything is done", async () => {
    die("id");
    const other = await converse();
    await expect(other.ready()).rejects.toMatchObject({
      kind: "remote",
      message: expect.stringMatching(/^here: the facts about the host could not be read: id was killed/),
    });
    await other.end();
  });
}
