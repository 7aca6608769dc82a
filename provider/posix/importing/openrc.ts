import { parse, type Statement } from "unbash";
import type { Definition, Observation } from "../../../model/service";
import { normaliseSignal } from "../managers/common/signals";
import { definitionOf, unsaid, type Dependencies } from "../managers/openrc/depend";
import { source } from "../shell/library";
import { Interpreter } from "./interpreter";
import type { Launch } from "./launch";
import { observe, pidFilesOf } from "./observe";
import type { OpenrcData, ProgramReading, ScriptFile } from "./reading";
import type { Value } from "./state";

/** The variables of openrc-run(8), unset at first, that its own start function uses or that correspond to a property. */
const VARIABLES =
  "command command_args command_args_background command_args_foreground command_background command_user pidfile procname " +
  "directory chroot umask output_log error_log output_logger error_logger supervisor start_stop_daemon_args " +
  "supervise_daemon_args respawn_delay respawn_max respawn_period stopsig retry name description";
/** Other variables, which a script of ours does not need whatever their value. */
const NOT_NEEDED =
  "command_progress start_inactive extra_started_commands rc_verbose description_reload required_files required_dirs";

/** Reads an OpenRC service of others. `confs`: the files with its settings that exist. */
export function readOpenrcScript(
  script: ScriptFile,
  confs: readonly ScriptFile[],
  name: string,
): ProgramReading & { data?: OpenrcData } {
  const shell = new Interpreter({ isBash: false, flavour: "openrc", files: new Map() });
  const own = confs.filter(({ path }) => path === `/etc/conf.d/${name}`);
  const others = confs.filter(({ path }) => path !== `/etc/conf.d/${name}`);
  const said: Observation[] = [];
  let plain: Plain | undefined;
  const unreadable = shell.attempt(() => {
    shell.runText(source("openrc/defaultStart"));
    for (const variable of VARIABLES.split(" ")) shell.assign(variable, shell.value(""));
    for (const variable of ["RC_SVCNAME", "SVCNAME"]) shell.assign(variable, shell.value(name));
    for (const { path, text, isPrivate } of own) shell.runFile(path, text, isPrivate);
    // Each of these files is for one run level.
    for (const { path, text, isPrivate } of others) shell.maybe(() => shell.runFile(path, text, isPrivate));
    shell.runFile(script.path, script.text, script.isPrivate);
    // The content of a private file is shown as a secret only; a definition would show it to everybody.
    const isOpen = ![script, ...own].some(({ isPrivate }) => isPrivate);
    plain = others.length === 0 && isOpen ? readPlain([...own, script]) : undefined;
    said.push(...observeTexts(shell, script, plain));
    start(shell);
  });
  const { launches } = shell;
  const pidFiles = pidFilesOf(shell);
  const reading = observe({ launches, pidFiles, unreadable, file: script.path, isPrivate: script.isPrivate });
  const definition =
    plain?.isData && launches.length === 1 ? defined(shell, launches[0]!, plain.dependencies) : undefined;
  const observed = [...said, ...reading.observed.map((one) => placed(one, shell, script.path))];
  return { ...reading, observed, ...(definition && plain && { data: { definition, rest: plain.rest } }) };
}

const SAID_BY: Readonly<Record<string, string>> = {
  ...{ command: "command", workingDirectory: "directory", umask: "umask", "runAs.user": "command_user" },
  ...{ "runAs.group": "command_user", "logs.stdout": "output_log", "logs.stderr": "error_log", pidFile: "pidfile" },
};

/** What OpenRC's own start function uses a variable for is shown where the script sets the variable. */
function placed({ line, ...one }: Observation, shell: Interpreter, path: string): Observation {
  if (one.file !== "") return { ...one, ...(line !== undefined && { line }) };
  const variable = SAID_BY[one.property];
  const value = variable === undefined ? undefined : shell.lookup(variable);
  return value && value.file !== "" ? { ...one, file: value.file, line: value.line } : { ...one, file: path };
}

/** Follows `rc-service NAME start`. If OpenRC itself starts the daemon, no earlier program is one. */
function start(shell: Interpreter): void {
  const { launches } = shell;
  shell.call("start_pre", []);
  const before = launches.length;
  shell.inCopy(() => void shell.call(shell.state.functions.has("start") ? "start" : "default_start", []));
  if (launches.length > before && shell.lookup("command").text !== "") launches.splice(0, before);
}

interface Plain {
  /** The script has only assignments and a plain `depend` function. */
  isData: boolean;
  dependencies: Dependencies;
  rest: OpenrcData["rest"];
}

/** Assignments, `export` and `depend`, as the files have them. */
function readPlain(files: readonly ScriptFile[]): Plain {
  const dependencies: Dependencies = { want: [], need: [], use: [], after: [] };
  const plain: Plain = { isData: true, dependencies, rest: [] };
  const known = new Set(`${VARIABLES} ${NOT_NEEDED}`.split(" "));
  const all = files.map(({ text }) => text).join("\n");
  const used = new Set([...all.matchAll(/\$\{?([A-Za-z_]\w*)/g)].map(([, name]) => name));
  for (const { path, text } of files) {
    for (const { command, background } of parse(text).commands) {
      const line = text.slice(command.pos, command.end);
      if (command.type === "Function" && command.name.value === "depend" && command.body.type === "BraceGroup") {
        takeDepend(command.body.body.commands, plain, path, text);
        continue;
      }
      const isExport = command.type === "Command" && command.name?.text === "export";
      const parts = command.type === "Command" ? [...command.prefix, ...command.suffix] : [];
      const assignments = parts.flatMap((part) => (part.type === "Assignment" ? [part] : []));
      const isPlain = command.type === "Command" && (isExport || !command.name) && assignments.length === parts.length;
      if (!isPlain || background === true || assignments.length === 0) plain.isData = false;
      const isKnown = ({ name }: { name: string }) => known.has(name) || used.has(name);
      if (!isExport && !assignments.every(isKnown)) plain.rest.push({ file: path, line });
    }
  }
  for (const line of unsaid(dependencies)) plain.rest.push({ file: files.at(-1)!.path, line });
  return plain;
}

function takeDepend(statements: readonly Statement[], plain: Plain, file: string, text: string): void {
  for (const { command } of statements) {
    const words = command.type === "Command" && command.name ? [command.name, ...command.suffix] : [];
    const isPlain = words.length > 0 && words.every((word) => word.type === "Word" && !word.parts);
    const [kind = "", ...names] = words.map((word) => (word.type === "Word" ? word.value : ""));
    const isName = names.every((name) => /^[A-Za-z0-9_.+-]+$/.test(name));
    if (!isPlain) plain.isData = false;
    else if (Object.hasOwn(plain.dependencies, kind) && isName)
      plain.dependencies[kind as keyof Dependencies].push(...names);
    else if (kind !== ":") plain.rest.push({ file, line: text.slice(command.pos, command.end) });
  }
}

/** Name, description and dependencies of a service whose script is a program. */
function observeTexts(shell: Interpreter, script: ScriptFile, plain: Plain | undefined): Observation[] {
  const secret = script.isPrivate && { secret: true };
  const texts = { displayName: shell.lookup("name"), description: shell.lookup("description") };
  const known = Object.entries(texts).filter(([, { text, reason }]) => reason !== undefined || text !== "");
  const { requires, openrc } = definitionOf(plain?.dependencies ?? { want: [], need: [], use: [], after: [] });
  const options = Object.entries(openrc).map(([key, value]): [string, unknown] => [`options.openrc.${key}`, value]);
  const depends = [...(requires ? [["requires", requires] as [string, unknown]] : []), ...options];
  return [
    ...known.map(([property, { text, reason, file, line, secret: own }]) => ({
      ...{ property, ...(reason ? { unknown: reason.why } : { value: text }), file, line },
      ...((script.isPrivate || own) && { secret: true }),
    })),
    ...depends.map(([property, value]) => ({ property, value, file: script.path, ...secret })),
  ];
}

/** The definition that the variables make; undefined if a part of it is uncertain or no property covers it. */
function defined(shell: Interpreter, launch: Launch, dependencies: Dependencies): Definition | undefined {
  const { argv, cwd, umask, user, group, stdout, stderr, variables } = launch;
  const value = (name: string) => shell.lookup(name).text;
  const slots = { cwd, umask, user, group, stdout, stderr };
  const all = [
    ...argv,
    ...variables.values(),
    ...Object.values(slots).filter((slot): slot is Value => slot !== undefined),
  ];
  const texts = VARIABLES.split(" ").map((name) => shell.lookup(name));
  const isCertain = ![...all, ...texts].some(({ reason }) => reason);
  const isSupervised = value("supervisor") === "supervise-daemon";
  const args = value("start_stop_daemon_args") + value("supervise_daemon_args");
  // A program that daemonizes can't be a `command`.
  const stays = isSupervised || value("command_background") !== "";
  if (!isCertain || !stays || args !== "" || launch.reason || launch.environment) return undefined;
  if (argv[0]?.text.startsWith("/") !== true) return undefined;
  const stop = stopOf(value("stopsig"), value("retry"));
  const restart = isSupervised ? restartOf(value("respawn_delay"), value("respawn_max")) : {};
  if (!stop || !restart) return undefined;
  const { requires, openrc } = definitionOf(dependencies);
  const runAs = { ...(user?.text && { user: user.text }), ...(group?.text && { group: group.text }) };
  const environment = Object.fromEntries([...variables].map(([name, { text }]) => [name, text]));
  const name = value("name");
  return {
    ...(name !== "" && name !== value("RC_SVCNAME") && { displayName: name }),
    ...(value("description") !== "" && { description: value("description") }),
    command: argv.map(({ text }) => text),
    ...(cwd && { workingDirectory: cwd.text }),
    ...(umask && { umask: umask.text }),
    ...(variables.size > 0 && { environment }),
    ...(Object.keys(runAs).length > 0 && { runAs }),
    ...(isSupervised && { restart: { policy: "always" as const, ...restart } }),
    ...(Object.keys(stop).length > 0 && { stop }),
    ...(requires && { requires }),
    logs: { stdout: stdout!.text, ...(stderr!.text !== stdout!.text && { stderr: stderr!.text }) },
    ...(Object.keys(openrc).length > 0 && { options: { openrc } }),
  };
}

function restartOf(delay: string, max: string): Definition["restart"] | undefined {
  if (!/^\d{0,9}$/.test(delay) || !/^\d{0,9}$/.test(max)) return undefined;
  return {
    ...(delay !== "" && { delaySeconds: Number(delay) }),
    ...(max !== "" && { maxAttempts: Number(max) === 0 ? 0 : Number(max) + 1 }),
  };
}

/** A stop schedule: `TERM/30/KILL/5` or `30`. Properties cover its first signal and the time after it. */
function stopOf(stopsig: string, retry: string): Definition["stop"] | undefined {
  const steps = retry.split("/");
  const first = steps.length > 1 ? steps.shift()! : "";
  const seconds = steps[0]!;
  const name = first === "" ? stopsig : first.replace(/^-/, "");
  const signal = name === "" ? undefined : normaliseSignal(name);
  if ((name !== "" && signal === undefined) || !/^\d{0,9}$/.test(seconds)) return undefined;
  return { ...(signal !== undefined && { signal }), ...(seconds !== "" && { timeoutSeconds: Number(seconds) }) };
}
