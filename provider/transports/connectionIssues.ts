import type { Issue } from "../../model/errors";
import { getAt, UNKNOWN, withoutUnknowns, type Path } from "../../model/props";
import { exclusiveInLogin, typesOf, type Connection } from "../../schema/connection";
import { hostKeyProblem, privateKeyProblem } from "./ssh/keys";
import { loginIssues, winRmIssues } from "./winrm/winRmIssues";

/**
 * Errors in a connection that the schema can't find and that need no host. Skips values that are not known yet. `isWhole`: it
 * holds what it inherits, so nothing can be added to it any more.
 */
export function connectionIssues(given: Connection, at: Path, isWhole = false): Issue[] {
  if ((given as unknown) === UNKNOWN) return [];
  const connection = withoutUnknowns(given) as Connection;
  const issues = [
    ...typeIssues(given, isWhole),
    ...sshIssues(given, connection),
    ...winRmIssues(connection),
    ...(isWhole && given.type === "winrm" ? loginIssues(given) : []),
  ];
  return issues.map(({ path, message }) => ({ path: [...at, ...path], message }));
}

/** Properties that a connection of this type does not have. A part of a connection may leave its type to another part. */
function typeIssues(given: Connection, isWhole: boolean): Issue[] {
  const type = given.type ?? (isWhole ? "ssh" : undefined);
  if (type === undefined || (type as unknown) === UNKNOWN) return [];
  return Object.keys(given)
    .filter((name) => given[name as keyof Connection] !== undefined && typesOf[name]?.includes(type) === false)
    .map((name) => {
      const isForWinRm = typesOf[name]?.every((one) => one === "winrm");
      const message = isForWinRm
        ? `is for type "winrm", and this connection has type "${type}": set type, or remove it`
        : `is not used with type "${type}": remove it`;
      return { path: [name], message };
    });
}

function sshIssues(given: Connection, connection: Connection): Issue[] {
  const issues: Issue[] = [];
  const add = (path: Path, message: string | undefined) => {
    if (message !== undefined) issues.push({ path, message });
  };
  for (const [prefix, login] of [[[], connection] as const, [["jump"], connection.jump ?? {}] as const]) {
    if (login.privateKey !== undefined) {
      const comesLater = login.passphraseEnv !== undefined || getAt(given, [...prefix, "passphrase"]) === UNKNOWN;
      const problem = privateKeyProblem(login.privateKey, login.passphrase, comesLater);
      if (problem) add([...prefix, problem.property], problem.message);
    }
    if (login.hostKey !== undefined) add([...prefix, "hostKey"], hostKeyProblem(login.hostKey));
    for (const [one, other] of exclusiveInLogin) {
      if (login[one] !== undefined && login[other] !== undefined)
        add([...prefix, other], `give either ${one} or ${other}, not both`);
    }
  }
  const { become } = connection;
  if (become?.password !== undefined && become.passwordEnv !== undefined) {
    add(["become", "passwordEnv"], "give either password or passwordEnv, not both");
  }
  return issues;
}
