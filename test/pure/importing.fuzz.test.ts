import fc from "fast-check";
import { readInitScript, readJob, readOpenrcScript, type ScriptFile } from "../../provider/posix/importing";
import { codePoint } from "../support/text";

/** Milliseconds of CPU for one text. On an idle computer none takes longer than some 50, in the best of a few runs on any. */
const LIMIT = 1_000;

function readAll(text: string): void {
  let best = Infinity;
  for (let tries = 0; best > LIMIT && tries < 5; tries++) best = Math.min(best, readOnce(text));
  expect(best).toBeLessThan(LIMIT);
}

function readOnce(text: string): number {
  const script: ScriptFile = { path: "/etc/init.d/x", text, isPrivate: false };
  const began = process.cpuUsage();
  const readings = [
    readInitScript(script, [script, { path: "/etc/default/x", text: "A=1\n. /etc/default/x\n", isPrivate: true }]),
    readOpenrcScript(script, [{ path: "/etc/conf.d/x", text, isPrivate: true }], "x"),
    readJob({ path: "/etc/init/x.conf", isPrivate: false, script: { text, line: 3 }, variables: new Map() }),
  ];
  const { user, system } = process.cpuUsage(began);
  for (const { observed, command, programs, pidFiles } of readings) {
    expect(observed.some(({ property }) => property === "command")).toBe(true);
    for (const one of observed) expect("value" in one).toBe(one.unknown === undefined);
    expect([...(command ?? []).slice(0, 1), ...programs, ...pidFiles].every((path) => path.startsWith("/"))).toBe(true);
  }
  return (user + system) / 1000 / readings.length;
}

/** Words, operators and brackets of the shell in any order. */
const PIECES =
  "case in esac if then elif else fi for while until do done function select { } ( ) (( )) [ ] [[ ]] ; ;; ;& & && | || |& ! < > >> <<< <<E E &> 2>&1 >& " +
  '$ $( ` ` $(( "$@" $* ${ } ${A:-b} ${A:=$B} ${A#*} ${A//x/y} ${!A} ${#A} $\'a\' $" \' " \\ # ~ * ? [a] {a,b} A=1 A+=2 A=(1) A[1]=2 export local read set -- shift eval . ' +
  "exec env nohup setsid su -c - daemon start-stop-daemon --start --exec -bmp --pidfile start stop $1 return exit break trap cd umask unset __proto__ constructor toString /opt/p f() f";
const piece = fc.oneof(fc.constantFrom(...PIECES.split(" "), "\n", "\t", "\\\n", " "), fc.string({ maxLength: 4 }));
const shellLike = fc.array(piece, { maxLength: 120 }).map((all) => all.join(" "));

describe("whatever a file holds, it is read or not, and soon", () => {
  test("what looks like a script", () => {
    fc.assert(fc.property(shellLike, readAll), { numRuns: 200 });
  });

  test("what is a script around it", () => {
    const inside = shellLike.map((text) => `case "$1" in\nstart)\n${text}\n;;\nesac\n`);
    fc.assert(fc.property(inside, readAll), { numRuns: 150 });
  });

  test("any text", () => {
    fc.assert(fc.property(fc.string({ unit: codePoint, maxLength: 300 }), readAll), { numRuns: 200 });
  });

  const SIZE = 32 * 1024;
  test.each([
    ...[
      " ",
      "\n",
      "\\",
      "\\\n",
      "'",
      '"',
      "\"'",
      '\\"',
      "`",
      "\\`",
      "#",
      "#\n",
      "$",
      "*",
      "[",
      "?",
      "~",
      "=",
      "a=",
      ";",
      "&",
    ],
    ...[
      "(",
      "((",
      "$(",
      "$((",
      "$[",
      "<(",
      '"$(',
      "${",
      '"${',
      "${a:-",
      "{ ",
      "{a,",
      "@(",
      "!(",
      "[[ ( ",
      "[[ ",
      "A=(",
      "A[",
      "((a[",
    ],
    ...[
      "if ",
      "if a; then ",
      "case x in ",
      "case a in a) ",
      "while ",
      "for ((",
      "f(){ ",
      "function ",
      "select x in ",
      "coproc ",
    ],
    ...[
      "<<A ",
      "a <<E\n",
      "cat <<-'E' ",
      "<<`",
      "<<E$(",
      "<<<",
      ">&",
      "a|",
      "a&",
      "! ",
      "time ",
      "a &&\n",
      "|&",
      "$'",
      '$"',
    ],
    ...["A=1\n", "A=1 ", "A=$A$A\n", "A=1 f;", "f() { f; f; }\n", "set a;", ". /etc/default/x\n", "(A=1) ", "a || b\n"],
  ])("32 KB of %j, closed and not", (text) => {
    readAll(text.repeat(SIZE / text.length));
    const ends = [")", "}", "fi ", "done;", "esac ", "'", '"', "`", "]]"];
    readAll(text.repeat(SIZE / 2 / text.length) + ends.map((end) => end.repeat(SIZE / 20 / end.length)).join(""));
  });

  test.each([
    [
      "many variables and many branches",
      Array.from({ length: 1500 }, (_, i) => `V${i}=${i}\n[ -e /x ] && W${i}=$V${i}\n`).join(""),
    ],
    ["loops in loops", `${"for i in 1; do ".repeat(40)}A=$A$i${"; done".repeat(40)}`],
    [
      "functions that call each other",
      Array.from({ length: 40 }, (_, i) => `f${i}() { f${i + 1}; f${i + 1}; }\n`).join("") + "f0",
    ],
    ["a text that doubles", `A=aaaaaaaaaa\n${'A="$A$A"\n'.repeat(60)}/opt/p "$A" &`],
    ["evals in evals", `E='eval "$E$E"'; eval "$E"`],
    ["arguments that double", `f() { f "$@" "$@"; }\nf a`],
    ["a long case", `case "$1" in ${Array.from({ length: 4000 }, (_, i) => `x*${i}) A=${i} ;; `).join("")} esac`],
  ])("%s", (_, text) => readAll(text));

  test("more than a script ever is, is not read", () => {
    const reading = readInitScript({ path: "/etc/init.d/x", text: "/opt/p &\n".repeat(40_000), isPrivate: false }, []);
    expect(reading).toMatchObject({ programs: [], ambiguous: true });
    expect(reading.observed).toContainEqual(expect.objectContaining({ unknown: expect.stringContaining("too long") }));
  });
});
