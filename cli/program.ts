import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import tab from "@bomb.sh/tab/commander";
import { Command, CommanderError, Option } from "commander";
import { daemons } from "../bots";
import { groups, type Flag, type Given } from "./flags";
import { newService, outputs, type Choices } from "./newService";
import { presetNames } from "./presets";

/** Runs the command line, and returns the exit code. */
export async function run(argv: readonly string[]): Promise<number> {
  let code = 0;
  const program = new Command("pulumi-bots")
    .description("Creates Pulumi programs for services on remote hosts.")
    .version(version())
    .configureHelp({ showGlobalOptions: false })
    .exitOverride();
  newServiceCommand(program).action(async (argv: string[], options: Given & Choices) => {
    const { input, output, append, resource, ...given } = options;
    const choices = {
      input,
      output,
      ...(append !== undefined && { append }),
      ...(resource !== undefined && { resource }),
    };
    code = await newService(dashed(given), argv, choices);
  });
  tab(program, { completionCommandName: "completion" });
  try {
    await program.parseAsync(argv);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Commander has printed the message, or the help that was asked for.
    return error.exitCode === 0 ? 0 : 2;
  }
  return code;
}

function newServiceCommand(program: Command): Command {
  const command = program
    .command("new-service")
    .summary("print the program for a service, or add it to a file")
    .description(
      "Prints the program for a service, or adds it to a file. In a terminal, it asks for what the flags don't say. " +
        "It checks the service by the rules of the provider, and contacts no host.",
    )
    .usage("[flags] [-- program argument…]")
    .argument("[command...]", "the program and its arguments, exactly as given: no quotes are read in them");
  command.optionsGroup("Output:");
  command.addOption(words("--output <format>", "What to print", outputs).default("yaml"));
  command.option("--append <file>", "Adds the service to this YAML file instead of printing a program");
  command.option("--resource <name>", "The name of the resource in the program (default: the name of the service)");
  command.option("--no-input", "Asks nothing, also in a terminal");
  for (const [title, flags] of Object.entries(groups)) {
    command.optionsGroup(title);
    if (title.startsWith("Bots")) {
      const texts = Object.values(daemons).map(({ displayName }) => displayName);
      command.addOption(words("--preset <name>", `Starts from a preset of ${texts.join(", ")}`, presetNames));
    }
    for (const flag of flags) command.addOption(optionOf(flag));
    if (title === "Service:") {
      command.addOption(
        new Option(
          "--secret <variable>",
          "An environment variable with a secret value, which is set later by `pulumi config set --secret`. Repeat it for more",
        ).argParser(collect),
      );
    }
  }
  return command.addHelpText("after", help);
}

function optionOf({ name, value, kind, description, words: choices = [] }: Flag): Option {
  if (kind === "boolean") return new Option(`--${name}`, description);
  const option = words(`--${name} <${value}>`, description, choices);
  const repeats = kind === "pairs" || (kind === "list" && name !== "command");
  return repeats ? option.argParser(collect) : option;
}

/** An option with words to choose from, for the help and the completion. The check refuses others, together with other errors. */
function words(flags: string, description: string, choices: readonly string[]): Option {
  const option = new Option(flags, description);
  if (choices.length > 0) option.argChoices = [...choices];
  return option;
}

const collect = (text: string, earlier: string[] = []): string[] => [...earlier, text];

/** Commander's names of the options as the flags have them: `readyTcp` is `ready-tcp`. */
const dashed = (options: Given): Given =>
  Object.fromEntries(
    Object.entries(options).map(([name, value]) => [name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`), value]),
  );

/** The version of this package, from the package.json above this file, compiled or not. */
function version(): string {
  for (let folder = __dirname; ; folder = dirname(folder)) {
    const path = join(folder, "package.json");
    if (existsSync(path)) return (JSON.parse(readFileSync(path, "utf8")) as { version: string }).version;
  }
}

const help = `
Passwords and keys are never given here: name the environment variable or the file that holds them.

Examples:
  Answer questions:
    pulumi-bots new-service

  A service on Linux, as Pulumi YAML:
    pulumi-bots new-service --host edi1 --connection-user deploy --connection-become sudo \\
      --name edi-poller --user edi --ready-tcp 8090 -- /opt/edi/bin/poller --interval 5

  The Bots web server on Windows, as TypeScript:
    pulumi-bots new-service --preset bots-webserver --output typescript \\
      --host edi3 --connection-type winrm --connection-password-env EDI3_PASSWORD \\
      --bots-bin 'C:\\Python312\\Scripts' --bots-path 'C:\\Bots'

  A server for the stack configuration:
    pulumi-bots new-service --preset bots-webserver --output config --append Pulumi.prod.yaml \\
      --host edi1 --connection-user deploy --bots-bin /opt/bots/bin --bots-path /srv/bots

Exit codes:
  0    the program was printed, or the service was added to the file
  1    the file can't be changed, or has something of this name already
  2    a flag is missing, unknown or wrong; each error names its flag
  130  interrupted by Ctrl-C; nothing was written`;
