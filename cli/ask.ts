import * as prompts from "@clack/prompts";
import { daemons } from "../bots";
import { splitCommand } from "./commandLine";
import { draftOf } from "./draft";
import { flagNamed, type Given } from "./flags";
import { presetNames } from "./presets";

/** A question, which sets a flag. */
interface Question {
  flag: string;
  message: string;
  placeholder?: string;
  options?: readonly { value: string; label: string; hint?: string }[];
  isRequired?: boolean;
  /** Is it asked, after these answers? */
  when?: (given: Given) => boolean;
}

const usesBots = (given: Given) => given.preset !== undefined;
const isWindows = (given: Given) => given["connection-type"] === "winrm";
const isRemote = (given: Given) => given["connection-type"] !== "local";

/** The questions, in their order. What has a flag for it is not asked. */
const questions: readonly Question[] = [
  {
    flag: "preset",
    message: "What kind of service is it?",
    options: [
      { value: "", label: "Any program" },
      ...presetNames.map((value) => ({ value, label: displayNameOf(value), hint: value })),
    ],
    when: (given) => given.name === undefined && given.command === undefined,
  },
  {
    flag: "connection-type",
    message: "How does Pulumi connect to the host?",
    options: [
      { value: "", label: "SSH", hint: "Linux or Windows" },
      { value: "winrm", label: "WinRM", hint: "Windows" },
      { value: "local", label: "It is this computer" },
    ],
  },
  { flag: "host", message: "What is the name of the host?", placeholder: "edi1", isRequired: true },
  { flag: "address", message: "Which address has it, if it is not the name?", placeholder: "none", when: isRemote },
  { flag: "connection-user", message: "Which user logs in there?", placeholder: "the default", when: isRemote },
  {
    flag: "connection-password-env",
    message: "Which environment variable of this computer holds the password of the login?",
    isRequired: true,
    when: isWindows,
  },
  {
    flag: "connection-become",
    message: "How does the login become root?",
    options: [
      { value: "", label: "It is root already" },
      { value: "sudo", label: "sudo" },
    ],
    when: (given) => isRemote(given) && !isWindows(given) && given["connection-user"] !== undefined,
  },
  { flag: "bots-bin", message: "Which folder has the Bots programs?", isRequired: true, when: usesBots },
  { flag: "bots-path", message: "Which folder has the Bots environment?", isRequired: true, when: usesBots },
  {
    flag: "bots-flavour",
    message: "Which release of Bots is it?",
    options: [
      { value: "", label: "up to 3.3.1" },
      { value: "4.x", label: "4" },
    ],
    when: usesBots,
  },
  { flag: "name", message: "What is the service called?", isRequired: true, when: (given) => !usesBots(given) },
  {
    flag: "command",
    message: "Which program does it run, with which arguments?",
    placeholder: "/opt/edi/bin/poller --interval 5",
    isRequired: true,
    when: (given) => !usesBots(given) && given.existing === undefined,
  },
  { flag: "user", message: "Which user does the program run as?", placeholder: "the default", when: isDefined },
  { flag: "working-directory", message: "In which folder does it run?", placeholder: "the default", when: isDefined },
  {
    flag: "environment",
    message: "Which environment variables does it get?",
    placeholder: "TZ=UTC LANG=C",
    when: isDefined,
  },
  { flag: "ready-tcp", message: "On which port does it listen?", placeholder: "none", when: isDefined },
];

/** A service that is not from a preset and whose definition is ours. */
function isDefined(given: Given): boolean {
  return !usesBots(given) && given.existing === undefined;
}

function displayNameOf(program: string): string {
  return Object.values(daemons).find((daemon) => daemon.program === program)!.displayName;
}

/** The flags with the answers added; undefined after Ctrl-C. Asks on standard error, so that the program can go to a file. */
export async function ask(flags: Given, argv: readonly string[]): Promise<Given | undefined> {
  let given: Given = flags;
  const output = process.stderr;
  for (const question of questions) {
    const isGiven = given[question.flag] !== undefined || (question.flag === "command" && argv.length > 0);
    if (isGiven || question.when?.(given) === false) continue;
    const { message, options, placeholder } = question;
    const answer =
      options !== undefined
        ? await prompts.select({ message, options: options.map((option) => ({ ...option })), output })
        : await prompts.text({
            message,
            output,
            ...(placeholder !== undefined && { placeholder }),
            validate: (text = "") => problemWith(question, text, given, argv),
          });
    if (prompts.isCancel(answer)) return undefined;
    given = withAnswer(given, question, answer ?? "");
  }
  return given;
}

function withAnswer(given: Given, { flag }: Question, text: string): Given {
  if (text === "") return given;
  const { kind } = flag === "preset" ? { kind: "text" } : flagNamed(flag);
  return { ...given, [flag]: kind === "pairs" ? (splitCommand(text) ?? [text]) : text };
}

/** What is wrong with an answer, by the same check as for flags. */
function problemWith(question: Question, text: string, given: Given, argv: readonly string[]): string | undefined {
  if (text === "") return question.isRequired === true ? "This is required." : undefined;
  const { problems } = draftOf(withAnswer(given, question, text), argv);
  const own = problems.find(({ flag }) => flag.split(/[ ,]/)[0] === `--${question.flag}`);
  return own?.message;
}
