import { judge, type Expected, type Judgement, type Seen } from "../../provider/posix/evidence/judge";
import type { PidFile } from "../../provider/posix/evidence/pidFile";
import type { Process } from "../../provider/posix/evidence/table";

/** The host has booted at this second. */
export const BOOT = 1_000_000;

export function process(pid: number, of: Partial<Process> = {}): Process {
  const common = { pid, parent: 1, session: pid, started: 10_000, root: "/", folder: "/", uid: 0, contained: false };
  return { ...common, argv: ["/opt/p", "-x"], executable: "/opt/p", ...of };
}

/** The time of a pid file that was written when a process started 100 seconds after the boot existed. */
export function pidFile(text: string, of: Partial<PidFile> = {}): PidFile {
  return { path: "/run/p.pid", text, written: BOOT + 101, owner: 0, group: 0, mode: 0o644, ...of };
}

export const certain: Expected = {
  programs: ["/opt/p"],
  command: ["/opt/p", "-x"],
  pidFiles: ["/run/p.pid"],
  ambiguous: false,
};

export function seen(processes: Process[], file?: PidFile, of: Partial<Seen> = {}): Seen {
  return {
    table: { processes: new Map(processes.map((one) => [one.pid, one])), boot: BOOT },
    pidFiles: new Map(file ? [[file.path, file]] : []),
    lookedAt: () => true,
    programFiles: new Map([["/opt/p", { inode: "1:1" }]]),
    ...of,
  };
}

const words = ({ status, process: found }: Judgement) => (found ? `${status} ${found.pid}` : status);

export interface Case {
  what: string;
  expected?: Partial<Expected>;
  seen: Seen;
  is: string;
  reason?: RegExp;
}

export const title = { argv: ["d: master process"], executable: "/usr/bin/perl" };
export const retitled = { argv: ["p: worker"] };
export const perlScript = { programFiles: new Map([["/opt/p", { inode: "1:1", interpreter: "/usr/bin/perl" }]]) };
export const shellScript = { programFiles: new Map([["/opt/p", { inode: "1:1", interpreter: "/bin/sh" }]]) };

/** Each case as a test of its own. */
export function testCases(cases: readonly Case[]): void {
  test.each(cases)("$what: $is", ({ expected, seen: host, is, reason }) => {
    const judgement = judge({ ...certain, ...expected }, host);
    expect(words(judgement)).toBe(is);
    expect(judgement.reason ?? "").toMatch(reason ?? /^/);
  });
}
