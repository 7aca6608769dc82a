import { HostError } from "../../../model/errors";
import type { Become } from "../../../schema/connection";
import type { Command, ExecResult, Transport } from "../../transports/transport";
import { shCommand } from "../shell/quote";

/** The default user, of the login and of `become`. */
export const SUPERUSER = "root";

/** How to start a shell with the wanted rights: the command, and what it reads from stdin before the script. */
export interface Elevation {
  command: Command;
  preface: string;
}

const MARK = "pulumi-bots-begin";
const AFTER_MARK = `while IFS= read -r l; do [ "$l" = ${MARK} ] && exec sh -s; done; exit 125`;

/** Finds out, once per connection, how a shell gets the wanted rights. A refused password is never sent again. */
export async function elevate(
  transport: Transport,
  host: string,
  become: Become | undefined,
  seconds: number,
): Promise<Elevation> {
  if (become?.method !== "sudo") return { command: shCommand("sh", "-s"), preface: "" };
  const user = become.user ?? SUPERUSER;
  const sudo = (...options: string[]) => ["env", "LC_ALL=C", "sudo", "-k", ...options, "-u", user, "sh"];
  const ask = (argv: readonly string[], stdin?: string) => answer(transport, host, seconds, argv, stdin);
  const free = await ask([...sudo("-n"), "-c", ":"]);
  if (free.code === 0) return { command: shCommand(...sudo("-n"), "-s"), preface: "" };
  const asks = /password is required|no password was provided/.test(said(free));
  if (!asks) throw refusal(host, free);
  const password = passwordOf(host, become);
  const argv = [...sudo("-S", "-p", ""), "-c"];
  // One line and then the end of input, so that sudo can't try the password again.
  const check = await ask([...argv, ":"], `${password}\n`);
  if (check.code !== 0) throw refusal(host, check, sourceOf(become));
  // If sudo does not ask this time, the loop discards the password, so that it is never run as a command.
  return { command: shCommand(...argv, AFTER_MARK), preface: `${password}\n${MARK}\n` };
}

/** Time limit, in seconds, for true(1), which shows whether the login shell hangs. */
const NOTHING_SECONDS = 5;

/** Runs sudo. If it does not answer, the error says whether sudo or the login shell hangs. */
async function answer(
  transport: Transport,
  host: string,
  seconds: number,
  argv: readonly string[],
  stdin = "",
): Promise<ExecResult> {
  const within = (limit: number) => AbortSignal.timeout(limit * 1000);
  try {
    return await transport.exec({ command: shCommand(...argv), stdin, signal: within(seconds) });
  } catch (error) {
    if (!(error instanceof HostError && error.kind === "timeout")) throw error;
    const shell = transport.exec({ command: shCommand("true"), signal: within(NOTHING_SECONDS) });
    const hung = await shell.then(
      () => "sudo did not answer (is it waiting for a directory service, DNS or a second factor?)",
      () => "the login shell did not run a command (does a profile file of this login wait for something?)",
    );
    throw new HostError("timeout", host, `${hung} within ${seconds} s`, { cause: error });
  }
}

function passwordOf(host: string, { password, passwordEnv }: Become): string {
  const found = password ?? (passwordEnv === undefined ? undefined : process.env[passwordEnv]);
  if (found !== undefined) return found;
  throw new HostError(
    "authentication",
    host,
    passwordEnv === undefined
      ? "sudo asks for a password: set become.password or become.passwordEnv"
      : `become.passwordEnv: environment variable ${passwordEnv} is not set, and sudo asks for a password`,
  );
}

const said = (result: ExecResult) => `${result.stderr.toString()}\n${result.stdout.toString()}`.trim();

const WRONG = "sudo refused the password; it was tried once";

/** Sudo's messages (C locale; the exit code is always 1) that are refusals. Other failures may be temporary. */
const REFUSALS: readonly [RegExp, string][] = [
  [
    /must have a tty/,
    "sudo requires a terminal (requiretty, the default on CentOS 5 and 6): add `Defaults:LOGIN !requiretty` to sudoers",
  ],
  [
    /expired|required to change your password|account validation failure/i,
    "the password or the account of this login has expired",
  ],
  [/incorrect password|try again|no password was provided/, WRONG],
  [/not in the sudoers file/, "the login is not in sudoers"],
  [/not allowed to (execute|run)|may not run sudo/, "sudoers does not allow this login to run `sh`"],
  [/unknown user|no passwd entry/, "become.user does not exist on the host"],
  [/sudo: sh: command not found/, "sudo does not find `sh`: check secure_path in sudoers"],
  [/setuid root|nosuid|effective uid is not 0|no new privileges/, "sudo can't become root on this host"],
];

/** Messages after any wrong password, which add nothing to {@link REFUSALS}. Those of PAM modules may name a cause. */
const WRONG_PASSWORD = /^(?:Sorry, try again\.|sudo: no password was provided|sudo: \d+ incorrect password attempts?)$/;

const sourceOf = ({ password, passwordEnv = "" }: Become) =>
  password === undefined ? `the environment variable ${passwordEnv} (become.passwordEnv)` : "become.password";

function refusal(host: string, result: ExecResult, password?: string): HostError {
  const text = said(result);
  const reason = REFUSALS.find(([pattern]) => pattern.test(text))?.[1] ?? notRun(result);
  if (reason === WRONG && password !== undefined) {
    const rest = text.split("\n").filter((line) => line.trim() !== "" && !WRONG_PASSWORD.test(line.trim()));
    const words = rest.length > 0 ? `. It says: ${rest.join("\n")}` : "";
    return new HostError("authentication", host, `${reason}: check ${password}${words}`);
  }
  const words = text ? `It says: ${text}` : "It printed nothing.";
  if (reason !== undefined) return new HostError("authentication", host, `${reason}. ${words}`);
  return new HostError("remote", host, `sudo failed (exit code ${result.code}). ${words}`);
}

/** env(1) exits with 127 if it finds no program, and with 126 if it can't run it. Its message is in the login's language. */
function notRun({ code }: ExecResult): string | undefined {
  if (code === 127) return "sudo is not installed";
  return code === 126 ? "sudo can't be executed by this login (permissions, or a file system with noexec)" : undefined;
}
