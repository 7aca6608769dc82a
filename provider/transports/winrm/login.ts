import { HostError } from "../../../model/errors";
import { Semaphore } from "../semaphore";
import { Deadline, retry, type OnWaiting } from "../retry";
import { Connection, type Answer } from "./connection";
import { Ntlm } from "./ntlm";
import { NtlmError } from "./ntlm/digest";
import { PlainSession, SealedSession, type Session } from "./session";
import type { WinRmTarget } from "./target";

/** Logs in to one host. A refused login is never retried, because Windows locks accounts. */
export class Logins {
  readonly #turn = new Semaphore(1);
  #refused: HostError | undefined;

  constructor(readonly target: WinRmTarget) {}

  /** A new connection that is logged in. One at a time, so that a wrong password is tried only once. */
  async open(signal: AbortSignal, onWaiting: OnWaiting = () => {}): Promise<Session> {
    const free = await this.#turn.acquire();
    try {
      if (this.#refused) throw this.#refused;
      const deadline = new Deadline(this.target.connectTimeoutSeconds);
      const attempt = async () => this.#login(await Connection.open(this.target, deadline, signal), signal);
      return await retry(this.target, attempt, deadline, signal, onWaiting);
    } catch (error) {
      if (error instanceof HostError && error.kind === "authentication") this.#refused = error;
      throw error;
    } finally {
      free();
    }
  }

  /** Records that the host has refused the login. Every later `open` fails with this error. */
  refuse(reason: string): HostError {
    return (this.#refused ??= this.#error("authentication", reason));
  }

  async #login(connection: Connection, signal: AbortSignal): Promise<Session> {
    try {
      const password = this.#password();
      if (this.target.authentication === "ntlm") return await this.#ntlm(connection, password, signal);
      if (!connection.certificate) throw this.#error("authentication", "Basic without TLS is refused");
      const token = Buffer.from(`${this.target.user}:${password}`).toString("base64");
      return new PlainSession(connection, { Authorization: `Basic ${token}` });
    } catch (error) {
      connection.close();
      if (error instanceof NtlmError) throw this.#error("authentication", `NTLM: ${error.message}`, error);
      throw error;
    }
  }

  #password(): string {
    const { password, passwordEnv } = this.target;
    const found = password ?? (passwordEnv === undefined ? undefined : process.env[passwordEnv]);
    if (found !== undefined) return found;
    const why =
      passwordEnv === undefined ? "no password is given" : `the environment variable ${passwordEnv} is not set`;
    throw this.#error("authentication", why);
  }

  async #ntlm(connection: Connection, password: string, signal: AbortSignal): Promise<Session> {
    const { user, address } = this.target;
    const ntlm = new Ntlm({ user, password, spn: `HTTP/${address}`, certificate: connection.certificate });
    const nothing = Buffer.alloc(0);
    const send = (token: Buffer) =>
      connection.post({ Authorization: `Negotiate ${token.toString("base64")}` }, nothing, signal);
    const first = await send(ntlm.negotiate);
    const challenge = negotiateToken(first);
    if (challenge === undefined) throw this.#noChallenge(first);
    const { message, sealing } = ntlm.authenticate(challenge);
    const second = await send(message);
    if (second.status === 401) throw this.#error("authentication", refusal(user));
    if (second.status !== 200)
      throw this.#error(
        "remote",
        `the host answered the login with HTTP ${second.status}, which neither accepts nor refuses it`,
      );
    return connection.certificate
      ? new PlainSession(connection)
      : new SealedSession(connection, this.target.name, sealing);
  }

  #noChallenge({ status, headers }: Answer): HostError {
    if (status === 404)
      return this.#error(
        "unreachable",
        "there is no WinRM at /wsman (HTTP 404): does the port belong to another web server?",
      );
    if (status !== 401)
      return this.#error("unreachable", `WinRM answered the login with HTTP ${status} instead of a challenge`);
    const offered =
      (headers["www-authenticate"] ?? "").match(/(?:^|, )(?:Basic|Kerberos|CredSSP|Negotiate|NTLM)\b/g) ?? [];
    const names = offered.map((name) => name.replace(", ", "")).join(", ") || "nothing";
    return this.#error(
      "authentication",
      `the host does not offer NTLM (it offers ${names}): enable Negotiate on the host (winrm set winrm/config/service/auth @{Negotiate="true"}), or use another authentication`,
    );
  }

  #error(kind: HostError["kind"], reason: string, cause?: Error): HostError {
    return new HostError(kind, this.target.name, reason, { cause });
  }
}

/** What a 401 to a login can mean. The host gives no reason on purpose. */
export const refusal = (user: string): string =>
  `the host refused the login of "${user}": the password is wrong, the account is locked or disabled, ` +
  "or it may not log on from the network. The provider does not retry, because Windows locks accounts";

function negotiateToken({ status, headers }: Answer): Buffer | undefined {
  const token = /(?:^|, )(?:Negotiate|NTLM) ([A-Za-z0-9+/]{1,64000}={0,2})/.exec(
    headers["www-authenticate"] ?? "",
  )?.[1];
  return status === 401 && token !== undefined ? Buffer.from(token, "base64") : undefined;
}
