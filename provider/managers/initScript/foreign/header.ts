import type { InitScriptOptions, UnmappedLine } from "../../../../model/service";

/** What the comments at the top of a script say to the tools that make its links. */
export interface Header {
  displayName?: string;
  description?: string;
  requires?: string[];
  options: InitScriptOptions;
  lost: UnmappedLine[];
  /** There is an LSB header. */
  present: boolean;
}

const FACILITIES = ["$remote_fs", "$network"];
const RUNLEVELS = [2, 3, 4, 5];

/** Reads the header of the Linux Standard Base ("Comment Conventions for Init Scripts"), or chkconfig(8)'s where there is none. */
export function readHeader(text: string, file: string): Header {
  const block = /^### BEGIN INIT INFO[ \t]*\n([^]*?)^### END INIT INFO/m.exec(text)?.[1];
  if (block === undefined) return chkconfigHeader(text);
  const entries = readEntries(block);
  const words = (name: string) => (entries.get(name) ?? "").split(/\s+/).filter(Boolean);
  const given = words("default-start").filter((level) => /^[1-5]$/.test(level));
  const levels = entries.has("default-start") ? given.map(Number).sort() : chkconfigLevels(text);
  const requiredStart = words("required-start");
  const requiredStop = words("required-stop");
  const short = entries.get("short-description");
  const long = entries.get("description");
  // Our own scripts write `requires` there, for both.
  const requires = words("should-start").filter((one) => !one.startsWith("$"));
  const covered = (name: string) => name.startsWith("should-") && words(name).every((one) => requires.includes(one));
  const lost = ["should-start", "should-stop", "x-start-before", "x-stop-after"].flatMap((name) =>
    words(name).length > 0 && !covered(name) ? [{ file, line: lineOf(block, name) }] : [],
  );
  const odd = words("default-start").length > given.length ? [{ file, line: lineOf(block, "default-start") }] : [];
  return {
    ...texts(short, long),
    ...(requires.length > 0 && { requires }),
    options: {
      ...(levels.length > 0 && !same(levels, RUNLEVELS) && { runlevels: levels }),
      ...(entries.has("required-start") && !same(requiredStart, FACILITIES) && { requiredStart }),
      ...(entries.has("required-stop") &&
        !same(requiredStop, entries.has("required-start") ? requiredStart : FACILITIES) && { requiredStop }),
    },
    lost: [...lost, ...odd],
    present: true,
  };
}

/** Keywords in small letters; a text goes on in lines that begin with a tab or two blanks. */
function readEntries(block: string): Map<string, string> {
  const entries = new Map<string, string>();
  let last = "";
  for (const line of block.split("\n")) {
    const [, name, value] = /^#\s?([A-Za-z][\w-]*):[ \t]*(.*?)\s*$/.exec(line) ?? [];
    const more = /^#(?:\t| {2,})\s*(\S.*?)\s*$/.exec(line)?.[1];
    if (name !== undefined) {
      last = name.toLowerCase();
      entries.set(last, value!);
    } else if (more !== undefined && last === "description") {
      entries.set(last, `${entries.get(last)!} ${more}`.trim());
    }
  }
  return entries;
}

/** `# chkconfig: 345 85 15` and `# description: …`, with a backslash where it goes on. */
function chkconfigHeader(text: string): Header {
  const levels = chkconfigLevels(text);
  const description = /^#\s*description:[ \t]*((?:.*\\\n)*.*)/m.exec(text)?.[1];
  return {
    ...texts(undefined, description?.replace(/\\\n#/g, " ").replace(/\s+/g, " ").trim()),
    options: levels.length > 0 && !same(levels, RUNLEVELS) ? { runlevels: levels } : {},
    lost: [],
    present: false,
  };
}

const chkconfigLevels = (text: string) =>
  [...(/^#\s*chkconfig:\s*([1-5]+)\s/m.exec(text)?.[1] ?? "")].map(Number).sort();

function texts(short: string | undefined, long: string | undefined): Pick<Header, "displayName" | "description"> {
  return { ...(short && short !== long && { displayName: short }), ...(long && { description: long }) };
}

const lineOf = (block: string, name: string) => new RegExp(`^#\\s?${name}:.*`, "im").exec(block)?.[0].trim() ?? name;
const same = (one: readonly unknown[], two: readonly unknown[]) => String([...one].sort()) === String([...two].sort());
