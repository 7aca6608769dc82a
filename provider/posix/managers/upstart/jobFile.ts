import { formatEvents, isExpression, takeEvents } from "./events";
import { takeToken } from "./tokens";

/** One stanza of a job file (init(5) of upstart). */
export interface Stanza {
  /** All its keywords: `description`, `start on`, `kill signal`, `pre-stop script`. */
  name: string;
  /** The tokens after the keywords, without quotes. */
  args: string[];
  /** For `exec`, the raw command line. For `script`, the lines up to `end script`. */
  text?: string;
  /** Its first line, for messages, and the line's number, from 1. */
  line: string;
  number: number;
}

export interface JobFile {
  /** The comment lines before the first stanza, where our marker is. */
  header: string[];
  stanzas: Stanza[];
  /** Lines that make upstart refuse the whole file. */
  stray: string[];
}

type Form = "none" | "one" | "some" | "events" | "process" | readonly string[];

/** The stanzas of upstart 1.x and their arguments. A list names the keywords of which one must follow. */
const STANZAS: Readonly<Record<string, Form>> = {
  ...{ description: "one", author: "one", version: "one", usage: "one", emits: "some" },
  ...{ start: ["on"], stop: ["on"], manual: "none", task: "none", instance: "one", expect: "one" },
  ...{ env: "one", export: "some", respawn: "some", normal: ["exit"], kill: ["signal", "timeout"], reload: ["signal"] },
  ...{ exec: "process", script: "process", "pre-start": "process", "post-start": "process", "pre-stop": "process" },
  ...{ "post-stop": "process", console: "one", umask: "one", nice: "one", oom: "some", chroot: "one", chdir: "one" },
  ...{ limit: "some", setuid: "one", setgid: "one", cgroup: "some", apparmor: ["load", "switch"], debug: "none" },
};

const END_OF_TOKEN = "#\n \t";

/** Reads a job file as upstart does. */
export function parseJobFile(text: string): JobFile {
  const file: JobFile = { header: [], stanzas: [], stray: [] };
  const reader = new Reader(text);
  let number = 1;
  let counted = 0;
  while (!reader.atEnd()) {
    for (; counted < reader.at; counted++) if (text[counted] === "\n") number++;
    const line = reader.restOfLine().trim();
    if (line === "" || line.startsWith("#")) {
      if (line !== "" && !file.stanzas.length && !file.stray.length) file.header.push(line);
      reader.skipLine();
      continue;
    }
    const stanza = readStanza(reader, line);
    if (stanza) file.stanzas.push({ ...stanza, number });
    else {
      file.stray.push(line);
      reader.skipLine();
    }
  }
  return file;
}

type Read = Omit<Stanza, "number">;

function readStanza(reader: Reader, line: string): Read | undefined {
  const words = [reader.token() ?? ""];
  const form = Object.hasOwn(STANZAS, words[0]!) ? STANZAS[words[0]!]! : undefined;
  if (form === undefined) return undefined;
  if (form === "process") return readProcess(reader, words[0]!, line);
  if (typeof form !== "string") {
    const keyword = reader.token();
    if (keyword === undefined || !form.includes(keyword)) return undefined;
    words.push(keyword);
    if (keyword === "on") return readEvents(reader, words.join(" "), line);
  }
  const args: string[] = [];
  while (!reader.atEndOfLine()) {
    const arg = reader.token();
    if (arg === undefined) return undefined;
    args.push(arg);
  }
  if (form === "none" && args.length) return undefined;
  if (form === "one" && args.length !== 1) return undefined;
  reader.skipLine();
  return { name: words.join(" "), args, line };
}

function readEvents(reader: Reader, name: string, line: string): Read | undefined {
  const events = takeEvents(reader.text, reader.at);
  if (!events || !isExpression(events.tokens)) return undefined;
  reader.at = events.end;
  reader.skipLine();
  return { name, args: [formatEvents(events.tokens)], line };
}

/** `exec COMMAND`, `script` … `end script`, and both after `pre-start` and similar keywords. */
function readProcess(reader: Reader, first: string, line: string): Read | undefined {
  const isMain = first === "exec" || first === "script";
  const kind = isMain ? first : reader.token();
  const name = isMain ? first : `${first} ${kind}`;
  if (kind === "exec") {
    const command = takeToken(reader.text, reader.at, "#\n", false);
    if (!command?.value) return undefined;
    reader.at = command.end;
    reader.skipLine();
    return { name, args: [], text: command.value, line };
  }
  if (kind !== "script" || !reader.atEndOfLine()) return undefined;
  reader.skipLine();
  const lines: string[] = [];
  while (!reader.atEnd()) {
    const body = reader.restOfLine();
    reader.skipLine();
    if (/^[ \t]*end[ \t]+script(?:[ \t#]|$)/.test(body)) return { name, args: [], text: unindent(lines), line };
    lines.push(body);
  }
  return undefined;
}

/** Removes the indentation that all lines of a script share. */
function unindent(lines: readonly string[]): string {
  let [common = ""] = lines.map((line) => /^[ \t]*/.exec(line)![0]);
  for (const line of lines) while (!line.startsWith(common)) common = common.slice(0, -1);
  return lines.map((line) => line.slice(common.length)).join("\n");
}

class Reader {
  at = 0;
  constructor(readonly text: string) {}

  atEnd(): boolean {
    return this.at >= this.text.length;
  }

  restOfLine(): string {
    const end = this.text.indexOf("\n", this.at);
    return this.text.slice(this.at, end < 0 ? undefined : end);
  }

  skipLine(): void {
    this.at += this.restOfLine().length + 1;
  }

  #skipBlanks(): void {
    while (/^(?:[ \t]|\\\n)/.test(this.text.slice(this.at, this.at + 2)))
      this.at += this.text[this.at] === "\\" ? 2 : 1;
  }

  /** Whether only a comment may follow on the line. */
  atEndOfLine(): boolean {
    this.#skipBlanks();
    return this.atEnd() || "#\n".includes(this.text[this.at]!);
  }

  token(): string | undefined {
    this.#skipBlanks();
    const token = takeToken(this.text, this.at, END_OF_TOKEN, true);
    if (!token || token.end === this.at) return undefined;
    this.at = token.end;
    this.#skipBlanks();
    return token.value;
  }
}
