import { trimEndOf, trimOf } from "../../../../model/text";
import { IMPOSSIBLE } from "./escape";

/** The sections that a service unit has (systemd.unit(5), systemd.service(5)). */
export const SECTIONS = ["Unit", "Service", "Install"] as const;
export type Section = (typeof SECTIONS)[number];

/** One line `Name=value` of a unit file. */
export interface Assignment {
  section: Section;
  name: string;
  value: string;
}

export interface UnitFile {
  /** The comment lines before the first other line: the place of our marker. */
  header: string[];
  assignments: Assignment[];
  /** Lines that are no directive of a service unit; systemd ignores them, or refuses the file. */
  stray: string[];
}

/** The names that a directive can have. */
export const DIRECTIVE_NAME = /^[A-Za-z][A-Za-z0-9-]*$/;

/** Reads the syntax of systemd.syntax(7): sections, comments, continued lines. Knows no directive. */
export function parseUnitFile(text: string): UnitFile {
  const file: UnitFile = { header: [], assignments: [], stray: [] };
  let section: Section | "ignored" | undefined;
  let inHeader = true;
  for (const line of logicalLines(text.replace(/^\ufeff/, ""))) {
    if (/^[#;]/.test(line)) {
      if (inHeader) file.header.push(line);
      continue;
    }
    inHeader = false;
    if (line.startsWith("[")) {
      section = SECTIONS.find((name) => line === `[${name}]`) ?? (/^\[X-.*\]$/.test(line) ? "ignored" : undefined);
      if (!section) file.stray.push(line);
      continue;
    }
    if (section === "ignored") continue;
    const equals = line.indexOf("=");
    const name = line.slice(0, Math.max(equals, 0)).trimEnd();
    if (!section || !DIRECTIVE_NAME.test(name) || IMPOSSIBLE.test(line)) file.stray.push(line);
    else file.assignments.push({ section, name, value: strip(line.slice(equals + 1)) });
  }
  return file;
}

/** Writes a unit file: the comment lines, then each section that has something in it. */
export function formatUnitFile(header: readonly string[], assignments: readonly Assignment[]): string {
  const sections = SECTIONS.map((section) => ({
    section,
    lines: assignments.filter((a) => a.section === section).map(formatAssignment),
  }));
  const blocks = sections.filter(({ lines }) => lines.length).map((s) => [`[${s.section}]`, ...s.lines].join("\n"));
  return [header.join("\n"), ...blocks].filter(Boolean).join("\n\n") + "\n";
}

/** What is wrong with a value that is to stand in one line as it is; undefined when nothing. */
export function checkValue(value: string): string | undefined {
  if (IMPOSSIBLE.test(value) || /[\r\n]/.test(value)) return "must be one line of plain text";
  if (value !== strip(value)) return "must not begin or end with a blank: systemd strips it";
  if (goesOn(value)) return "must not end with a backslash: systemd would join the next line to it";
  return undefined;
}

function formatAssignment({ name, value }: Assignment): string {
  const wrong = checkValue(value);
  if (wrong) throw new Error(`${name}=: ${wrong}`);
  return `${name}=${value}`;
}

/** Lines without the blanks around them, continued ones joined. Comment lines between the parts of a line are left out. */
function* logicalLines(text: string): Generator<string> {
  let pending: string | undefined;
  for (const raw of text.split(/\r\n?|\n|\0/)) {
    if (/^[ \t]*[#;]/.test(raw)) {
      if (pending === undefined) yield strip(raw);
      continue;
    }
    const line: string = (pending ?? "") + raw;
    pending = undefined;
    if (goesOn(raw)) pending = `${line.slice(0, -1)} `;
    else if (strip(line)) yield strip(line);
  }
  if (pending !== undefined && strip(pending)) yield strip(pending);
}

/** Does it end with a backslash that no other one escapes? */
function goesOn(line: string): boolean {
  return (line.length - trimEndOf(line, /\\/).length) % 2 === 1;
}

function strip(text: string): string {
  return trimOf(text, /[ \t\r\n]/);
}
