import type { Duplex } from "node:stream";
import type { AnyAuthMethod, Client } from "ssh2";
import { HostError, type HostErrorKind } from "../../../model/errors";
import { withPort } from "../../../model/text";
import { abortError } from "../abort";
import { algorithms, handshakeProblem } from "./algorithms";
import { TransientError, type Deadline } from "../retry";
import { Authentication } from "./authentication";
import type { Credential } from "./credentials";
import type { HostKeyCheck } from "./hostKey";
import type { Hop } from "../target";
import { serverSoftware } from "./serverVersion";
import { ssh2 } from "./ssh2";

/** The server has no host key of a known type. The next attempt accepts any type, to name the key in the error. */
export class NoKnownKeyType extends Error {}

interface Parts {
  hop: Hop;
  socket: Duplex;
  credentials: readonly Credential[];
  check: HostKeyCheck;
  deadline: Deadline;
  signal: AbortSignal;
}

/** A login that is ready for channels. */
export interface LoggedIn {
  client: Client;
  /** How the server names its software, such as `OpenSSH_for_Windows_9.5`. */
  software: string | undefined;
}

/** SSH over an open stream: handshake, host key, login. */
export function login({ hop, socket, credentials, check, deadline, signal }: Parts): Promise<LoggedIn> {
  return new Promise((resolve, reject) => {
    const client = new (ssh2().Client)();
    const software = serverSoftware(socket);
    const authentication = new Authentication(hop, credentials, software);
    const where = withPort(hop.address, hop.port);
    let phase: "handshake" | "login" | "done" = "handshake";
    let denied: Error | undefined;

    const settle = (act: () => void) => {
      if (phase === "done") return;
      phase = "done";
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      act();
    };
    const fail = (error: Error) =>
      settle(() => {
        reject(error);
        client.destroy();
        socket.destroy();
      });
    const problem = (kind: HostErrorKind, text: string) => new HostError(kind, hop.name, text);

    /** The host did not refuse the login. A password is not sent again, because that could lock the account. */
    const cut = (how: string) => {
      const text = `${where}: the connection was lost during the login of ${hop.user} (${how})`;
      const error = problem("unreachable", text);
      return authentication.sentPassword ? error : new TransientError(error);
    };

    const onAbort = () => fail(abortError(hop.name, signal, `logging in at ${where}`));
    const silent = () =>
      fail(
        new TransientError(
          problem("timeout", `${where} accepts connections, but no SSH server answered within ${deadline.seconds} s`),
        ),
      );
    let timer = setTimeout(silent, deadline.step);
    signal.addEventListener("abort", onAbort, { once: true });

    client.once("handshake", () => {
      phase = "login";
      clearTimeout(timer);
      timer = setTimeout(() => {
        fail(problem("timeout", `the login at ${where} did not complete within ${deadline.seconds} s`));
      }, deadline.left);
    });
    client.on("ready", () => settle(() => resolve({ client, software: software() })));
    client.on("change password", () => fail(problem("authentication", `the password of ${hop.user} has expired`)));
    // ssh2 may report more than one error, even after the end, so the listener stays.
    client.on("error", (error: Error & { level?: string; code?: number }) => {
      if (error.level === "agent") return authentication.note(error.message);
      if (denied) return fail(denied);
      if (error.message.includes("no matching host key format") && check.algorithms) return fail(new NoKnownKeyType());
      if (error.level === "handshake")
        return fail(problem("unreachable", `${where}: ${handshakeProblem(hop, error.message)}`));
      if (phase === "login")
        return isRefusal(error) ? void authentication.refusal(error.message).then(fail) : fail(cut(error.message));
      fail(new TransientError(problem("unreachable", `${where}: ${inWords(error)}`)));
    });
    client.on("close", () => {
      if (phase === "login") fail(cut("closed by the host"));
      else fail(denied ?? new TransientError(problem("unreachable", `${where}: the connection was closed`)));
    });

    try {
      client.connect({
        sock: socket,
        username: hop.user,
        readyTimeout: 0,
        keepaliveInterval: 10_000,
        keepaliveCountMax: 3,
        algorithms: algorithms(hop, check),
        hostVerifier: (key: Buffer) => {
          try {
            check.verify(key);
            return true;
          } catch (error) {
            denied = error as Error;
            return false;
          }
        },
        authHandler: (methods, partial, next) => next(authentication.next(methods, partial) as AnyAuthMethod),
      });
    } catch (error) {
      // ssh2 does not know the algorithm of a pinned key.
      fail(problem("hostKey", (error as Error).message));
    }
    if (signal.aborted) onAbort();
  });
}

/** Did the host refuse the login, or only close the connection? RFC 4253, 11.1: 1 host not allowed, 14 no more methods, 15 user. */
function isRefusal({ level, code, message }: Error & { level?: string; code?: number }): boolean {
  if (level === "client-authentication") return true;
  return level === undefined && ([1, 14, 15].includes(code ?? 0) || /authentication failures/i.test(message));
}

const inWords = (error: Error): string =>
  error.message === "Connection lost before handshake"
    ? "the connection was closed before the SSH handshake (another service on this port, or too many logins at once: MaxStartups)"
    : error.message;
