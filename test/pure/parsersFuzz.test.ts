import fc from "fast-check";
import { folderOf } from "../../model/hostPath";
import { parsePath } from "../../model/propertyPath";
import { matchesGlob, trimEndOf, trimOf } from "../../model/text";
import { Framing } from "../../provider/posix/host/frames";
import { probeResult } from "../../provider/posix/host/probes";
import { parseAssignments } from "../../provider/posix/managers/common/assignments";
import { parseStat } from "../../provider/posix/managers/common/files";
import { parseMarker } from "../../provider/posix/managers/common/marker";
import { detected } from "../../provider/posix/managers";
import { formatHeader, parseHeader } from "../../provider/posix/managers/initScript/header";
import { parseScript as parseOpenrcScript } from "../../provider/posix/managers/openrc/script";
import { candidates } from "../../provider/posix/managers/openrc/state";
import { parseWords } from "../../provider/posix/managers/openrc/words";
import * as codecs from "../../provider/posix/managers/systemd/codecs";
import { parseEnvironmentFile } from "../../provider/posix/managers/systemd/environmentFile";
import { splitWords } from "../../provider/posix/managers/systemd/escape";
import { checkName } from "../../provider/posix/managers/systemd/name";
import { parseTimeSpan } from "../../provider/posix/managers/systemd/timeSpan";
import { parseUnit } from "../../provider/posix/managers/systemd/unit";
import { checkValue, parseUnitFile } from "../../provider/posix/managers/systemd/unitFile";
import { parseJobFile } from "../../provider/posix/managers/upstart/jobFile";
import { parseJob } from "../../provider/posix/managers/upstart/parse";
import { parseState as parseUpstartState } from "../../provider/posix/managers/upstart/state";
import { hostKeyProblem, privateKeyProblem } from "../../provider/transports/ssh/keys";
import { covers, parseKnownHosts, parsePublicKey } from "../../provider/transports/ssh/knownHosts";
import { codePoint } from "../support/text";

/** A reader of text from a host or a user: any text gives a result, in time. */
interface Reader {
  /** What its texts are made of. */
  words: readonly string[];
  readonly read: (text: string) => unknown;
}

const SHELL = [
  "'",
  '"',
  "\\",
  "$",
  "`",
  "(",
  ")",
  "{",
  "}",
  "A=",
  "a",
  "/a",
  " ",
  "\n",
  "#",
  ";",
  "export ",
  "|",
  "<<E\n",
];
const UNIT = [
  "[Service]\n",
  "[X-",
  "A=",
  "After=",
  "ExecStart=",
  "a.service",
  '"',
  "'",
  "\\",
  "%",
  "$",
  " ",
  "\n",
  "#",
  ";",
];
const JOB = ["start on ", "and ", "(", "exec ", "script\n", "end script\n", "env A=", '"', "\\", " ", "\n", "#"];

const READERS: Record<string, Reader> = {
  "unit file": {
    words: UNIT,
    read: (text) =>
      parseUnit(parseUnitFile(`[Service]\n${text}`).assignments, { environmentFile: "/e", environmentText: text }),
  },
  "value of a directive": { words: UNIT, read: (text) => [checkValue(text), splitWords(text)] },
  "time span": { words: ["1", "1.5", "s", "min", " ", "µs", "%", "."], read: parseTimeSpan },
  "unit values": {
    words: ["/a", "..", "%", "0", "7", "append:", "SIG", "a"],
    read: (text) =>
      [codecs.path, codecs.umask, codecs.account, codecs.seconds, codecs.signal, codecs.log].map((c) => c.parse(text)),
  },
  "environment file": { words: ["A=", '"', "\\", "a", "$", "#", "\n", " "], read: parseEnvironmentFile },
  "settings of a script": { words: SHELL, read: parseAssignments },
  "OpenRC script of ours": { words: [...SHELL, "depend() {\n", "need "], read: (t) => parseOpenrcScript("web", t, t) },
  "words of OpenRC": { words: SHELL, read: parseWords },
  "header of an init script": {
    words: ["# Default-Start:", "# ", "1", " ", "\t", "\\", "\n", "a"],
    read: (text) => [parseHeader(text.split("\n")), formatHeader("web", { description: text }, undefined)],
  },
  "job file": {
    words: JOB,
    read: (text) => {
      const file = parseJobFile(text);
      return [true, false].map((ours) => parseJob("web", [{ path: "/j", file }], { ours, secrets: text }));
    },
  },
  "status of upstart": {
    words: ["web ", "(", ")", "start/", "running", ", process ", "1", " ", "\n", "init: "],
    read: (text) => parseUpstartState({ status: text, born: text, kernel: text, installed: true }),
  },
  marker: {
    words: ['{"', "# pulumi-bots: ", '":', "[", "]", "}", "\\"],
    read: (t) => parseMarker([`# pulumi-bots: ${t}`]),
  },
  "stat lines": { words: ["root:root ", "644 ", "/a", " ", "\n"], read: parseStat },
  "process lines": { words: ["1", ":", "own", " ", "S", "\n"], read: (t) => candidates(new Map([["candidates", t]])) },
  "head of an init script": {
    words: ["#!", "openrc-run", "# pulumi-bots-manager: ", "lsb", " ", "\n"],
    read: (script) => detected({ fields: new Map([["script", script]]), facts: { init: "sysvinit" } as never }),
  },
  frames: { words: ["n ", "= ", ": ", "e ", "1 ", "a", "\n", " "], read: (t) => new Framing("n").push(Buffer.from(t)) },
  "answer of a probe": {
    words: ["HTTP/1.1 200\n", "A:", " ", "\t", "\r", "\n", "a", ":"],
    read: (http) => probeResult({ http: { url: "http://h/", headers: { a: "b" } } }, new Map([["http", http]])),
  },
  known_hosts: {
    words: ["*", "?", "a", "!", ",", "|1|", " ", "\n", "@revoked ", "[", "]", "(", "\\"],
    read: (text) => [parseKnownHosts(text), covers(text, "a".repeat(200)), parsePublicKey(text)],
  },
  keys: {
    words: ["-----BEGIN ", "OPENSSH PRIVATE KEY", "-----", "\n", "AAAA", "=", " ", "ssh-ed25519 "],
    read: (text) => [hostKeyProblem(text), privateKeyProblem(text, undefined, false)],
  },
  "property path": { words: ["[", "]", '"', "\\", ".", "0", "a", '["'], read: parsePath },
  "name and folder": { words: ["/", ".", "a", "@", "é"], read: (text) => [checkName(text), folderOf(text)] },
  glob: {
    words: ["*", "?", "a", "b", "("],
    read: (text) => [matchesGlob(text, "a".repeat(2000)), trimOf(text, /[*? ]/)],
  },
};

/** Runs it, and gives the seconds of the processor that it took. */
function seconds(run: () => unknown): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

/** Shapes that expressions with two ways to match a text, and loops that look back, are slow on. */
function* hostile(words: readonly string[]): Generator<string> {
  const repeated = (text: string, bytes: number) => text.repeat(Math.ceil(bytes / text.length));
  for (const one of [...words, " ", "\t", "\n", "a", "0", "\0"]) {
    yield repeated(one, 65536);
    yield `${repeated(one, 65536)}\u{1F600}%`;
    for (const other of words) {
      yield repeated(one + other, 16384);
      yield repeated(one, 8192) + repeated(other, 8192);
    }
  }
}

describe.each(Object.entries(READERS))("%s", (_, { words, read }) => {
  test("any text made of its words is read, without an error", () => {
    const text = fc.array(fc.oneof(fc.constantFrom(...words), fc.string({ maxLength: 5, unit: codePoint })), {
      maxLength: 200,
    });
    fc.assert(fc.property(text, (parts) => void read(parts.join(""))));
  });

  test("no text takes longer than a second", () => {
    for (const text of hostile(words)) {
      const took = seconds(() => read(text));
      if (took > 1) throw new Error(`${took} s for ${JSON.stringify(text.slice(0, 40))}…, ${text.length} characters`);
    }
  });
});

test("what has frozen the plugin is read at once", () => {
  const { variables, odd } = parseAssignments(
    "WORKING_DIRECTORY=/srv/application/releases/current$SUFFIX\nA='b'\\''c'd\n",
  );
  expect(odd).toEqual([{ number: 1, line: "WORKING_DIRECTORY=/srv/application/releases/current$SUFFIX" }]);
  expect(variables).toEqual({ A: "b'cd" });
  expect(parseTimeSpan(`${"1".repeat(40)}%`)).toBeUndefined();
  expect(covers(`${"*a".repeat(30)}b`, "a".repeat(60))).toBe(false);
});

test("a pattern with stars matches what it should", () => {
  for (const [pattern, text] of [
    ["*.example.com", "a.example.com"],
    ["10.?.*", "10.1.2"],
    ["a*b*c", "aXbYbZc"],
    ["*", ""],
  ]) {
    expect(matchesGlob(pattern!, text!)).toBe(true);
  }
  for (const [pattern, text] of [
    ["*.example.com", "example.com"],
    ["a?", "a"],
    ["a*b", "ab c"],
    ["", "a"],
  ]) {
    expect(matchesGlob(pattern!, text!)).toBe(false);
  }
});

test("blanks are cut off as an expression would", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(" ", "\t", "a", "é") }), (text) => {
      expect(trimEndOf(text, /[ \t]/)).toBe(text.replace(/[ \t]+$/, ""));
      expect(trimOf(text, /[ \t]/)).toBe(text.replace(/^[ \t]+|[ \t]+$/g, ""));
    }),
  );
});

test("a long escape is a character of its own, not a short one and digits", () => {
  expect(splitWords("\\U0001F600 \\u00e9 \\x41")?.map(({ value }) => value)).toEqual(["\u{1F600}", "é", "A"]);
  expect(splitWords("\\X41")).toBeUndefined();
});
