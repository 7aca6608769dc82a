import { judge } from "../../provider/posix/evidence/judge";
import {
  BOOT,
  certain,
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
  // A pid file that the definition names.
  { what: "the program, named by its pid file", seen: seen([process(7)], pidFile("7\n")), is: "running 7" },
  { what: "a process with a title of its own", seen: seen([process(7, title)], pidFile("7")), is: "running 7" },
  {
    what: "a wrapper that has become another program",
    seen: seen([process(7, { argv: ["/opt/napd", "181818"], executable: "/opt/napd" })], pidFile("7"), shellScript),
    is: "running 7",
  },
  {
    what: "a program that has changed its user and folder",
    seen: seen([process(7, { ...title, uid: 65534, folder: "/tmp" })], pidFile("7")),
    is: "running 7",
  },
  {
    what: "su in front of the program",
    expected: { user: { name: "app", uid: 1000 } },
    seen: seen([process(7, { argv: ["su", "-", "app"], executable: "/bin/su" })], pidFile("7")),
    is: "running 7",
  },
  {
    what: "a pid file with more than one pid",
    seen: seen([process(7), process(8, { parent: 7 })], pidFile("7\n8\n")),
    is: "running 7",
  },
  {
    what: "two pid files for a master and its child",
    expected: { pidFiles: ["/run/p.pid", "/run/q.pid"] },
    seen: seen([process(7), process(8, { parent: 7 })], pidFile("7"), {
      pidFiles: new Map([
        ["/run/p.pid", pidFile("7")],
        ["/run/q.pid", pidFile("8", { path: "/run/q.pid" })],
      ]),
    }),
    is: "running 7",
  },
  {
    what: "two pid files for two daemons",
    expected: { pidFiles: ["/run/p.pid", "/run/q.pid"] },
    seen: seen([process(7), process(8)], undefined, {
      pidFiles: new Map([
        ["/run/p.pid", pidFile("7")],
        ["/run/q.pid", pidFile("8", { path: "/run/q.pid" })],
      ]),
    }),
    is: "unknown",
    reason: /name two processes: pids 7, 8/,
  },
  {
    what: "another instance beside it",
    seen: seen([process(7), process(8, { argv: ["/opt/p", "-y"] })], pidFile("7")),
    is: "running 7",
  },

  // A pid file that names nobody.
  { what: "nothing at all", seen: seen([]), is: "stopped", reason: /there is no \/run\/p.pid/ },
  { what: "a stale pid file", seen: seen([], pidFile("7")), is: "stopped", reason: /names pid 7, which is gone/ },
  { what: "an empty pid file", seen: seen([], pidFile("\n")), is: "stopped", reason: /is empty/ },
  {
    what: "a number that a later process has got",
    seen: seen([process(7, { ...title, started: 90_000 })], pidFile("7")),
    is: "stopped",
    reason: /the pid was reused/,
  },
  {
    what: "a file of before the boot",
    seen: seen([process(7, title)], pidFile("7", { path: "/var/lib/p.pid", written: BOOT - 5000 })),
    expected: { pidFiles: ["/var/lib/p.pid"] },
    is: "stopped",
    reason: /before the host's last boot/,
  },
  { what: "a wrapper that is stopped", seen: seen([], undefined, shellScript), is: "stopped" },
  {
    what: "a stale pid file, and the daemon started again by hand",
    seen: seen([process(9)], pidFile("7")),
    is: "running 9",
  },
  { what: "no pid file any more, and the daemon there", seen: seen([process(9)]), is: "running 9" },

  // What contradicts itself.
  {
    what: "a number that a later process has got, and another that runs the program",
    seen: seen([process(7, { ...title, started: 90_000 }), process(9)], pidFile("7")),
    is: "unknown",
    reason: /pid 9 runs its program/,
  },
  {
    what: "a file in memory that is older than the boot: the clock was set",
    seen: seen([process(7, title)], pidFile("7", { written: BOOT - 5000 })),
    is: "unknown",
    reason: /clock was changed/,
  },
  {
    what: "the same, and it runs the program",
    seen: seen([process(7)], pidFile("7", { written: BOOT - 5000 })),
    is: "running 7",
  },
  {
    what: "a pid file that everybody may write",
    seen: seen([process(7, title)], pidFile("7", { mode: 0o666 })),
    is: "unknown",
    reason: /others than root can write it \(owner 0, mode 0666\)/,
  },
  {
    what: "the same, and it runs the program",
    seen: seen([process(7)], pidFile("7", { mode: 0o666 })),
    is: "running 7",
  },
  {
    what: "a pid file of a user that names a process of root",
    seen: seen([process(7, title)], pidFile("7", { owner: 1000 })),
    is: "unknown",
    reason: /others than root can write it/,
  },
  {
    what: "a pid file of a user that names its own process",
    seen: seen([process(7, { ...title, uid: 1000 })], pidFile("7", { owner: 1000 })),
    is: "running 7",
  },
  {
    what: "a pid file that names a process of a third user",
    expected: { user: { name: "app", uid: 1000 } },
    seen: seen([process(7, { ...title, uid: 1001 })], pidFile("7")),
    is: "unknown",
    reason: /another user \(uid 1001\)/,
  },
  { what: "a pid file without a pid", seen: seen([], pidFile("hello")), is: "unknown", reason: /holds no pid/ },
  {
    what: "no pid file any more, and a process with another title",
    seen: seen([process(9, retitled)]),
    is: "unknown",
    reason: /with other arguments/,
  },
];

testCases(cases);

test("a copy beside the one of the pid file is a warning", () => {
  expect(judge(certain, seen([process(7), process(8)], pidFile("7"))).warnings).toEqual([
    "it runs more than once: pid 7, and also 8",
  ]);
});
