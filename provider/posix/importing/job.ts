import { Interpreter } from "./interpreter";
import { observe } from "./observe";
import type { ProgramReading } from "./reading";
import type { Value } from "./state";

/** What an upstart job says about its process, and the text that upstart passes to `sh -e`. */
export interface JobText {
  path: string;
  isPrivate: boolean;
  /** `exec` or `script`; `pre-start` for a job without another process. */
  script?: { text: string; line: number };
  /** `env NAME=value`. */
  variables: ReadonlyMap<string, string>;
  workingDirectory?: string | undefined;
  umask?: string | undefined;
  user?: string | undefined;
  group?: string | undefined;
  log?: string | undefined;
  /** Where the host finds a program that is named without a folder. */
  programs?: ReadonlyMap<string, string>;
}

/** Reads the process of a job whose definition is a program. */
export function readJob(job: JobText): ProgramReading {
  const shell = new Interpreter({ isBash: false, flavour: "dpkg", files: new Map() });
  const { path: file, isPrivate, script } = job;
  const unreadable = shell.attempt(() => {
    const value = (text: string): Value => ({
      text,
      file,
      line: script?.line ?? 1,
      ...(isPrivate && { secret: true }),
    });
    const slot = (text: string | undefined) => (text === undefined ? undefined : value(text));
    const { state } = shell;
    for (const [name, text] of job.variables) {
      // upstart itself sets variables in the environment.
      const reason = text.includes("$") ? { why: "upstart expands it", file, line: script?.line ?? 1 } : undefined;
      shell.assign(name, { ...value(text), ...(reason && { reason }) });
      state.exported.add(name);
    }
    Object.assign(state, { cwd: slot(job.workingDirectory), umask: slot(job.umask) });
    Object.assign(state, {
      user: slot(job.user),
      group: slot(job.group),
      stdout: slot(job.log),
      stderr: slot(job.log),
    });
    if (script) shell.inCopy(() => shell.runFile(file, script.text, isPrivate, script.line), true);
  });
  const launches = shell.launches.map((launch) => {
    const [program, ...args] = launch.argv;
    const found = program && job.programs?.get(program.text);
    return found === undefined ? launch : { ...launch, argv: [{ ...program!, text: found }, ...args] };
  });
  return observe({ launches, pidFiles: shell.pidFiles, unreadable, file, isPrivate });
}
