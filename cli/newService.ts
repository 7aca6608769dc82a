import { join } from "node:path";
import { draftOf, type Draft, type Problem } from "./draft";
import { readText, replaceText } from "./files";
import type { Given } from "./flags";
import { pluginFolder, resourceName } from "./output/names";
import { typescript } from "./output/typescript";

export const outputs = ["yaml", "typescript", "config"] as const;

/** What `new-service` does with the service. */
export interface Choices {
  /** May it ask? */
  input: boolean;
  output: string;
  append?: string;
  resource?: string;
}

const EXIT = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const;

/** Makes the service of the flags, asks for what is missing, and prints the program. Returns the exit code. */
export async function newService(flags: Given, argv: readonly string[], choices: Choices): Promise<number> {
  let given = flags;
  const wrong = choiceProblems(choices);
  if (wrong.length === 0 && choices.input && process.stdin.isTTY && process.stderr.isTTY) {
    const { ask } = await import("./ask.js");
    const answered = await ask(flags, argv);
    if (answered === undefined) return EXIT.interrupted;
    given = answered;
  }
  const { draft, problems } = draftOf(given, argv);
  if (choices.output === "config" && draft.bots === undefined) {
    problems.push({
      flag: "--output config",
      message: "needs --preset: the stack configuration describes Bots servers",
    });
  }
  const all = [...wrong, ...problems];
  if (all.length > 0) return complain(all);
  return write(draft, choices);
}

function choiceProblems({ output, append }: Choices): Problem[] {
  const isKnown = (outputs as readonly string[]).includes(output);
  if (!isKnown) return [{ flag: "--output", message: `must be ${outputs.join(" or ")}` }];
  if (append === undefined || output !== "typescript") return [];
  return [{ flag: "--append", message: "adds to a YAML file, so --output must be yaml or config" }];
}

function complain(problems: readonly Problem[]): number {
  for (const { flag, message } of problems) say(`${flag}: ${message}`);
  say("Run pulumi-bots new-service --help for the flags.");
  return EXIT.usage;
}

/** The text of the program, with the service in it. */
async function textWith(draft: Draft, { output, resource }: Choices, old: string | undefined): Promise<string> {
  const name = resource ?? resourceName(draft.service.name);
  if (output === "typescript") return typescript(name, draft.service, draft.secrets);
  if (output === "yaml") {
    const { addToProgram, emptyProgram } = await import("./output/yaml.js");
    return addToProgram(old ?? emptyProgram, name, draft.service, draft.secrets, pluginFolder(PLUGIN, process.cwd()));
  }
  const { addToConfiguration } = await import("./output/configuration.js");
  return addToConfiguration(old ?? "", draft);
}

/** The folder of the plugin in this package, which lies as deep compiled as bundled. */
const PLUGIN = join(__dirname, "..", "..", "provider");

async function write(draft: Draft, choices: Choices): Promise<number> {
  const { append, output } = choices;
  const { YamlError } = await import("./output/insert.js");
  try {
    const text = await textWith(draft, choices, append === undefined ? undefined : readText(append));
    if (output === "config") {
      const { configurationProblems } = await import("./output/configuration.js");
      const problems = configurationProblems(text, draft);
      if (problems.length > 0) return complain(problems);
    }
    if (append === undefined) process.stdout.write(text);
    else replaceText(append, text);
  } catch (error) {
    const isOurs = error instanceof YamlError || (error as NodeJS.ErrnoException).code !== undefined;
    if (!isOurs || append === undefined) throw error;
    say(`${append} ${error instanceof YamlError ? error.message : `can't be changed: ${(error as Error).message}`}`);
    return EXIT.failed;
  }
  for (const note of draft.notes) say(`Note: ${note}`);
  for (const line of await secretHints(draft, choices)) say(line);
  if (append !== undefined) say(`Added to ${append}. Run pulumi preview to check it.`);
  return EXIT.done;
}

/** The commands that set the secrets, without their values. */
async function secretHints(draft: Draft, { output }: Choices): Promise<string[]> {
  if (draft.secrets.length === 0) return [];
  if (output !== "config") {
    return ["Set the secrets of the stack:", ...draft.secrets.map((name) => `  pulumi config set --secret ${name}`)];
  }
  const { serverIn } = await import("./output/configuration.js");
  const { name, daemon } = serverIn(draft);
  const paths = draft.secrets.map((secret) => `edi:servers["${name}"].daemons.${daemon}.environment.${secret}`);
  return ["Set the secrets of the stack:", ...paths.map((path) => `  pulumi config set --secret --path '${path}'`)];
}

const say = (line: string) => process.stderr.write(`${line}\n`);
