import { readHeader } from "./header";
import { Interpreter } from "./interpreter";
import type { Options } from "./shell";
import { observe, pidFilesOf } from "./observe";
import type { ProgramReading, ScriptFile } from "./reading";
import type { Value } from "./state";

/** Reads an init script of others. `sourced`: the files that it sources, where their text could be read. */
export function readInitScript(script: ScriptFile, sourced: readonly ScriptFile[]): ProgramReading {
  const header = readHeader(script);
  const files = new Map(sourced.map((file) => [file.path, file]));
  const shebang = script.text.slice(0, 200).split("\n", 1)[0]!;
  const options: Options = { isBash: /\bbash\b/.test(shebang), flavour: "dpkg", files };
  const [start, stop] = ["start", "stop"].map((action) => {
    const shell = new Interpreter(options);
    const unreadable = shell.attempt(() => {
      shell.state.positional = [shell.value(action)];
      shell.runFile(script.path, script.text, script.isPrivate);
      if (/\/init-d-script\b/.test(shebang)) startAsDebian(shell);
    });
    return { shell, unreadable };
  });
  const comments = header.pidFiles.map((text): Value => ({ text, file: script.path, line: 1 }));
  // The stop action names the pid file as well, and often it is the only one.
  const pidFiles = [...comments, ...pidFilesOf(start!.shell), ...pidFilesOf(stop!.shell)];
  const { launches } = start!.shell;
  const { unreadable } = start!;
  const reading = observe({ launches, pidFiles, unreadable, file: script.path, isPrivate: script.isPrivate });
  return { ...reading, observed: [...header.observed, ...reading.observed] };
}

/** Debian's init-d-script(5): the script only sets variables, and this interpreter does the rest. */
function startAsDebian(shell: Interpreter): void {
  const { state } = shell;
  const daemon = shell.lookup("DAEMON");
  const base = { ...daemon, text: daemon.text.slice(daemon.text.lastIndexOf("/") + 1) };
  for (const name of ["NAME", "DAEMON_ARGS", "START_ARGS", "PIDFILE"]) {
    if (!state.variables.has(name)) shell.assign(name, name === "NAME" ? base : shell.value(""));
  }
  const defaults = shell.options.files.get(`/etc/default/${shell.lookup("NAME").text}`);
  if (defaults) shell.runFile(defaults.path, defaults.text, defaults.isPrivate);
  const pidFile = shell.lookup("PIDFILE");
  if (pidFile.text === "" && !pidFile.reason) shell.assign("PIDFILE", { ...base, text: `/run/${base.text}.pid` });
  if (state.functions.size > 0) shell.lose(shell.reason("it has functions in place of init-d-script's own"), [daemon]);
  else if (daemon.text !== "none") {
    shell.runText(
      "start-stop-daemon --start --pidfile $PIDFILE $START_ARGS --startas $DAEMON --exec $DAEMON -- $DAEMON_ARGS",
    );
  }
}
