/** A statement of a script: a line, with those that belong to it, or the body of a function. */
export interface Statement {
  text: string;
  /** Of a function: its name, and its statements. */
  name?: string;
  body?: Statement[];
}

/** Cuts a script into statements, by quotes, by backslashes at the end of a line, and by the braces of functions. */
export function parseStatements(text: string): Statement[] {
  const statements: Statement[] = [];
  const lines = text.split("\n");
  for (let i = 0; i < lines.length; i++) {
    let line = lines[i]!;
    const [, name] = /^\s*(?:function\s+)?([A-Za-z_][\w-]*)\s*\(\)\s*(?:\{\s*)?$/.exec(line) ?? [];
    const [, oneLine, body] = /^\s*([A-Za-z_][\w-]*)\s*\(\)\s*\{\s+(.*?);?\s*\}\s*$/.exec(line) ?? [];
    if (oneLine !== undefined) {
      const parts = (body ?? "").split(/\s*;\s*/).join("\n");
      statements.push({ text: line, name: oneLine, body: parseStatements(parts) });
    } else if (name !== undefined) {
      const start = i;
      while (i + 1 < lines.length && !/^\}/.test(lines[i]!)) i++;
      const inner = lines.slice(start + 1, i).filter((one, at) => !(at === 0 && one.trim() === "{"));
      statements.push({ text: line, name, body: parseStatements(inner.join("\n")) });
    } else {
      while (isOpen(line) && i + 1 < lines.length) line += `\n${lines[++i]!}`;
      if (line.trim() !== "" && !/^\s*#/.test(line)) statements.push({ text: line.trim() });
    }
  }
  return statements;
}

/** Does a quote, or a backslash at its end, make the next line belong to it? */
function isOpen(text: string): boolean {
  const rest = text.replace(/\\[^\n]|'[^']*'|"(?:[^"\\]|\\[^])*"|(^|\s)#[^\n]*/g, "");
  return /['"]/.test(rest) || rest.endsWith("\\");
}
