import { signal as signalCodec } from "../codecs";
import { checkArgv, formatArgv, parseArgv } from "./command";
import type { Mapping } from "./mapping";

const KILL = /^(?:\/usr)?\/bin\/kill +(?:-s +|-)(?:SIG)?([A-Z0-9+]+) +(?:-- +)?\$(?:MAINPID|\{MAINPID\})$/;

/** `reload` <-> ExecReload= of systemd.service(5): a command, or a signal to the main process. */
export const reload: Mapping = {
  owns: [{ section: "Service", name: "ExecReload", path: ["reload"] }],

  check: ({ reload: how }) => {
    if (how?.signal !== undefined && how.command) {
      return [{ path: ["reload"], message: "takes either a signal or a command" }];
    }
    const wrong = how?.signal === undefined ? undefined : signalCodec.check(how.signal);
    if (wrong) return [{ path: ["reload", "signal"], message: wrong }];
    return how?.command ? checkArgv(how.command, ["reload", "command"]) : [];
  },

  render: ({ reload: how }) => {
    const line =
      how?.signal !== undefined
        ? `/bin/kill -${signalCodec.format(how.signal).replace(/^SIG/, "")} $MAINPID`
        : how?.command && formatArgv(how.command);
    return line ? [{ section: "Service", name: "ExecReload", value: line }] : [];
  },

  parse: (directives, definition) => {
    const [line, ...others] = directives.effective("Service", "ExecReload");
    if (line === undefined || others.length) return;
    const signal = signalCodec.parse(KILL.exec(line)?.[1] ?? "");
    const argv = signal ? undefined : parseArgv(line);
    if (!signal && !argv) return;
    definition.reload = signal ? { signal } : { command: argv! };
    directives.take("Service", "ExecReload");
  },
};
