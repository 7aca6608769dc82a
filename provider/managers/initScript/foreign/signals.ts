import { normaliseSignal } from "../../common/signals";
import type { Field } from "../../common/shell/expand";
import { START_STOP_DAEMON } from "./starters";
import { readOptions } from "./options";

/** A signal that a script sends to its daemon, and how long it waits. */
export interface Sent {
  signal: string;
  timeoutSeconds?: number;
  source: string;
}

/** The signal that a command sends; undefined when it sends none. */
export function signalsSent(name: string, args: readonly Field[]): Omit<Sent, "source"> | undefined {
  switch (name) {
    case "start-stop-daemon": {
      const { given } = readOptions(args, START_STOP_DAEMON, true);
      if (!given.has("stop")) return undefined;
      const [first = "", seconds] = (given.get("retry")?.text ?? "").replace(/^-/, "").split("/");
      const timeout = /^\d+$/.test(first) ? first : seconds;
      const signal = given.get("signal")?.text ?? (/^\d+$/.test(first) ? "" : first);
      return sent(signal.replace(/^-/, ""), timeout);
    }
    case "killproc": {
      const timeout = args[args.findIndex((field) => field.text === "-d") + 1];
      const signal = args.find((field, i) => i > 0 && /^-(?:SIG)?[A-Z0-9]{1,}\d*$/.test(field.text));
      const named = args[args.findIndex((field) => field.text === "-signal") + 1];
      const spoken = args.some((field) => field.text === "-signal") ? named?.text : signal?.text.slice(1);
      return sent(spoken ?? "", args.some((field) => field.text === "-d") ? timeout?.text : undefined);
    }
    case "kill":
    case "killall":
    case "pkill": {
      const at = args.findIndex((field) => ["-s", "--signal", "-n"].includes(field.text));
      const short = args.find((field) => /^-(?:SIG)?[A-Z][A-Z0-9]+$|^-\d+$/.test(field.text));
      const text = at >= 0 ? args[at + 1]?.text : short?.text.slice(1);
      return text === "0" || args.length === 0 ? undefined : sent(text ?? "", undefined);
    }
    default:
      return undefined;
  }
}

function sent(text: string, timeout: string | undefined): Omit<Sent, "source"> | undefined {
  const signal = normaliseSignal(text === "" ? "TERM" : text);
  if (signal === undefined || text === "0") return undefined;
  return { signal, ...(timeout !== undefined && /^\d+$/.test(timeout) && { timeoutSeconds: Number(timeout) }) };
}
