import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { processOf, seenProcess } from "../../provider/posix/managers/common/apart";
import { releaseStep } from "../../provider/posix/managers/common/release";
import { call } from "../../provider/posix/shell/library";
import { runShell } from "../support/shell";

const SHELLS = [["dash"], ["bash", "--posix"], ["busybox", "sh"]];

let folder: string;
const started: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "apart-"));
});
afterEach(() => {
  for (const child of started.splice(0)) child.kill("SIGKILL");
  rmSync(folder, { recursive: true });
});

/** A process of somebody, with the number of its start time. */
function someProcess(script: string): { pid: number; born: string } {
  const child = spawn("sh", ["-c", script], { stdio: "ignore" });
  started.push(child);
  const stat = readFileSync(`/proc/${child.pid}/stat`, "utf8");
  return { pid: child.pid!, born: stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]! };
}

const lives = (pid: number) =>
  existsSync(`/proc/${pid}/stat`) && !/\) Z/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));

describe.each(SHELLS)("what belongs to somebody else, run by %s", (...shell) => {
  const run = (script: string) => runShell(shell, script);

  test("its exit code comes back, and its output goes into the error", () => {
    const { fields, stderr } = run(`pb_apart start 20 sh -c 'echo out; echo err >&2; exit 7'; emit code $?`);
    expect(fields.get("code")).toBe("7");
    expect(stderr).toBe("out\nerr\n");
  });

  test("of what it says only the last 4 KB come back", () => {
    const { stderr } = run(`pb_apart start 20 sh -c 'i=0; while [ $i -lt 2000 ]; do echo line $i; i=$((i + 1)); done'`);
    expect(stderr.length).toBe(4096);
    expect(stderr).toMatch(/line 1999\n$/);
  });

  test("a child that holds its streams does not keep it", () => {
    const before = Date.now();
    const { fields } = run(`pb_apart start 60 sh -c 'sleep 5 & echo $! >${folder}/pid'; emit code $?`);
    expect(fields.get("code")).toBe("0");
    expect(Date.now() - before).toBeLessThan(4500);
  });

  test("it has a session of its own, the environment of a boot, an empty input, and takes SIGINT", () => {
    const { stderr } = run(
      `SECRET=1; export SECRET
      pb_apart start 20 sh -c 'read -r pid name state parent group session rest </proc/self/stat; [ "$session" != ${process.pid} ] && echo "session $((session == group))"
        env | cut -d= -f1 | sort | tr "\\n" " "; umask; pwd; cat; sed -n "s/^SigIgn:.*\\(.\\)$/ignored \\1/p" /proc/self/status'`,
    );
    expect(stderr).toMatch(/^session 1\n/);
    expect(stderr).not.toContain("SECRET");
    expect(stderr).toContain("0022\n/\n");
    // SIGINT is bit 1, SIGQUIT bit 2.
    expect(stderr).toMatch(/ignored [018]\n/);
  });

  test("a start that does not end is left running, for it may be the daemon itself", () => {
    const { fields, stderr } = run(`pb_apart start 1 sh -c 'echo $$ >${folder}/pid; exec sleep 30'; emit code $?`);
    const pid = Number(readFileSync(`${folder}/pid`, "utf8"));
    const left = lives(pid);
    process.kill(pid);
    expect(fields.get("code")).toBe("124");
    expect(stderr).toMatch(/did not end within 1 seconds \(pid \d+\)/);
    expect(left).toBe(true);
  });

  test("a stop that does not end is ended, for it could stop what is started next", () => {
    const { fields } = run(`pb_apart stop 1 sh -c 'echo $$ >${folder}/pid; sleep 30; true'; emit code $?`);
    expect(fields.get("code")).toBe("124");
    expect(lives(Number(readFileSync(`${folder}/pid`, "utf8")))).toBe(false);
  });

  test("a process that its own stop has left is asked to end", () => {
    const { pid, born } = someProcess("exec sleep 60");
    const { code, stderr } = run(`pb_gone web ${pid} ${born} 0`);
    expect([code, lives(pid)]).toEqual([0, false]);
    expect(stderr).toContain(`its own stop left pid ${pid} running: SIGTERM is sent to it`);
  });

  test("one that takes no SIGTERM is named and never killed", () => {
    const { pid, born } = someProcess("trap '' TERM; exec sleep 60");
    const { code, stderr } = run(`pb_term_seconds=1\npb_gone web ${pid} ${born} 0`);
    expect([code, lives(pid)]).toEqual([1, true]);
    expect(stderr).toContain(`web: pid ${pid} did not exit after its own stop and SIGTERM`);
  });

  test("another process that has got the same number is left alone", () => {
    const { pid } = someProcess("exec sleep 60");
    const { code, stderr } = run(`pb_gone web ${pid} 1 0`);
    expect([code, stderr, lives(pid)]).toEqual([0, "", true]);
  });

  test("the processes of a service are those of the one that was seen, or of the one that has its pid now", () => {
    const { pid, born } = someProcess("sleep 30 & wait");
    const seen = (state: Parameters<typeof seenProcess>[0]) =>
      run(call("existing_processes", ...seenProcess(state)))
        .fields.get("processes")
        ?.split(" ");
    expect(seen({ pid, incarnation: `${pid}@${born}@boot` })).toContain(String(pid));
    expect(seen({ pid })).toContain(String(pid));
    expect(seen({ pid, incarnation: `${pid}@1@boot` })).toEqual([""]);
    expect(seen({ pid: 2 ** 22 + 1 })).toEqual([""]);
    expect(seen({})).toEqual([""]);
  });

  test("our comment goes from the head of a file, and nothing else changes", () => {
    const path = `${folder}/web.service`;
    const rest = `# of the administrator\n[Service]\nExecStart=/bin/sh -c 'echo\\\n# pulumi-bots: of a value'\n`;
    writeFileSync(path, `# pulumi-bots: {"ownerId":"1"}\n# Managed by Pulumi (urn): and so on\n${rest}`, {
      mode: 0o640,
    });
    const { code } = runShell(shell, releaseStep(path).script);
    expect([code, readFileSync(path, "utf8"), statSync(path).mode & 0o777]).toEqual([0, rest, 0o640]);
  });

  test("releasing what is not there is no error", () => {
    expect(runShell(shell, releaseStep(`${folder}/none`).script).code).toBe(0);
  });
});

test("the process that was seen, for the shell", () => {
  expect(processOf({ pid: 7, incarnation: "7@1234@boot-id" })).toEqual(["7", "1234"]);
  expect(processOf({})).toEqual(["0", "0"]);
});
