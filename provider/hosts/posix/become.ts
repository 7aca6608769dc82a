import { HostError } from "../../../model/errors";
import type { Become } from "../../../schema/connection";
import type { ExecResult, Transport } from "../../transports/transport";

/** How to start a shell with the rights that are wanted: what to run, and what it wants to read before the script. */
export interface Elevation {
  argv: string[];
  preface: string;
}

const MARK = "pulumi-bots-begin";
const AFTER_MARK = `while IFS= read -r l; do [ "$l" = ${MARK} ] && exec sh -s; done; exit 125`;

/** Finds out, once per connection, how a shell gets its rights. A refused password is never sent again. */
export async function elevate(transport: Transport, host: string, become: Become | undefined): Promise<Elevation> {
  if (become?.method !== "sudo") return { argv: ["sh", "-s"], preface: "" };
  const user = become.user ?? "root";
  const sudo = (...options: string[]) => ["env", "LC_ALL=C", "sudo", "-k", ...options, "-u", user, "sh"];
  const free = await transport.exec({ argv: [...sudo("-n"), "-c", ":"] });
  if (free.code === 0) return { argv: [...sudo("-n"), "-s"], preface: "" };
  const asks = /password is required|no password was provided/.test(said(free));
  if (!asks) throw refusal(host, free);
  const password = passwordOf(host, become);
  const argv = [...sudo("-S", "-p", ""), "-c"];
  // One line, then the end of input: sudo gets no second guess out of it.
  const check = await transport.exec({ argv: [...argv, ":"], stdin: `${password}\n` });
  if (check.code !== 0) throw refusal(host, check);
  // Should sudo not ask this time, the loop reads the password away: it is never run as a command.
  return { argv: [...argv, AFTER_MARK], preface: `${password}\n${MARK}\n` };
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

/** What sudo's words (in the C locale; the exit code is always 1) mean for the user. */
function refusal(host: string, result: ExecResult): HostError {
  const text = said(result);
  const reasons: [RegExp, string][] = [
    [
      /must have a tty/,
      "sudo wants a terminal (requiretty, which CentOS 5 and 6 set): put `Defaults:LOGIN !requiretty` into sudoers",
    ],
    [/incorrect password|try again|no password was provided/, "sudo refused the password; it was tried once"],
    [/not in the sudoers file/, "the login is not in sudoers"],
    [/not allowed to (execute|run)|may not run sudo/, "sudoers does not allow this login to run `sh`"],
    [/unknown user|no passwd entry/, "become.user is not known on the host"],
    [/sudo.*(no such file|not found)/i, "sudo is not installed"],
  ];
  const reason = reasons.find(([pattern]) => pattern.test(text))?.[1] ?? `sudo failed (exit code ${result.code})`;
  return new HostError("authentication", host, `${reason}. ${text ? `It says: ${text}` : "It says nothing."}`);
}
