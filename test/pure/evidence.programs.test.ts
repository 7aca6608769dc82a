import { processTable } from "../../provider/posix/evidence/table";
import {
  perlScript,
  pidFile,
  process,
  retitled,
  seen,
  shellScript,
  testCases,
  title,
  type Case,
} from "../support/evidence";

const cases: Case[] = [
  // Without a pid file.
  { what: "the program by its command line", expected: { pidFiles: [] }, seen: seen([process(9)]), is: "running 9" },
  {
    what: "the program by its executable",
    expected: { pidFiles: [] },
    seen: seen([process(9, retitled)]),
    is: "running 9",
  },
  {
    what: "the program under another path",
    expected: { pidFiles: [] },
    seen: seen([process(9, { ...retitled, executable: "/srv/p", inode: "1:1" })]),
    is: "running 9",
  },
  {
    what: "the program, replaced by an upgrade",
    expected: { pidFiles: [] },
    seen: seen([process(9, { ...retitled, inode: "1:99" })]),
    is: "running 9",
  },
  {
    what: "the program in a chroot",
    expected: { pidFiles: [] },
    seen: seen([process(9, { ...retitled, root: "/var/jail", executable: "/var/jail/opt/p" })]),
    is: "running 9",
  },
  {
    what: "the program in a container",
    expected: { pidFiles: [] },
    seen: seen([process(9, { contained: true })]),
    is: "stopped",
  },
  {
    what: "a script behind its interpreter",
    expected: { pidFiles: [] },
    seen: seen(
      [process(9, { argv: ["/usr/bin/perl", "-w", "/opt/p", "-x"], executable: "/usr/bin/perl" })],
      undefined,
      perlScript,
    ),
    is: "running 9",
  },
  {
    what: "an editor with the program's name as an argument",
    expected: { pidFiles: [] },
    seen: seen([process(9, { argv: ["vim", "/opt/p"], executable: "/usr/bin/vim" })]),
    is: "stopped",
  },
  {
    what: "a master with its workers",
    expected: { pidFiles: [] },
    seen: seen([process(9), process(10, { parent: 9 }), process(11, { parent: 10 })]),
    is: "running 9",
  },
  {
    what: "two of them",
    expected: { pidFiles: [] },
    seen: seen([process(9), process(10)]),
    is: "unknown",
    reason: /runs more than once \(pids 9, 10\)/,
  },
  {
    what: "the instance of another service: other arguments, and a pid file that is not ours names it",
    seen: seen(
      [process(9, { argv: ["/opt/p", "-y"] }), process(10, { parent: 9 })],
      pidFile("9", { path: "/run/q.pid" }),
    ),
    is: "stopped",
    reason: /there is no \/run\/p\.pid/,
  },
  {
    what: "this service beside the instance of another service",
    seen: seen([process(9, { argv: ["/opt/p", "-y"] }), process(12)], pidFile("9", { path: "/run/q.pid" })),
    is: "running 12",
  },
  {
    what: "the program with its own arguments, and a pid file that is not ours names it: its configuration may say so",
    seen: seen([process(9)], pidFile("9", { path: "/run/q.pid" })),
    is: "running 9",
  },
  {
    what: "a title of the program's own, and a pid file that is not ours names it",
    seen: seen([process(9, retitled)], pidFile("9", { path: "/run/q.pid" })),
    is: "unknown",
    reason: /\/run\/p\.pid.*pid 9/,
  },
  {
    what: "another instance, by its arguments",
    expected: { pidFiles: [] },
    seen: seen([process(9, { argv: ["/opt/p", "-y"] })]),
    is: "unknown",
    reason: /with other arguments/,
  },
  {
    what: "the one with its arguments, beside another instance",
    expected: { pidFiles: [] },
    seen: seen([process(8, { argv: ["/opt/p", "-y"] }), process(9)]),
    is: "running 9",
  },
  {
    what: "a process of another user",
    expected: { pidFiles: [], user: { name: "app", uid: 1000 } },
    seen: seen([process(9, { uid: 1001 })]),
    is: "stopped",
  },
  {
    what: "a process of a user, where the script says none",
    expected: { pidFiles: [] },
    seen: seen([process(9, { uid: 1001 })]),
    is: "unknown",
    reason: /may be somebody else's/,
  },
  {
    what: "a process of a user, named by the usual pid file",
    expected: { pidFiles: [], usualPidFiles: ["/run/p.pid"] },
    seen: seen([process(9, { uid: 1001 })], pidFile("9")),
    is: "running 9",
  },
  {
    what: "the program of a script that may do something else",
    expected: { pidFiles: [], ambiguous: true },
    seen: seen([]),
    is: "unknown",
    reason: /may start more than one program/,
  },
  {
    what: "a program that is not known",
    expected: { pidFiles: [], programs: [], command: ["/opt/other"], ambiguous: true },
    seen: seen([process(9)]),
    is: "unknown",
  },
  {
    what: "a wrapper that is not there any more",
    expected: { pidFiles: [] },
    seen: seen([], undefined, shellScript),
    is: "unknown",
    reason: /may have become another program/,
  },
  {
    what: "a script of an interpreter that runs nowhere",
    expected: { pidFiles: [] },
    seen: seen([], undefined, perlScript),
    is: "stopped",
  },
  {
    what: "a script of an interpreter, and one with a title",
    expected: { pidFiles: [] },
    seen: seen([process(9, title)], undefined, perlScript),
    is: "unknown",
    reason: /under a title of its own/,
  },
  {
    what: "env(1), without a pid file",
    expected: { pidFiles: [], programs: ["/usr/bin/env"], command: ["/usr/bin/env", "A=1", "/opt/p"] },
    seen: seen([process(9)]),
    is: "unknown",
  },
  { what: "a binary that runs nowhere", expected: { pidFiles: [] }, seen: seen([]), is: "stopped" },
  {
    what: "a script that does not end",
    seen: seen([process(5, { argv: ["sh", "/etc/init.d/p", "start"], executable: "/bin/dash" })], undefined, {
      starting: process(5),
    }),
    is: "unknown",
    reason: /its script still runs \(pid 5\)/,
  },
  {
    what: "a pid file that nobody has looked for",
    seen: seen([], undefined, { lookedAt: () => false }),
    is: "unknown",
    reason: /could not be checked/,
  },
];

const ambiguous = { pidFiles: [], usualPidFiles: ["/run/p.pid"], ambiguous: true };
const otherFile = (pid: string) => pidFile(pid, { path: "/run/other.pid" });

testCases([
  ...cases,
  {
    what: "the program of another service, which has its own pid file",
    seen: seen([process(9, { argv: ["/opt/p", "-y"] })], otherFile("9")),
    is: "stopped",
  },
  {
    what: "its own command line, in a pid file of another name",
    expected: { pidFiles: [] },
    seen: seen([process(9)], otherFile("9")),
    is: "running 9",
  },
  {
    what: "several ways to start one program, none of which has left a trace",
    expected: ambiguous,
    seen: seen([], pidFile("9")),
    is: "stopped",
  },
  {
    what: "the same, and its usual pid file names a stranger",
    expected: ambiguous,
    seen: seen([process(9, title)], pidFile("9")),
    is: "unknown",
  },
  { what: "the same with a wrapper", expected: ambiguous, seen: seen([], undefined, shellScript), is: "unknown" },
]);

describe("the processes of a host", () => {
  const stat = (pid: number, name: string, rest = `S 1 ${pid} ${pid} 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 5000 0`) =>
    `${pid} (${name}) ${rest}\n`;
  const fields = new Map([
    ["processes.stat", stat(7, "my) prog") + stat(8, "gone", "Z 1 8 8 0") + stat(9, "chroot")],
    ["processes.argv", "==> /proc/7/cmdline <==\n/opt/p\0a\n==> /x <==\0\n==> /proc/9/cmdline <==\n/bin/q\0"],
    [
      "processes.links",
      "lrwxrwxrwx 1 root root 0 Nov 27 16:00 /proc/7/exe -> /opt/my prog (deleted)\nlrwxrwxrwx 1 root root 0 Nov 27 16:00 /proc/9/root -> /var/jail\n" +
        "lrwxrwxrwx 1 root root 0 Nov 27 16:00 /proc/self/ns/pid -> pid:[1]\nlrwxrwxrwx 1 root root 0 Nov 27 16:00 /proc/9/ns/pid -> pid:[2]\n",
    ],
    ["processes.inodes", "8:12 /proc/7/exe\n"],
    ["processes.users", "/proc/7/status:Uid:\t0\t33\t33\t33\n"],
    ["processes.groups", "/proc/7/cgroup:0::/system.slice/web.service\n"],
    ["processes.boot", "1000"],
  ]);

  test("are read with what the kernel says of them", () => {
    const { processes, boot } = processTable(fields);
    expect([[...processes.keys()], boot]).toEqual([[7, 9], 1000]);
    expect(processes.get(7)).toEqual({
      ...{
        pid: 7,
        parent: 1,
        session: 7,
        started: 5000,
        argv: ["/opt/p", "a\n==> /x <=="],
        executable: "/opt/my prog",
      },
      ...{ inode: "8:12", root: "/", folder: "/", uid: 33, contained: false, unit: "web.service" },
    });
    expect(processes.get(9)).toMatchObject({ root: "/var/jail", contained: true, argv: ["/bin/q"] });
  });
});
