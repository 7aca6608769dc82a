import type { Field } from "../../common/shell/expand";

/** How a script starts its daemon. */
export interface Launch {
  argv: Field[];
  /** What stands in the script, on one line, and in which file. */
  source: string;
  file: string;
  /** As after a login: in the user's home. */
  login?: boolean;
  environment: ReadonlyMap<string, Field>;
  user?: Field;
  group?: Field;
  workingDirectory?: Field;
  umask?: Field;
  pidFile?: Field;
  /** Paths; a `stderr` of "&1" goes where stdout goes. */
  stdout?: Field;
  stderr?: Field;
  /** Operators out of a variable, which the program may have been given as words: see `withoutOperators`. */
  operators?: string[];
  /** It is put into the background by what starts it, not by itself. */
  background: boolean;
  /** What no property covers: options of the tool that starts it. */
  lost: string[];
}

/** Notes what an option says, when it is given. */
export function take(
  launch: Launch,
  what: "user" | "group" | "workingDirectory" | "umask" | "pidFile" | "stdout" | "stderr",
  value: Field | undefined,
): void {
  if (value !== undefined) launch[what] = value;
}

/** `USER:GROUP`, `USER`, `:GROUP`. */
export function account(launch: Launch, value: Field | undefined): void {
  if (value === undefined) return;
  const [user = "", group = ""] = value.text.split(":");
  if (user !== "" || value.unknown !== undefined) launch.user = { ...value, text: user };
  if (group !== "") launch.group = { text: group };
}

/** A nice level has no property. */
export function nice(launch: Launch, level: Field | undefined): void {
  if (level && level.text !== "0") launch.lost.push(`nice level ${level.text}`);
}

/** `NAME=value` before a program. */
export function withVariables(words: Field[], launch: Launch): Field[] {
  const environment = new Map(launch.environment);
  const rest = [...words];
  for (;;) {
    const [, name, text] = /^([A-Za-z_]\w*)=([^]*)$/.exec(rest[0]?.text ?? "") ?? [];
    if (name === undefined) break;
    environment.set(name, { ...rest.shift()!, text: text! });
  }
  launch.environment = environment;
  return rest;
}

/**
 * Operators that came out of a variable (`ARGS="> /dev/null 2>&1 &"`) reach the program as words; meant they were as
 * operators. Taken away here, together with where the output was to go.
 */
export function withoutOperators(argv: Field[], launch: Launch): Field[] {
  const isOperator = ({ text, expanded }: Field) =>
    expanded === true && /^(?:\d*(?:>>?|>\||<|>&)\S*|&>?\S*)$/.test(text);
  const from = argv.findIndex((field, i) => i > 0 && isOperator(field));
  if (from < 0) return argv;
  const words = argv.slice(from);
  let descriptor = "1";
  for (const { text } of words) {
    const [, number = "", operator, target] = /^(\d*)(>>|>&|>\||>|<|&>|&)?([^]*)$/.exec(text)!;
    if (operator === "&" && target === "") launch.background = true;
    else if (operator === ">&") redirect(launch, number || "1", { text: `&${target}` });
    else if (operator !== undefined) {
      descriptor = operator === "<" ? "0" : number || (operator === "&>" ? "&" : "1");
      if (target !== "") redirect(launch, descriptor, { text: target! });
    } else redirect(launch, descriptor, { text });
  }
  launch.operators = words.map(({ text }) => text);
  return argv.slice(0, from);
}

/** Output of descriptor 1, 2, or both ("&"). */
export function redirect(launch: Launch, descriptor: string, target: Field): void {
  if (descriptor === "1") launch.stdout = target.text === "&2" ? (launch.stderr ?? target) : target;
  if (descriptor === "2") launch.stderr = target;
  if (descriptor === "&") Object.assign(launch, { stdout: target, stderr: { text: "&1" } });
}
