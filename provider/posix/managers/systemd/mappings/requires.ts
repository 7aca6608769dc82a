import { checkName, unitName } from "../name";
import type { Directives } from "../directives";
import type { Mapping } from "./mapping";

const SUFFIX = unitName("");

/** `requires` <-> Wants= and After= of systemd.unit(5) for each service. Units that are not services stay raw. */
export const requires: Mapping = {
  owns: [
    { section: "Unit", name: "Wants", path: ["requires"], shared: true },
    { section: "Unit", name: "After", path: ["requires"], shared: true },
  ],

  check: ({ requires: names }) => {
    const issues = (names ?? []).map((name, i) => ({ path: ["requires", i], message: checkName(name) }));
    return issues.flatMap(({ path, message }) => (message ? [{ path, message }] : []));
  },

  render: ({ requires: names }) =>
    [...new Set(names)].flatMap((name) =>
      ["Wants", "After"].map((directive) => ({ section: "Unit" as const, name: directive, value: `${name}.service` })),
    ),

  parse: (directives, definition) => {
    const after = new Set(services(directives, "After"));
    const names = [...new Set(services(directives, "Wants"))].filter((name) => after.has(name)).sort();
    if (!names.length) return;
    definition.requires = names;
    const said = new Set(names.map((name) => `${name}.service`));
    for (const directive of ["Wants", "After"]) {
      const lines = directives.all("Unit", directive).map((line) => without(line, said));
      directives.take("Unit", directive, lines.filter(Boolean));
    }
  },
};

function services(directives: Directives, directive: string): string[] {
  const words = directives.all("Unit", directive).flatMap((line) => line.split(/[ \t]+/));
  return words
    .filter((word) => word.endsWith(SUFFIX))
    .map((word) => word.slice(0, -SUFFIX.length))
    .filter((name) => !checkName(name));
}

/** A raw line, unless it names one of those units. */
function without(line: string, said: ReadonlySet<string>): string {
  const words = line.split(/[ \t]+/);
  return words.some((word) => said.has(word)) ? words.filter((word) => !said.has(word)).join(" ") : line;
}
