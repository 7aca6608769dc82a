import { posix } from "node:path";
import type { Redirection, Word } from "unbash";
import type { Shell } from "./shell";
import { unknown, type Reason, type Value } from "./state";
import { expandText } from "./words";

/**
 * Applies redirections to the state, one after the other. Returns a reason if shells parse the text differently: `&>` is
 * one operator in bash and two in dash.
 */
export function redirect(redirections: readonly Redirection[], shell: Shell, onlyLook = false): Reason | undefined {
  const { state } = shell;
  let differ: Reason | undefined;
  for (const one of redirections) {
    if (one.type !== "Redirect") {
      shell.survey(one);
      if (one.type === "HereString" && !shell.isBash) differ ??= shell.reason("<<< is only known to some shells");
      continue;
    }
    const target = fileOf(one.target, shell);
    if (onlyLook) continue;
    if (one.descriptor?.type === "FileDescriptorVariable")
      differ ??= shell.reason("{fd}> is only known to some shells");
    const number = one.descriptor?.type === "FileDescriptor" ? one.descriptor.value : undefined;
    const isInput = one.operator.startsWith("<");
    const slot = ({ 1: "stdout", 2: "stderr" } as const)[number ?? (isInput ? 0 : 1)];
    const text = one.target?.text ?? "";
    const isCopy = one.operator.endsWith("&") && /^(\d+|-|\d+-)$/.test(text);
    if (one.operator.startsWith("&") || (one.operator === ">&" && !isCopy)) {
      const both = shell.isBash ? target : unknown(shell.reason(`${one.operator} is only known to some shells`));
      if (!shell.isBash) differ ??= both.reason;
      state.stdout = both;
      state.stderr = both;
    } else if (slot === undefined) continue;
    else if (isCopy && text === "1") state[slot] = state.stdout;
    else if (isCopy && text === "2") state[slot] = state.stderr;
    else if (isCopy || isInput) state[slot] = unknown(shell.reason(`${one.operator}${text} is not read`));
    else state[slot] = target;
  }
  return differ;
}

/** The file that output goes to; `discard` for /dev/null. */
function fileOf(word: Word | undefined, shell: Shell): Value {
  if (!word) return unknown(shell.reason("it goes to no file"));
  const value = expandText(word, shell);
  if (value.reason) return value;
  if (value.text === "/dev/null") return { ...value, text: "discard" };
  const path = absolutePath(value.text, shell.state.cwd);
  if (path === undefined || /^\/(dev\/(std|fd)|proc\/)/.test(path)) {
    return { ...value, reason: shell.reason(`where ${value.text} lies is not certain`) };
  }
  return { ...value, text: path };
}

/** Resolves a path that may be relative to a folder. */
export function absolutePath(path: string, cwd: Value | undefined): string | undefined {
  const whole = path.startsWith("/") ? path : cwd && !cwd.reason ? `${cwd.text}/${path}` : undefined;
  if (whole === undefined || path === "" || whole.split("/").includes("..")) return undefined;
  return posix.normalize(whole).replace(/(?<=.)\/$/, "");
}
