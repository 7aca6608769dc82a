import { posix } from "node:path";
import { isFunctionsFile } from "./boilerplate";
import { expandText, type Field } from "../../common/shell/expand";
import { Flow } from "./flow";
import type { Word } from "../../common/shell/lexer";
import { asAssignment, parseShell, type Command, type List } from "../../common/shell/syntax";
import { truth } from "./truth";

/** What may be known of the host. */
export interface Surroundings {
  /** Path and text of the script. */
  script: string;
  text: string;
  /** The script and files that it may read, by path. */
  files: ReadonlyMap<string, { text: string; isPrivate: boolean }>;
  /** Paths of all programs that the script could mean. */
  programs: ReadonlySet<string>;
}

export const DEEPEST = 20;
const BOOT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** The commands that a shell carries out by itself. */
export abstract class Builtins extends Flow {
  /** Files that the script reads and we could not. */
  readonly unread: string[] = [];
  /** Variables whose value comes from a file that not everybody may read. */
  readonly secret = new Set<string>();
  protected positional: Field[];
  /** The file that is being read. */
  protected file: string;
  protected depth = 0;
  private incomplete = false;
  private exportAll = false;

  constructor(protected readonly around: Surroundings) {
    super();
    this.file = around.script;
    this.positional = [{ text: around.script }];
    this.state.variables.set("PATH", { text: BOOT_PATH });
    this.state.exported.add("PATH");
  }

  /** A command of which nothing is left when the script is replaced. */
  protected abstract lose(source: string): void;

  protected get scope() {
    return {
      variables: this.state.variables,
      positional: this.positional,
      incomplete: this.incomplete,
      find: (program: string) => this.find(program),
    };
  }

  /** A program by name, as the PATH of the script finds it. */
  protected find(program: string): string | undefined {
    if (program.startsWith("/")) return program;
    const folders = (this.state.variables.get("PATH")?.text ?? BOOT_PATH).split(":");
    return folders.map((folder) => `${folder}/${program}`).find((path) => this.around.programs.has(path));
  }

  protected assign(name: string, value: Field): void {
    this.state.variables.set(name, value);
    if (this.exportAll) this.state.exported.add(name);
    if (this.around.files.get(this.file)?.isPrivate) this.secret.add(name);
  }

  /** Commands of the shell itself. False when it is none of them. */
  protected builtin(
    name: string,
    args: Field[],
    command: Command & { kind: "simple" },
  ): "done" | "true" | "false" | false {
    const [first] = args;
    switch (name) {
      case ":":
      case "true":
        return "true";
      case "false":
        return "false";
      case "exit":
      case "return":
        this.state.flow = name;
        return "done";
      case "test":
      case "[":
      case "[[": {
        const answer = truth(name, args, (path) => this.exists(path));
        return answer === undefined ? "done" : answer ? "true" : "false";
      }
      case "cd":
      case "chdir":
      case "pushd":
        this.changeFolder(args.find((field) => !/^-[LP]$|^--$/.test(field.text)));
        return "done";
      case "umask":
        if (first && !first.text.startsWith("-")) this.state.umask = first;
        return "true";
      case "export":
      case "declare":
      case "typeset":
      case "local":
      case "readonly":
        this.declare(name, command.words.slice(1), args);
        return "true";
      case "set":
        if (first?.text.startsWith("--")) this.positional = [this.positional[0]!, ...args.slice(1)];
        if (/^-\w*a/.test(first?.text ?? "")) this.exportAll = true;
        if (/^\+\w*a/.test(first?.text ?? "")) this.exportAll = false;
        return "true";
      case "read":
        for (const { text } of args) {
          if (/^[A-Za-z_]\w*$/.test(text)) this.assign(text, { text: "", unknown: `$${text}` });
        }
        return "done";
      case "unset":
        for (const { text } of args) this.state.variables.delete(text);
        return "true";
      case "shift":
        this.positional = [this.positional[0]!, ...this.positional.slice(2)];
        return "true";
      case ".":
      case "source":
        this.source(first, command);
        return "done";
      case "eval": {
        const unknown = args.find((field) => field.unknown !== undefined);
        if (unknown) this.lose(command.source);
        else this.text(args.map(({ text }) => text).join(" "), command);
        return "done";
      }
      default:
        return false;
    }
  }

  protected exists(path: string): boolean | undefined {
    if (this.around.files.has(path) || this.around.programs.has(path)) return true;
    return /^\/etc\/(?:default|sysconfig)\/[^/]+$/.test(path) ? false : undefined;
  }

  private changeFolder(folder: Field | undefined): void {
    if (folder === undefined) return;
    const from = this.state.workingDirectory?.text ?? "/";
    this.state.workingDirectory =
      folder.unknown === undefined ? { text: posix.resolve(from, folder.text) } : { ...folder, text: "" };
  }

  private declare(keyword: string, words: Word[], args: Field[]): void {
    const exports = keyword === "export" || args.some(({ text }) => /^-\w*x/.test(text));
    for (const word of words) {
      const assignment = asAssignment(word);
      const name = assignment?.name ?? word.source;
      if (!/^[A-Za-z_]\w*$/.test(name)) continue;
      if (assignment) this.assign(name, expandText(assignment.value, this.scope));
      if (exports) this.state.exported.add(name);
    }
  }

  /** A file that is read as part of the script. */
  protected source(path: Field | undefined, command: Command): void {
    if (path?.unknown === undefined && path && isFunctionsFile(path.text)) return;
    const file = path?.unknown === undefined ? this.around.files.get(path?.text ?? "") : undefined;
    if (file === undefined || this.depth >= DEEPEST) {
      if (path?.unknown === undefined && this.exists(path?.text ?? "") === false) return;
      this.unread.push(oneLine(command.source));
      this.incomplete = true;
      return;
    }
    const outer = this.file;
    this.file = path!.text;
    this.text(file.text, command);
    if (this.state.flow === "return") this.state.flow = undefined;
    this.file = outer;
  }

  protected text(text: string, command: Command): void {
    let list: List;
    try {
      list = parseShell(text);
    } catch {
      this.unread.push(oneLine(command.source));
      this.incomplete = true;
      return;
    }
    this.depth += 1;
    if (this.depth <= DEEPEST) this.list(list);
    this.depth -= 1;
  }

  protected call(body: Command, fields: Field[]): undefined {
    if (this.depth >= DEEPEST) return;
    const outer = this.positional;
    this.positional = [outer[0]!, ...fields.slice(1)];
    this.depth += 1;
    this.command(body);
    this.depth -= 1;
    this.positional = outer;
    if (this.state.flow === "return") this.state.flow = undefined;
  }
}

export const oneLine = (text: string) => text.replace(/\s+/g, " ").trim();
