import { existsSync } from "node:fs";
import type { ParsedKey } from "ssh2";
import { HostError } from "../../../model/errors";
import { expandHome, readNamed } from "../files";
import { fingerprint, publicKey } from "./knownHosts";
import { isProblem, readPrivateKey, type KeyProblem } from "./privateKey";
import type { Hop } from "../target";

/** One way to log in, and its name in an error. */
export type Credential = { label: string; hint?: string } & (
  { type: "publickey"; key: ParsedKey } | { type: "agent"; socket: string } | { type: "password"; password: string }
);

/** The user's credentials, looked up now. Each is tried once, in this order. */
export function credentials(hop: Hop): Credential[] {
  const { login } = hop;
  const found = [...keys(hop), ...agent(hop), ...password(hop)];
  if (found.length) return found;
  const socket = process.env.SSH_AUTH_SOCK;
  if (socket) return [{ type: "agent", socket, label: `agent (SSH_AUTH_SOCK, ${socket})`, hint: NO_CERTIFICATES }];
  throw fail(
    hop,
    "no credentials: set privateKeyFile, privateKey, passwordEnv, password or agentSocket" +
      (login.passphrase || login.passphraseEnv ? " (a passphrase alone is not a credential)" : "") +
      ", or start an SSH agent (SSH_AUTH_SOCK is not set)",
  );
}

const NO_CERTIFICATES = "certificates in the agent are not supported";

const fail = (hop: Hop, message: string) => new HostError("authentication", hop.name, message);

/** A value, or the environment variable that holds it at run time. */
function given(hop: Hop, value: string | undefined, property: string, variable: string | undefined) {
  if (value !== undefined || variable === undefined) return value;
  const found = process.env[variable];
  if (found === undefined || found === "")
    throw fail(hop, `${property}: environment variable ${variable} is ${found === "" ? "empty" : "not set"}`);
  return found;
}

function keys(hop: Hop): Credential[] {
  const { privateKey, privateKeyFile, passphrase, passphraseEnv } = hop.login;
  if (privateKey === undefined && privateKeyFile === undefined) return [];
  const secret = given(hop, passphrase, "passphraseEnv", passphraseEnv);
  const found: Credential[] = [];
  if (privateKey !== undefined) found.push(keyOf(hop, privateKey, "privateKey", secret));
  if (privateKeyFile !== undefined) {
    const file = readNamed(privateKeyFile);
    if ("problem" in file) throw fail(hop, `privateKeyFile: ${file.problem}`);
    const certificate = existsSync(`${expandHome(privateKeyFile)}-cert.pub`);
    found.push({
      ...keyOf(hop, file.text, `privateKeyFile ${privateKeyFile}`, secret),
      ...(certificate
        ? { hint: `the certificate ${privateKeyFile}-cert.pub was ignored: certificates are not supported` }
        : {}),
    });
  }
  return found;
}

function keyOf(hop: Hop, text: string, what: string, passphrase: string | undefined): Credential {
  const key = readPrivateKey(text, passphrase);
  if (isProblem(key)) throw fail(hop, `${what}: ${words(key)}`);
  return { type: "publickey", key, label: `key ${fingerprint(publicKey(key.getPublicSSH()))} (${what})` };
}

function words(problem: KeyProblem): string {
  switch (problem.kind) {
    case "key":
      return problem.text;
    case "noPassphrase":
      return "the key is encrypted: set passphrase or passphraseEnv";
    case "wrongPassphrase":
      return "the passphrase does not decrypt the key";
  }
}

function agent(hop: Hop): Credential[] {
  const { agentSocket } = hop.login;
  if (agentSocket === undefined) return [];
  const socket = expandHome(agentSocket);
  return [{ type: "agent", socket, label: `agent (${agentSocket})`, hint: NO_CERTIFICATES }];
}

function password(hop: Hop): Credential[] {
  const { password, passwordEnv } = hop.login;
  const found = given(hop, password, "passwordEnv", passwordEnv);
  if (found === undefined) return [];
  const from = password === undefined ? `passwordEnv ${passwordEnv}` : "password";
  return [{ type: "password", password: found, label: from }];
}
