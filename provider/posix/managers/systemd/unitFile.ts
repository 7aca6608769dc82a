import { trimEndOf, trimOf } from "../../../../model/text";
import { IMPOSSIBLE } from "./escape";

/** The sections of a service unit (systemd.unit(5), systemd.service(5)). */
export const SECTIONS = ["Unit", "Service", "Install"] as const;
export type Section = (typeof SECTIONS)[number];

/** A line `Name=value` of a unit file. */
export interface Assignment {
  section: Section;
  name: string;
  value: string;
}

export interface UnitFile {
  /** The comment lines before the first other line, where our marker is. */
  header: string[];
  assignments: Assignment[];
  /** Lines that are not directives of a service unit. systemd ignores them or refuses the file. */
  stray: string[];
}

/** The pattern of directive names. */
export const DIRECTIVE_NAME = /^[A-Za-z][A-Za-z0-9-]*$/;

/** Parses the syntax of systemd.syntax(7): sections, comments, continued lines. It does not interpret directives. */
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

/** Writes a unit file: the comment lines, then each section that is not empty. */
export function formatUnitFile(header: readonly string[], assignments: readonly Assignment[]): string {
  const sections = SECTIONS.map((section) => ({
    section,
    lines: assignments.filter((a) => a.section === section).map(formatAssignment),
  }));
  const blocks = sections.filter(({ lines }) => lines.length).map((s) => [`[${s.section}]`, ...s.lines].join("\n"));
  return [header.join("\n"), ...blocks].filter(Boolean).join("\n\n") + "\n";
}

/** The error in a value that is written unchanged on one line, if any. */
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

/** Trimmed lines, with continued lines joined. Comments between the parts of a line are dropped. */
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

/** Whether it ends with an unescaped backslash. */
function goesOn(line: string): boolean {
  return (line.length - trimEndOf(line, /\\/).length) % 2 === 1;
}

function strip(text: string): string {
  return trimOf(text, /[ \t\r\n]/);
}
