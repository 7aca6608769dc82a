import type { InitScriptOptions, Observation } from "../../../model/service";
import type { ScriptFile } from "./reading";

/** The comments at the top of an init script, for the tools that create its links. A comment is data, so it is certain. */
export function readHeader(script: ScriptFile): { observed: Observation[]; pidFiles: string[] } {
  const lines = script.text.split("\n", 200);
  const entries = lsbEntries(lines) ?? chkconfigEntries(lines);
  const observed = entries.flatMap(({ property, value, line }): Observation[] => {
    const isSaid = Array.isArray(value) ? value.length > 0 : value !== "";
    return isSaid ? [{ property, value, file: script.path, line, ...(script.isPrivate && { secret: true }) }] : [];
  });
  const pidFiles = lines.flatMap((line) => {
    const rest = line.startsWith("#") ? line.slice(1).trim() : "";
    const path = rest.toLowerCase().startsWith("pidfile:") ? rest.slice("pidfile:".length).trim() : "";
    return /^\/[\w@%+:,./-]+$/.test(path) ? [path] : [];
  });
  return { observed, pidFiles };
}

interface Entry {
  property: string;
  value: string | string[] | number[];
  line: number;
}

const words = (text: string) => text.split(/[ \t]/).filter(Boolean);
const option = (name: keyof InitScriptOptions) => `options.lsb.${name}`;
const LSB: Readonly<Record<string, (text: string) => Pick<Entry, "property" | "value">>> = {
  "short-description": (text) => ({ property: "displayName", value: text }),
  description: (text) => ({ property: "description", value: text }),
  "required-start": (text) => ({ property: option("requiredStart"), value: words(text) }),
  "required-stop": (text) => ({ property: option("requiredStop"), value: words(text) }),
  "should-start": (text) => ({ property: "requires", value: words(text).filter((one) => !one.startsWith("$")) }),
  "default-start": (text) => ({ property: option("runlevels"), value: levels(words(text).join("")) }),
};

const levels = (text: string) =>
  [...text]
    .filter((level) => level >= "1" && level <= "5")
    .map(Number)
    .sort();

/** The header of the Linux Standard Base ("Comment Conventions for Init Scripts"). */
function lsbEntries(lines: readonly string[]): Entry[] | undefined {
  const from = lines.findIndex((line) => line.trimEnd() === "### BEGIN INIT INFO");
  const to = lines.findIndex((line, i) => i > from && line.trimEnd() === "### END INIT INFO");
  if (from < 0 || to < 0) return undefined;
  const entries: Entry[] = [];
  for (let i = from + 1; i < to; i++) {
    const line = lines[i]!;
    const colon = line.indexOf(":");
    const key = line.slice(1, colon).trim().toLowerCase();
    const last = entries.at(-1);
    if (line.startsWith("#") && colon > 0 && Object.hasOwn(LSB, key)) {
      entries.push({ ...LSB[key]!(line.slice(colon + 1).trim()), line: i + 1 });
    } else if (last?.property === "description" && (line.startsWith("#\t") || line.startsWith("#  "))) {
      last.value = `${String(last.value)} ${line.slice(1).trim()}`.trim();
    }
  }
  return entries;
}

/** `# chkconfig: 345 85 15` and `# description: …`, which a backslash at the end continues on the next line. */
function chkconfigEntries(lines: readonly string[]): Entry[] {
  const entries: Entry[] = [];
  for (const [i, line] of lines.entries()) {
    const rest = line.startsWith("#") ? line.slice(1).trim() : "";
    if (rest.startsWith("chkconfig:")) {
      const [given = ""] = words(rest.slice("chkconfig:".length));
      entries.push({ property: option("runlevels"), value: levels(given), line: i + 1 });
    } else if (rest.startsWith("description:")) {
      let text = rest.slice("description:".length).trim();
      for (let next = i + 1; text.endsWith("\\") && lines[next]?.startsWith("#") === true; next++) {
        text = `${text.slice(0, -1).trimEnd()} ${lines[next]!.slice(1).trim()}`;
      }
      entries.push({ property: "description", value: text, line: i + 1 });
    }
  }
  return entries;
}
