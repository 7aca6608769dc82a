import { spawnSync } from "node:child_process";
import type { Fields } from "../../provider/posix/shell/step";
import { Framing } from "../../provider/posix/host/frames";
import { prelude } from "../../provider/posix/shell/library";

/** Reads what a script with the prelude emitted, when descriptor 3 is its stdout. */
export function emitted(stdout: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const frame of new Framing("NONCE").push(Buffer.from(`${stdout}\n`)))
    if (frame.type === "field") fields.set(frame.key, frame.value);
    else if (frame.type === "torn") throw new Error(`${frame.key} was torn`);
    else if (frame.type === "unread") throw new Error(frame.why);
  return fields;
}

/** A script with the prelude, for a shell that reads it from its stdin. */
export const withPrelude = (script: string) =>
  [
    "pb_nonce=NONCE",
    "exec 3>&1",
    prelude(script),
    `pb_main() {\n${script}\n}`,
    "{ (pb_main) </dev/null >&2; exit; }",
  ].join("\n");

/** Runs such a script on this computer. */
export function runShell(shell: string[], script: string, env?: NodeJS.ProcessEnv) {
  const [program, ...args] = [...shell, "-s"];
  const result = spawnSync(program, args, { input: withPrelude(script), encoding: "utf8", ...(env && { env }) });
  return { fields: emitted(result.stdout), stderr: result.stderr, code: result.status };
}

/** The fields of one service, without its name. */
export const ofName = (name: string, fields: Fields): Fields =>
  new Map(
    [...fields].flatMap(([key, value]) => (key.startsWith(`${name}/`) ? [[key.slice(name.length + 1), value]] : [])),
  );
