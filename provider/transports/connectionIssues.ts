import type { Issue } from "../../model/errors";
import { getAt, UNKNOWN, withoutUnknowns, type Path } from "../../model/props";
import { exclusiveInLogin, type Connection } from "../../schema/connection";
import { hostKeyProblem, privateKeyProblem } from "./ssh/keys";

/** Errors in a connection that the schema can't find and that need no host. Skips values that are not known yet. */
export function connectionIssues(given: Connection, at: Path): Issue[] {
  if ((given as unknown) === UNKNOWN) return [];
  const connection = withoutUnknowns(given) as Connection;
  const issues: Issue[] = [];
  const add = (path: Path, message: string | undefined) => {
    if (message !== undefined) issues.push({ path: [...at, ...path], message });
  };
  if (connection.type === "local") {
    const forSsh = [
      ...(["address", "port", "user", "privateKey", "privateKeyFile", "password", "hostKey", "jump"] as const),
      "legacyAlgorithms" as const,
    ];
    for (const key of forSsh) if (connection[key] !== undefined) add([key], 'is not used with type "local": remove it');
  }
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
