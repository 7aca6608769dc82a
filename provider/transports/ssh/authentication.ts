import type { AnyAuthMethod } from "ssh2";
import { HostError } from "../../../model/errors";
import type { Credential } from "./credentials";
import type { Hop } from "../target";
import { keyHint, userHint } from "./serverVersion";
import { ssh2 } from "./ssh2";

/** One login. Offers each credential once, if the host accepts its kind, and records what was tried. */
export class Authentication {
  readonly #hop: Hop;
  readonly #software: () => string | undefined;
  readonly #left: Credential[];
  readonly #tried: Credential[] = [];
  readonly #notes: string[] = [];
  #accepted: readonly string[] = [];

  constructor(hop: Hop, credentials: readonly Credential[], software: () => string | undefined) {
    this.#hop = hop;
    this.#software = software;
    this.#left = [...credentials];
  }

  /** Adds a sentence to the error of a failed login. */
  note(text: string): void {
    this.#notes.push(text);
  }

  /** Was a password sent to the host? */
  get sentPassword(): boolean {
    return this.#tried.some(({ type }) => type === "password");
  }

  /** The next credential to try, given the methods that the host accepts. `false`: none is left. */
  next(accepted: readonly string[] | null, partial: boolean | null): AnyAuthMethod | false {
    const username = this.#hop.user;
    // A client asks for the accepted methods with "none". The host does not count it as a failure.
    if (accepted === null) return { type: "none", username };
    this.#accepted = accepted;
    if (partial) this.note("the host accepted one credential and requires another one");
    const index = this.#left.findIndex((credential) => method(credential, accepted) !== undefined);
    const credential = this.#left[index];
    if (!credential) return false;
    this.#left.splice(index, 1);
    this.#tried.push(credential);
    if (credential.type === "publickey") return { type: "publickey", username, key: credential.key };
    if (credential.type === "agent") return { type: "agent", username, agent: credential.socket };
    if (method(credential, accepted) === "password")
      return { type: "password", username, password: credential.password };
    return { type: "keyboard-interactive", username, prompt: this.#answerOnce(credential.password) };
  }

  /** Answers the first question only: a host that asks again has refused the password. */
  #answerOnce(password: string) {
    let answer: string | undefined = password;
    return (_name: string, _text: string, _lang: string, prompts: unknown[], finish: (answers: string[]) => void) => {
      if (answer === undefined || prompts.length !== 1) {
        this.note(`the host asks for more than a password`);
        return finish([]);
      }
      finish([answer]);
      answer = undefined;
    };
  }

  /** The error of a failed login: what was tried, and what the host accepts. */
  async refusal(reason: string): Promise<HostError> {
    const { user, name } = this.#hop;
    const software = this.#software();
    const tried = await Promise.all(this.#tried.map((credential) => describe(credential, software)));
    const hint = userHint(user, software);
    const lines = [
      `login as ${user} was refused${reason.startsWith("All configured") ? "" : ` (${reason})`}.`,
      tried.length ? `Tried: ${tried.join(", ")}.` : "The host accepts none of the configured credentials.",
      ...(this.#left.length ? [`Not tried: ${this.#left.map((c) => c.label).join(", ")}.`] : []),
      ...(this.#accepted.length ? [`The host accepts: ${this.#accepted.join(", ")}.`] : []),
      ...[...this.#notes, ...(hint === undefined ? [] : [hint])].map((note) => `${note}.`),
    ];
    return new HostError("authentication", name, lines.join(" "));
  }
}

/** A password goes to only one of the two methods that ask for it: a wrong one would count as two failures. */
function method(credential: Credential, accepted: readonly string[]): string | undefined {
  const kinds = credential.type === "password" ? ["password", "keyboard-interactive"] : ["publickey"];
  return kinds.find((kind) => accepted.includes(kind));
}

async function describe(credential: Credential, software: string | undefined): Promise<string> {
  const hints = [
    credential.type === "agent" ? await agentKeys(credential.socket) : undefined,
    credential.type === "publickey" ? keyHint(credential.key.type, software) : undefined,
    credential.hint,
  ];
  const hint = hints.filter((text) => text !== undefined).join("; ");
  return hint ? `${credential.label} [${hint}]` : credential.label;
}

const agentKeys = (socket: string) =>
  new Promise<string>((resolve) => {
    ssh2()
      .createAgent(socket)
      .getIdentities((error, keys) =>
        resolve(error ? "does not answer" : keys?.length ? `${keys.length} usable keys` : "holds no usable key"),
      );
  });
