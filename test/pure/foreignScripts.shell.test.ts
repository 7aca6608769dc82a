import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { shQuote } from "../../model/quote";
import { expandWord, type Field } from "../../provider/managers/common/shell/expand";
import { parseShell } from "../../provider/managers/common/shell/syntax";
import { foreignFragment, foreignProcesses, parseForeign } from "../../provider/managers/initScript/foreign";
import { ofName, runShell } from "../support/shell";
import { describeWith } from "../support/requirements";

const text = fc
  .oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom("", "-c", "a b", "'", '"', "\\", "$HOME", "`", "#", "*", "~", "\n", "&", ">"),
  )
  .filter((value) => !/[\0\p{Cs}]/u.test(value));

describe("what a hand-made script gives its program", () => {
  const argv = fc.array(text, { maxLength: 5 });
  const read = (line: string) =>
    parseForeign("web", new Map(), `#!/bin/sh\ncase "$1" in\nstart)\n${line}\n;;\nesac\n`).definition.command;

  test.each<[string, (words: string) => string]>([
    ["by itself", (words) => `/opt/p ${words} &`],
    ["by start-stop-daemon", (words) => `start-stop-daemon --start -b --exec /opt/p -- ${words}`],
    ["by start_daemon", (words) => `start_daemon /opt/p ${words}`],
    ["by su", (words) => `su - bots -c ${shQuote(`exec nohup /opt/p ${words} &`)}`],
    ["by daemon, which takes its words once more", (words) => `daemon --user=bots ${shQuote(`/opt/p ${words}`)}`],
    ["by a function", (words) => `run() { shift; "$@" & }\nrun x /opt/p ${words}`],
  ])("is read exactly, whatever it is, when it is started %s", (_, line) => {
    fc.assert(
      fc.property(argv, (words) => {
        expect(read(line(words.map(shQuote).join(" ")))).toEqual(["/opt/p", ...words]);
      }),
    );
  });

  test("no text makes the reader fail, hang or throw", () => {
    const piece = fc.oneof(
      fc.constantFrom(
        ..."case $1 in start) ;; esac if then fi else elif while do done { } ( ) f() $( ` \" ' \\ \n & && || | ; < > >> 2>&1 << EOF ${X:-a} ${ $( start-stop-daemon --start -x /bin/d -- daemon su -c . exec cd".split(
          " ",
        ),
        "\n",
      ),
      text,
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        expect(parseForeign("web", new Map(), pieces.join(" ")).state.status).toBe("stopped");
      }),
      { numRuns: 1000 },
    );
  });
});

/** A word in the ways in which init scripts write them. */
const name = fc.constantFrom("A", "B", "C", "NONE");
const plain = fc.constantFrom("x", "/usr/bin/", "-c", "a.b", "=", ":", "é", "%");
const quoted = fc.constantFrom("'a b'", "'$A'", '"a  b"', '"\\$A \\x"', "\\ ", "\\$", '""', "''", '"#"');
const variable = name.map((one) => `$${one}`);
const braced = fc
  .tuple(
    name,
    fc.constantFrom("", ":-d", "-d", ":+e", "+e", ":-$B", "%b*", "%%/*", "#*/", "##*/", "%.*", "#?", "%[a-c]"),
  )
  .map(([one, operator]) => `\${${one}${operator}}`);
const command = fc.constantFrom("$(basename /a/b.py .py)", "`dirname /a/b`", "$(echo a $A)", '$(basename "$C")');
const inQuotes = fc.oneof(variable, braced, command).map((part) => `"${part}"`);
const word = fc
  .array(fc.oneof(plain, quoted, variable, braced, command, inQuotes), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join(""));
const value = fc.constantFrom("", "a", "one two", " lead and trail ", "/a/b.c.d", "a\tb", "-x", "abc");

describeWith(["dash"], "words of a shell", () => {
  test("mean to us what they mean to dash", () => {
    const cases = fc.sample(
      fc.record({ a: value, b: value, c: value, words: fc.array(word, { minLength: 1, maxLength: 3 }) }),
      500,
    );
    const script = cases.map(
      ({ a, b, c, words }) =>
        `A=${shQuote(a)} B=${shQuote(b)} C=${shQuote(c)}\nset -- ${words.join(" ")}\nprintf '%s\\0' "$#" "$@"`,
    );
    const { stdout, status } = spawnSync("dash", ["-s"], { input: `set -f\n${script.join("\n")}`, encoding: "utf8" });
    expect(status).toBe(0);
    const answers = stdout.split("\0");
    let known = 0;
    for (const { a, b, c, words } of cases) {
      const theirs = answers.splice(0, Number(answers[0]) + 1).slice(1);
      const variables = new Map<string, Field>(
        Object.entries({ A: a, B: b, C: c }).map(([key, text]) => [key, { text }]),
      );
      const scope = { variables, positional: [], incomplete: false, find: () => undefined };
      const command = parseShell(`f ${words.join(" ")}`)[0]!.pipelines[0]!.commands[0]!;
      const ours = command.kind === "simple" ? command.words.slice(1).flatMap((one) => expandWord(one, scope)) : [];
      if (ours.some((field) => field.unknown !== undefined)) continue;
      known += 1;
      expect({ words, a, b, c, got: ours.map((field) => field.text) }).toEqual({ words, a, b, c, got: theirs });
    }
    expect(known).toBeGreaterThan(400);
  });
});

const SHELLS = { dash: ["dash"], bash: ["bash", "--posix"], busybox: ["busybox", "sh"] };

for (const [name, shell] of Object.entries(SHELLS))
  describeWith([name as keyof typeof SHELLS], `what the host says of a script, in ${name}`, () => {
    let folder: string;
    const text = () =>
      `. ${folder}/settings\nexport TOKEN\ncase $1 in start) ${folder}/napper $ARGS >/dev/null & ;; esac\n`;
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), "pulumi-bots-foreign-"));
      symlinkSync("/bin/sleep", join(folder, "napper"));
      writeFileSync(join(folder, "settings"), "ARGS='infinity 1'\nTOKEN=x\n", { mode: 0o600 });
      writeFileSync(join(folder, "nap"), text(), { mode: 0o755 });
    });
    afterAll(() => rmSync(folder, { recursive: true }));

    const read = () => {
      const script = `for n in nap; do script=${folder}/nap\n${foreignFragment}\ndone`;
      const { fields, stderr, code } = runShell(shell, script);
      expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
      const own = ofName("nap", fields);
      return parseForeign("nap", own, text());
    };

    test("a process is found by its command line, files are read, and nothing of the script is run", () => {
      const definition = {
        command: [`${folder}/napper`, "infinity", "1"],
        environment: { TOKEN: "x" },
        secretEnvironment: ["TOKEN"],
        logs: { stdout: "discard" },
      };
      expect(read()).toEqual({
        definition,
        state: { status: "stopped", restartCount: 0, inTransit: false },
        unmapped: [],
        warnings: [],
      });
      const daemon = spawn(join(folder, "napper"), ["infinity", "1"], { cwd: "/", stdio: "ignore" });
      const other = spawn(join(folder, "napper"), ["infinity"], { cwd: "/", stdio: "ignore" });
      try {
        expect(read()).toMatchObject({ definition, state: { status: "running", pid: daemon.pid } });
        const { fields } = runShell(shell, `${foreignProcesses("nap", definition)}\nemit processes "$processes"`);
        expect(fields.get("processes")).toBe(String(daemon.pid));
      } finally {
        daemon.kill();
        other.kill();
      }
    });
  });
