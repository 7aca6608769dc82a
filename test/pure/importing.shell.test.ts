import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readInitScript, type ScriptFile } from "../../provider/posix/importing";
import { wrongs, type Ran } from "../support/scriptReadings";

/** Notes how it was started: argv, folder, umask, where output goes, and the variables that the script added. */
const RECORDER = `#!/bin/sh
out=$(readlink /proc/$$/fd/1) err=$(readlink /proc/$$/fd/2)
{
  printf '%s\\0' "$0" "$@"
  printf '\\n%s\\n%s\\n%s\\n%s\\n' "$(pwd -P)" "$(umask)" "$out" "$err"
  env | grep '^T_' | sort
} >"FOLDER/ran.$$"
`;

/** Scripts of others, in every construct that was once misread. @ is a folder with the recorders p and q, and t.conf. */
const CASES: Record<string, string> = {
  plain: 'case "$1" in start) @/p a "b c" & ;; stop) @/q & ;; esac',
  "several patterns": 'case "$1" in stop|status) @/q & ;; restart|start) @/p & ;; *) exit 1 ;; esac',
  "a pattern of a case": 'case "$1" in st[a]rt) @/p a & ;; *) @/q & ;; esac',
  "functions and arguments":
    'run() { x=$1; shift; "$x" "$@" & }\nstart() { run @/p a "b  c"; }\ncase $1 in start) start ;; esac',
  "a function that returns early": "O=-a\nf() { [ -e / ] && { O=-b; return 0; }; O=-c; }\nf\n@/p $O &",
  "a function redefined": "f() { @/q & }\nf() { @/p & }\nf",
  "a function in a condition": "[ -e /nowhere ] && f() { @/q & }\nf() { @/p & }\n[ -e / ] && f() { @/p b & }\nf",
  "words from a variable": 'O="-a  -b"; @/p $O "$O" x$O &',
  "a pattern in a variable": 'O="/*"; @/p $O &',
  "a pattern": "@/p /d[e]v &",
  "a home folder": "HOME=/tmp; @/p ~ &",
  quotes: `@/p 'a"b' "c'd" e\\ f "g\\$h" "i\\j" ''"" &`,
  "a line that goes on": "@/p a \\\n  b\\\nc &",
  "a line that goes on in a variable": "X=1; @/p $\\\nX &",
  "a here-document": "cat <<EOF >/dev/null\n@/q &\nEOF\n@/p <<EOF &\nx\nEOF",
  defaults: 'A=; B=b; @/p "${A:-x}" "${B:-x}" "${A:+y}" "${B:+y}" ${A-z} &',
  "a default that assigns": ': ${T:=one}; @/p "$T" &',
  "assigned in arithmetic": "N=1; : $((N = N + 4)); @/p $N &",
  "cut off": "F=/a/b.c; @/p ${F##*/} ${F%.c} &",
  "a substitution": "@/p $(echo a b) `echo c` &",
  "a program in a substitution": "X=$(@/q x); @/p &",
  "a helper in a condition": "if @/q check; then @/p & fi",
  "a helper before": "@/q migrate && @/p &",
  "either of two": "[ -e /nowhere ] && @/q & \n[ -e /nowhere ] || @/p &",
  "both branches": "if [ -e /nowhere ]; then @/q & else @/p & fi",
  "a condition on a variable": 'if [ "$NOTHING" = yes ]; then @/p -d & else @/p & fi',
  "a guard on a variable": '[ "$NOTHING" = yes ] || exit 0\n@/p &',
  "a guard on a text": 'ENABLED=no; [ "$ENABLED" = yes ] || exit 0\n@/p &',
  "a guard in a function": 'ok() { [ "$NOTHING" = yes ] || return 1; }\nok && exit 0\n@/p &',
  "and, or": "false && X=1 || X=2; true || X=3; @/p $X &",
  not: "! false && X=1; ! true && X=2; @/p $X &",
  "a numeric test": "N=3; if [ $N -gt 2 ]; then @/p big & else @/p small & fi",
  "a loop": 'for o in a b; do O="$O -$o"; done; @/p $O &',
  "a loop that breaks": "X=0; while :; do X=1; break; X=2; done; @/p $X &",
  "a loop that reads": "while read -r k v; do K=$v; done <@/t.conf; @/p $K &",
  "started in a loop": "for i in 1 2; do @/p $i & done",
  "a subshell": "(cd /; umask 077; export T_Q=1; X=2); @/p $X &",
  "in a subshell": "(cd /; umask 077; T_Q=1; export T_Q; @/p &)",
  "a group": "{ cd /; umask 027; } >/dev/null; @/p &",
  "a group in the background": "{ cd /; X=1; } & wait; @/p $X &",
  folders: "cd /usr; cd bin; @/p &",
  "a folder that goes up": "cd /usr/bin; cd ..; @/p &",
  "back again": "cd /; cd - >/dev/null; @/p &",
  "a umask in words": "umask u=rwx,g=,o=; @/p &",
  exported: "A=1; export T_A=$A T_B; T_B=2; T_A=3; @/p &",
  "exported in quotes": 'export "T_A=a b"; V="T_B=2 T_C=3"; export $V; @/p &',
  "exported and split": 'V="a T_B=b"; export T_A=$V; @/p &',
  "exported and taken back": "export T_A=1; unset T_A; @/p &",
  "all exported": "set -a; T_A=1; set +a; @/p &",
  "exported in a condition": "[ -e / ] && export T_A=1; @/p &",
  "before a program": "T_A=1 @/p & wait; T_A=2; @/p &",
  "before one program": 'T_A=1 T_B="$T_A" @/p "$T_A" &',
  "before a function": "go() { @/p $T_A & }; T_A=1 go",
  "before a builtin": "T_A=1 export T_B=2; @/p &",
  "a command that reads with its own IFS": "echo a:b | { IFS=: read -r x y; }; O='1 2'; @/p $O &",
  "another IFS": "IFS=:; O=a:b; @/p $O &",
  env: "env T_A=1 T_B=2 @/p a &",
  "env without": "export T_A=1 T_B=2; env -u T_A @/p &",
  "env with nothing": "export T_A=1; env -i T_B=2 @/p &",
  nohup: "nohup @/p a >/dev/null 2>&1 &",
  setsid: "setsid @/p a &",
  nice: "nice -n 5 @/p a &",
  exec: "exec @/p a",
  "exec in a condition": "[ -e /nowhere ] && exec @/q\nexec @/p",
  "sh -c": "A=1; export T_B=2; sh -c '@/p $A $T_B &'",
  "sh -c in double quotes": 'A=1; sh -c "exec @/p $A" &',
  eval: 'C=\'@/p a "b c"\'; eval "$C &"',
  "eval of an unknown": 'eval "$(echo X=2)"; @/p $X &',
  "a helper in quotes": 'sh -c "@/q check"; @/p &',
  "output to a file": "@/p a >>@/log 2>&1 &",
  "output in the other order": "@/p a 2>&1 >@/log &",
  "errors alone": "@/p 2>@/log &",
  "errors to nowhere": "@/p >@/log 2>/dev/null &",
  "output of a group": "{ @/p & } >@/log 2>&1",
  "output of a call": "go() { @/p & }\ngo >@/log",
  "output for all": "exec >>@/log 2>&1\n@/p &",
  "output for all in a condition": "[ -e / ] && exec >@/log\n@/p &",
  "output saved": "exec 3>&1 >@/log; @/p >&3 &",
  "output swapped": "@/p 3>&1 1>&2 2>&3 >@/log &",
  "output relative": "cd @; @/p >log &",
  "output through a pipe": "@/p 2>&1 | cat >/dev/null &",
  "input from a pipe": "echo x | @/p a &",
  "both in one": "@/p &>@/log &",
  "a file that was read": ". @/t.conf; @/p $O &",
  "a file that was read, guarded": "O=-x; [ -r @/t.conf ] && . @/t.conf; @/p $O &",
  "a file that was read, in an if": "if [ -f @/t.conf ]; then . @/t.conf; fi; @/p $O &",
  "a file that was not": "O=-x; D=@; [ -r $D/u.conf ] && . $D/u.conf; @/p $O &",
  set: 'set -- a "b c"; @/p "$@" &',
  "set of a word": 'set x y; shift; @/p "$1" "$@" &',
  "shift of two": 'run() { shift 2; @/p "$@" & }; run a b c d',
  local: "O=1; f() { local O=2; :; }; f; @/p $O &",
  "all of the arguments": 'run() { @/p "a$@z" "$*" $@ $# & }; run "1 2" 3',
  read: "echo 5 >@/n; read N <@/n; @/p $N &",
  getopts: 'while getopts a: o -a 7; do A=$OPTARG; done; @/p "$A" &',
  "an alias": "alias r='@/p z &'\nr",
  "a trap": "trap '@/q &' EXIT\n@/p &",
  "a variable program": "D=@; P=$D/p; $P a &",
  "an empty program": "E=; $E @/p a &",
  "in brackets": '[ "$1" = start ] && @/p a &',
  "one test of two": '[ "$1" = start -a -n "$NOTHING" ] && @/p a & \n[ "$1" = start -o -n "$NOTHING" ] && @/p b &',
  "exit in a subshell": "(exit 1); X=1; (exit 0) && X=2; @/p $X &",
  "a comment": "X=1 # X=2\n@/p $X # b\\\n@/q &",
  command: "p() { @/q & }; command @/p a &",
  "true by another name": "if true; then X=1; else X=2; fi; @/p $X &",
  elif: 'if [ a = b ]; then X=1; elif [ "$1" = start ]; then X=2; else X=3; fi; @/p $X &',
  "nested cases": "case $1 in start) case x in y) @/q & ;; x) @/p & ;; esac ;; esac",
  "a case on an unknown": "case $NOTHING in a) X=1 ;; *) X=2 ;; esac; @/p $X &",
  braces: "@/p {a,b} &",
  "dollar quotes": "@/p $'a\\tb' &",
};

/** What only bash understands. */
const BASH: Record<string, string> = {
  "an array": 'A=(-a "b c"); @/p "${A[@]}" &',
  appended: 'O=-a; O+=" -b"; @/p $O &',
  "double brackets": "[[ $1 == st* ]] && X=1; @/p $X &",
  "a regular expression": "if [[ $1 =~ ^(st)art ]]; then X=${BASH_REMATCH[1]}; fi; @/p $X &",
  arithmetic: "N=1; ((N += 2)); @/p $N &",
  "an arithmetic loop": "for ((i = 0; i < 3; i++)); do :; done; @/p $i &",
  "a here-string": "read X <<<abc; @/p $X &",
  "both in one": "@/p &>@/log &",
  "both in one, appended": "@/p &>>@/log &",
  "both through a pipe": "@/p |& cat >/dev/null &",
  declared: "declare X=1; declare -x T_A=2; @/p $X &",
  replaced: "X=abc; @/p ${X/b/d} ${X^} ${X:1} &",
  "an indirection": "X=Y; Y=z; @/p ${!X} &",
  "a keyword": "function go { @/p a & }\ngo",
  "a process substitution": "@/p <(echo) &",
  "printf -v": "printf -v X %s 7; @/p $X &",
  "falls through": "case $1 in start) X=1 ;& stop) X=2 ;; esac; @/p $X &",
  source: "source @/t.conf; @/p $O &",
  "dollar quotes": "@/p $'a\\tb' &",
  braces: "@/p {a,b} &",
};

const CONF = "O='-c /etc/x'\nK=1\n";

interface Case {
  name: string;
  folder: string;
  text: string;
  shebang: string;
}

describe("what a script really runs is what was read, or was not known", () => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "pulumi-bots-reading-")));
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  describe.each<[string, string, string, Record<string, string>]>([
    ["dash", "dash", "#!/bin/sh", CASES],
    ["bash as sh", "bash --posix", "#!/bin/sh", CASES],
    ["bash", "bash", "#!/bin/bash", { ...CASES, ...BASH }],
  ])("in %s", (label, shell, shebang, bodies) => {
    const cases = Object.entries(bodies).map(([name, body], i): Case => {
      const folder = join(root, label.replaceAll(" ", "-"), String(i));
      return { name, folder, shebang, text: `${shebang}\n${body.replaceAll("@", folder)}\n` };
    });

    beforeAll(() => {
      for (const { folder, text } of cases) {
        mkdirSync(folder, { recursive: true });
        const files = { p: RECORDER.replaceAll("FOLDER", folder), q: RECORDER.replaceAll("FOLDER", folder) };
        for (const [file, content] of Object.entries({ ...files, "t.conf": CONF, "u.conf": CONF, script: text })) {
          writeFileSync(join(folder, file), content, { mode: 0o755 });
        }
      }
      // The pipe of descriptor 9 ends when the last process does that it was handed to.
      const each = `umask 022; cd /; for folder; do ${shell} "$folder/script" start 9>&1 >"$folder/out" 2>"$folder/err" </dev/null; done | cat`;
      execFileSync("sh", ["-c", each, "sh", ...cases.map(({ folder }) => folder)], {
        env: { PATH: process.env.PATH },
        timeout: 240_000,
      });
    }, 300_000);

    test.each(cases.map((one) => [one.name, one] as const))("%s", (_, { folder, text }) => {
      const conf: ScriptFile = { path: join(folder, "t.conf"), text: CONF, isPrivate: false };
      const reading = readInitScript({ path: join(folder, "script"), text, isPrivate: false }, [conf]);
      expect(wrongs(reading, ranIn(folder))).toEqual([]);
    });

    test("the recorders were run", () => {
      expect(cases.filter(({ folder }) => ranIn(folder).length > 0).length).toBeGreaterThan(cases.length * 0.9);
    });
  });

  test("much of it is read all the same", () => {
    const known = Object.values(CASES).filter((body) => {
      const script = { path: "/etc/init.d/x", text: `#!/bin/sh\n${body.replaceAll("@", "/opt/x")}`, isPrivate: false };
      return readInitScript(script, []).command !== undefined;
    });
    expect(known.length).toBeGreaterThan(Object.keys(CASES).length / 3);
  });
});

/** What the recorders noted. Output that goes where the script's own went is the caller's. */
function ranIn(folder: string): Ran[] {
  return readdirSync(folder)
    .filter((file) => file.startsWith("ran."))
    .map((file) => {
      const [argv = "", cwd = "", umask = "", ...rest] = readFileSync(join(folder, file), "utf8").split("\n");
      const [stdout, stderr] = rest.slice(0, 2).map((target) => {
        if (target === join(folder, "out") || target === join(folder, "err")) return undefined;
        return target.startsWith("/") ? target.replace(/^\/dev\/null$/, "discard") : "pipe";
      });
      const variables = rest
        .slice(2)
        .filter(Boolean)
        .map((line): [string, string] => {
          const [name = "", ...value] = line.split("=");
          return [name, value.join("=")];
        });
      return {
        ...{ argv: argv.split("\0").slice(0, -1), cwd, umask: umask.padStart(4, "0") },
        ...(stdout !== undefined && { stdout }),
        ...(stderr !== undefined && { stderr }),
        environment: Object.fromEntries(variables),
      };
    });
}
