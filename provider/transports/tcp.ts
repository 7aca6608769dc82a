import { connect, type Socket } from "node:net";
import { HostError } from "../../model/errors";
import { withPort } from "../../model/text";
import { abortError } from "./abort";
import { TransientError, type Deadline } from "./retry";

const REASONS: Record<string, string> = {
  ECONNREFUSED: "connection refused",
  ECONNRESET: "connection reset",
  EHOSTUNREACH: "no route to the host",
  ENETUNREACH: "no route to the network",
  ETIMEDOUT: "no answer",
  EAI_AGAIN: "the name lookup failed temporarily",
  ENOTFOUND: "no such name in DNS",
};

/** Errors that do not go away within seconds. */
const LASTING = new Set(["ENOTFOUND", "ENETUNREACH", "EACCES", "EINVAL"]);

/** Where to connect to, and the name that errors give it. */
export interface Address {
  name: string;
  address: string;
  port: number;
}

/** Opens a TCP connection. */
export function tcp({ name, address, port }: Address, deadline: Deadline, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port, noDelay: true });
    const where = withPort(address, port);
    const settle = (act: () => void) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      socket.removeAllListeners();
      act();
    };
    const fail = (error: Error) =>
      settle(() => {
        socket.on("error", () => {}); // a late error must not end the process
        socket.destroy();
        reject(error);
      });
    const onAbort = () => fail(abortError(name, signal, `connecting to ${where}`));
    const unreachable = (reason: string) => new HostError("unreachable", name, `${where}: ${reason}`);
    const timer = setTimeout(
      () => fail(new TransientError(unreachable(`no answer within ${deadline.seconds} s`))),
      deadline.step,
    );
    signal.addEventListener("abort", onAbort, { once: true });
    socket.once("connect", () => settle(() => resolve(socket)));
    socket.once("error", (error: NodeJS.ErrnoException) => {
      const failure = unreachable(REASONS[error.code ?? ""] ?? error.message);
      fail(LASTING.has(error.code ?? "") ? failure : new TransientError(failure));
    });
    if (signal.aborted) onAbort();
  });
}
