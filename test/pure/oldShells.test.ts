import type { Definition, Live, RunState } from "../../model/service";
import type { Change } from "../../provider/posix/managers/driver";
import { facts, marker, MANAGERS } from "../support/initScripts";

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

const definition: Definition = { command: ["/opt/web"], restart: { policy: "always" }, runAs: { user: "bots" } };
const state: RunState = { status: "running", pid: 7, inTransit: false, restartCount: 0, incarnation: "7@5@b" };

/** CentOS 6 has bash 4.1 as sh, CentOS 5 has 3.2. */
test.each(Object.entries(MANAGERS))(
  "%s: no command substitution has a case in it, of which an old bash does not find the end",
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
    const scripts = [
      ...files.map(({ content }) => content),
      ...[manager.fragment, ...manager.verify("web", files, facts), ...steps].map(({ script }) => script),
      ...[manager.logStep("web", definition, 10), manager.processesStep("web", definition)].map(({ script }) => script),
    ];
    expect(scripts.flatMap(substitutions).filter((text) => /\bcase\b|;;/.test(text))).toEqual([]);
  },
);
