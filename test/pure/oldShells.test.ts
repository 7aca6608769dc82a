import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Definition, Live, RunState } from "../../model/service";
import type { Change } from "../../provider/posix/managers/driver";
import { parseFunctions, withoutComments } from "../../provider/posix/shell/library";
import { facts, MANAGERS } from "../support/initScripts";
import { marker } from "../support/definitions";

const folder = join(__dirname, "../../provider/posix/shell");
const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".sh"));
const read = (file: string) => readFileSync(join(folder, file), "utf8");
/** The functions that a session may be sent. */
const library = files.filter((file) => !file.includes("/") && file !== "prelude.sh");

/** The insides of command substitutions, as a bash before 4.2 finds their ends: by brackets and quotes alone. */
function substitutions(text: string): string[] {
  return [...text.matchAll(/\$\((?!\()/g)].map(({ index }) => {
    let at = index + 2;
    for (let depth = 1; depth > 0 && at < text.length; at++) {
      const character = text[at]!;
      if (character === "(") depth++;
      if (character === ")") depth--;
      if (character === "\\") at++;
      if (text.startsWith("${", at)) at = text.indexOf("}", at);
      if (character === "'" || character === '"') at = text.indexOf(character, at + 1);
      if (at === -1) return text.slice(index);
    }
    return text.slice(index, at);
  });
}

/** CentOS 6 has bash 4.1 as sh, CentOS 5 has 3.2. */
test.each(files)("%s: no command substitution has a case in it, of which an old bash does not find the end", (file) => {
  const inside = substitutions(withoutComments(read(file)));
  expect(inside.filter((text) => /\bcase\b|;;/.test(text))).toEqual([]);
});

test.each(library)("%s holds functions, each with a comment above it, and nothing else", (file) => {
  const { functions, others } = parseFunctions(read(file));
  expect(others.filter((line) => line !== "" && !line.startsWith("#"))).toEqual([]);
  const lines = read(file).split("\n");
  const bare = [...functions.keys()].filter(
    (name) => !lines[lines.indexOf(functions.get(name)!.split("\n")[0]!) - 1]?.startsWith("#"),
  );
  expect(bare).toEqual([]);
});

test("no two functions of a session have one name", () => {
  const names = library.flatMap((file) => [...parseFunctions(read(file)).functions.keys()]);
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
});

const definition: Definition = { command: ["/opt/web"], restart: { policy: "always" }, runAs: { user: "bots" } };
const state: RunState = { status: "running", pid: 7, inTransit: false, restartCount: 0, incarnation: "7@5@b" };

/** What is between the words of a shell. */
const QUOTED = /'[^']*'|\\./g;

test.each(Object.entries(MANAGERS))(
  "%s: a step calls functions that there are, and holds no shell besides",
  (_, manager) => {
    const files = manager.render("web", definition, marker, facts);
    const change = {
      name: "web",
      startMode: "automatic" as const,
      write: { files, remove: [] },
    } satisfies Partial<Change>;
    const foreign: Live = {
      ...{ installed: true, masked: false, startMode: "automatic", definition, state },
      ...{ overrides: [], links: [], files: [], unmapped: [], warnings: [] },
    };
    const steps = [foreign, { ...foreign, marker }].flatMap((live) => [
      ...(["start", "stop", "restart", "reload", "none"] as const).flatMap((action) =>
        manager.steps({ ...change, action }, live, facts),
      ),
      ...manager.removal("web", live, facts),
    ]);
    const fragments = [manager.fragment, ...manager.verify("web", files, facts), ...steps];
    const scripts = [
      ...[...fragments, manager.logStep("web", definition, 10), manager.processesStep("web", definition)],
      ...[{ pid: 7 }, state].map((seen) => manager.existingProcessesStep("web", seen)),
    ].map(({ script }) => script.replace(QUOTED, ""));
    const names = new Set(library.flatMap((file) => [...parseFunctions(read(file)).functions.keys()]));
    const calls = scripts.flatMap((script) => script.split(/ &&\n/));
    expect(
      calls.filter((one) => !names.has(/^\w*/.exec(one)![0]) || /[$`;|&<>\n]/.test(one.replace(' "$@"', ""))),
    ).toEqual([]);
  },
);
