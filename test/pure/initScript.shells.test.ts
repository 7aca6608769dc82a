import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Definition } from "../../model/service";
import { facts, MANAGERS } from "../support/initScripts";
import { describeWith } from "../support/requirements";
import { driver, PLACES } from "../support/smallHosts";
import { marker } from "../support/definitions";

const sleeper: Definition = { command: ["/bin/sh", "-c", "echo hello; while :; do sleep 100; done"] };

describe.each(Object.entries(PLACES))("an init script under %s", (_, place) => {
  describeWith([place.requirement], "on a host with few tools", () => {
    let folder: string;
    beforeAll(() => (folder = mkdtempSync(join(tmpdir(), "initScript-"))));
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    function run(definitions: Record<string, Definition>, commands: string, before?: string): string[] {
      const scripts = Object.fromEntries(
        Object.entries(definitions).map(([name, definition]) => [
          name,
          MANAGERS.lsb.render(name, definition, marker, facts)[0]!.content,
        ]),
      );
      const file = join(folder, "driver");
      writeFileSync(file, `${driver(place, scripts, before)}\nexec 2>&1\n${commands}\nexit 0\n`);
      const out = execFileSync("unshare", ["-mpf", "--mount-proc", "/bin/sh", file], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "inherit"],
      });
      return out.trimEnd().split("\n");
    }

    const field = (key: string) => `sed -n s/^${key}=//p /var/run/pulumi-bots/web`;
    /** Waits for a condition in shell: for a minute at most, so that a busy computer changes nothing. */
    const waitFor = (condition: string) => `i=0; until ${condition} || [ $((i += 1)) -gt 300 ]; do sleep 0.2; done`;

    test("start, status, stop and their codes; the pid is the program's own", () => {
      const lines = run(
        { web: sleeper },
        `
s=/etc/init.d/web
$s status; echo $?
$s start; echo $?
pid=$(cat /var/run/web.pid)
[ "$pid" = "$(${field("pid")})" ] && tr '\\0' ' ' </proc/$pid/cmdline | cut -c 1-14
$s start; echo $?
$s status; echo $?
$s restart >/dev/null; echo $?
[ "$pid" = "$(cat /var/run/web.pid)" ] || echo another
$s reload; echo $?
$s stop; echo $?
$s stop; echo $?
$s status; echo $?
$s; echo $?
cat /var/log/pulumi-bots/web.log`,
      );
      const text = lines.join("\n").replace(/\d{2,}/g, "N");
      expect(text).toBe(
        [
          ...["web is stopped", "3", "web is started", "0", "/bin/sh -c ech", "web is running already (pid N)", "0"],
          ...["web is running (pid N)", "0", "0", "another", "web can't reload; force-reload restarts it", "3"],
          ...["web is stopped", "0", "web is stopped", "0", "web is stopped", "3"],
          ...[
            "Usage: /etc/init.d/web {start|stop|restart|try-restart|reload|force-reload|status}",
            "2",
            "hello",
            "hello",
          ],
        ].join("\n"),
      );
    });

    test("restarts, and giving up", () => {
      const lines = run(
        {
          web: {
            command: ["/bin/sh", "-c", "echo run; exit 4"],
            restart: { policy: "always", delaySeconds: 0.2, maxAttempts: 2 },
          },
        },
        `
/etc/init.d/web start >/dev/null 2>&1
${waitFor(`[ "$(${field("state")})" = gaveUp ]`)}
${field("state")}; ${field("code")}; ${field("restarts")}
cat /var/log/pulumi-bots/web.log
/etc/init.d/web status; echo $?`,
      );
      expect(lines).toEqual(["gaveUp", "4", "1", "run", "run", "web is dead", "1"]);
    });

    // Without sessions the children of a parent that was killed belong to nobody.
    const orphans = place.tools.includes("setsid") ? "0" : "2";
    const count = "cat /proc/[0-9]*/stat | grep -c '(sleep) [^Z]'";
    const parent: Definition = {
      command: ["/bin/sh", "-c", "sleep 300 & while :; do sleep 100; done"],
      restart: { policy: "always", delaySeconds: 0 },
    };

    test("a killed supervisor, and a stop that ends all that was started", () => {
      const lines = run(
        { web: parent },
        `
/etc/init.d/web start >/dev/null
pid=$(cat /var/run/web.pid)
kill -9 $(${field("supervisor")})
/etc/init.d/web start >/dev/null
[ "$pid" = "$(cat /var/run/web.pid)" ] && echo same
kill -9 $pid
${waitFor(`{ [ "$(${field("restarts")})" = 1 ] && [ "$(${field("state")})" = running ]; }`)}
[ "$pid" != "$(${field("pid")})" ] && echo another
/etc/init.d/web stop
${waitFor(`[ "$(${count})" = ${orphans} ]`)}
${count}`,
      );
      expect(lines).toEqual(["same", "another", "web is stopped", orphans]);
    });

    test("a program that ends while another supervisor takes it over", () => {
      const lines = run(
        { web: parent },
        `
/etc/init.d/web start >/dev/null
pid=$(cat /var/run/web.pid)
kill -9 $(${field("supervisor")}) $pid
${waitFor(`[ ! -e /proc/$pid ]`)}
/bin/sh /etc/init.d/web .supervise free $$ $(cut -d " " -f 22 /proc/$$/stat) &
${waitFor(`{ [ "$(${field("restarts")})" = 1 ] && [ "$(${field("state")})" = running ]; }`)}
${field("restarts")}
/etc/init.d/web stop
${waitFor(`[ "$(${count})" = ${orphans} ]`)}
${count}`,
      );
      expect(lines).toEqual(["1", "web is stopped", orphans]);
    });

    test("starts while the removal of other services takes away the folder of the logs", () => {
      const lines = run(
        { web: sleeper },
        `
while :; do rmdir /var/log/pulumi-bots 2>/dev/null; done & remover=$!
for i in 1 2 3; do
  /etc/init.d/web start
  /etc/init.d/web stop
  cat /var/log/pulumi-bots/web.log
  rm /var/log/pulumi-bots/web.log
done
kill $remover`,
      );
      expect(lines).toEqual(Array.from({ length: 3 }, () => ["web is started", "web is stopped", "hello"]).flat());
    });

    test("another user, a folder, variables, arguments with everything in them", () => {
      const definition: Definition = {
        command: [
          "/bin/sh",
          "-c",
          'id -un; pwd; umask; echo "$A"; printf "%s|" "$@"; echo; exec sleep 100',
          "x",
          "a'b",
          "$HOME `id`",
          "",
          "c\nd",
        ],
        runAs: { user: "nobody" },
        workingDirectory: "/var/log",
        umask: "0077",
        environment: { A: 'it\'s\n"$PATH"' },
      };
      const lines = run(
        { web: definition },
        `LEAK=1 /etc/init.d/web start >/dev/null; sleep 1
tr '\\0' '\\n' </proc/$(cat /var/run/web.pid)/environ | grep -c LEAK; cat /var/log/pulumi-bots/web.log`,
      );
      expect(lines.join("\n")).toBe(
        ["0", "nobody", "/var/log", "0077", 'it\'s\n"$PATH"', "a'b|$HOME `id`||c\nd|"].join("\n"),
      );
    });

    test("SIGINT ends it: a background job of a shell would not hear it", () => {
      const lines = run(
        { web: { command: ["/bin/sleep", "100"], stop: { signal: "SIGINT", timeoutSeconds: 60 } } },
        `/etc/init.d/web start >/dev/null
grep SigIgn /proc/$(cat /var/run/web.pid)/status
/etc/init.d/web stop`,
      );
      expect(lines).toEqual(["SigIgn:\t0000000000000000", "web is stopped"]);
    });

    /** What a service's user does in a folder of its own, and what must not come of it. fs.protected_symlinks is no help there. */
    test.each([
      [
        "the pid file as a link to a root file: neither written nor removed through it",
        `
ln -s /run/secret $p/web.pid
$s start >/dev/null; echo $?
[ "$(cat $p/web.pid)" = "$(${field("pid")})" ] || echo wrong pid
ls -ln $p/web.pid | cut -c 1-10
for action in restart stop; do
  rm $p/web.pid; ln -s /run/secret $p/web.pid
  $s $action >/dev/null; echo $?
done`,
        ["0", "-rw-r--r--", "0", "0"],
      ],
      [
        "the folder of the pid file as a link to a root folder: nothing removed there",
        `
$s start >/dev/null; echo $?
echo kept >/run/other/web.pid
mv $p $p.away; ln -s /run/other $p
$s stop
cat /run/other/web.pid`,
        ["0", "web is stopped", "kept"],
      ],
      [
        "a foreign pid in the pid file, of the same command line: not ended as the service",
        `
/bin/sh -c 'echo hello; while :; do sleep 100; done' >/dev/null & victim=$!
echo $victim >$p/web.pid
$s status; echo $?
$s stop
kill -KILL $victim; echo $?`,
        ["web is stopped", "3", "web is stopped", "0"],
      ],
      [
        "the log as a link to a root file: not written",
        "ln -s /run/secret /mnt/theirs/out.log; $s start; echo $?; $s stop",
        ["web exited immediately", "1", "web is stopped"],
      ],
      [
        "the log as root once made it: makes way for one of the user's own",
        `
echo old >/mnt/theirs/out.log
$s start; echo $?
cat /mnt/theirs/out.log.old /mnt/theirs/out.log
$s stop`,
        ["web is started", "0", "old", "hello", "web is stopped"],
      ],
      [
        "the folder of Red Hat's locks made by somebody, with a link in it: not written, not removed",
        "$s start; $s stop",
        ["web is started", "web is stopped"],
      ],
    ])("promise 9: %s", (_, attack, expected) => {
      const web: Definition = {
        ...sleeper,
        runAs: { user: "games" },
        logs: { stdout: "/mnt/theirs/out.log" },
        options: { lsb: { pidFile: "/mnt/theirs/run/web.pid" } },
      };
      const before = `mkdir -p /mnt/theirs/run /run/other /run/lock/subsys; chown games: /mnt/theirs /mnt/theirs/run /run/lock/subsys
ln -s /run/secret /run/lock/subsys/web
(umask 077; echo secret >/run/secret)`;
      const after = "cat /run/secret; ls -ln /run/secret | cut -c 1-10; ls /run/lock/subsys";
      const lines = run({ web }, `s=/etc/init.d/web p=/mnt/theirs/run\n${attack}\n${after}`, before);
      expect(lines).toEqual([...expected, "secret", "-rw-------", "web"]);
    });
  });
});
