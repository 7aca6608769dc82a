import type { Definition } from "../../model/service";
import { parseForeign } from "../../provider/managers/initScript/foreign";

/** A process of the host, as the test says it. */
interface Running {
  pid: number;
  argv: string[];
  cwd?: string;
  exe?: string;
  uid?: number;
  gid?: number;
  umask?: string;
  parent?: number;
  started?: number;
  state?: string;
}

interface Host {
  name?: string;
  files?: Record<string, string>;
  privateFiles?: string[];
  programs?: string[];
  pidFiles?: Record<string, string>;
  processes?: Running[];
}

const PASSWD =
  "root:x:0:0:root:/root:/bin/bash\nbots:x:990:991::/srv/bots:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n";
const GROUP = "root:x:0:\nbots:x:991:\nadm:x:4:\nnogroup:x:65534:\n";

/** What the fragment would have emitted on such a host. */
function read(script: string, host: Host = {}) {
  const fields = new Map<string, string>([
    ["foreign.boot", "boot-1"],
    ["foreign.programs", (host.programs ?? []).join("\n")],
    ["foreign.passwd", PASSWD],
    ["foreign.group", GROUP],
  ]);
  Object.entries(host.files ?? {}).forEach(([path, text], i) => {
    fields.set(`foreign.file.${i}.path`, path).set(`foreign.file.${i}.text`, text);
    if (host.privateFiles?.includes(path)) fields.set(`foreign.file.${i}.private`, "yes");
  });
  Object.entries(host.pidFiles ?? {}).forEach(([path, pid], i) => {
    fields.set(`foreign.pidfile.${i}.path`, path).set(`foreign.pidfile.${i}.pid`, pid);
  });
  for (const one of host.processes ?? []) {
    const key = `foreign.process.${one.pid}`;
    fields.set(`${key}.argv`, one.argv.map((word) => `${word}\0`).join(""));
    fields.set(`${key}.cwd`, one.cwd ?? "/").set(`${key}.exe`, one.exe ?? one.argv[0]!);
    const { state = "S", parent = 1, started = 5000, uid = 0, gid = 0, umask = "0022" } = one;
    fields.set(`${key}.facts`, [state, parent, started, uid, gid, umask].join(" "));
  }
  return parseForeign(host.name ?? "web", fields, script);
}

const PROGRAM = "/usr/bin/bots-webserver.py";
const PYTHON = "/usr/bin/python3";

/** The form with an LSB header, start_daemon and pidofproc. */
const lsbForm = (settings: string) => `### BEGIN INIT INFO
# Provides:          web
# Required-Start:    $remote_fs $network
# Required-Stop:     $remote_fs $network
# Default-Start:     2 3 4 5
# Default-Stop:      0 1 6
# Short-Description: EDI web pages
# Description:       The pages of the EDI translator
### END INIT INFO
. /lib/lsb/init-functions
${settings}
test -x $DAEMON || exit 5
case $1 in
  start)
    if [ -e $PIDFILE ]; then
      pidofproc -p $PIDFILE $DAEMON && state=0 || state=$?
      if [ $state = 0 ]; then
        log_success_msg "$NAME runs already"
        exit
      fi
    fi
    if start_daemon -p $PIDFILE $DAEMON $ARGS; then
      if [ ! -e $PIDFILE ]; then
        pidofproc $DAEMON > $PIDFILE
      fi
      log_success_msg "started $NAME"
    else
      log_failure_msg "could not start $NAME"
    fi
    ;;
  stop)
    if [ -e $PIDFILE ]; then
      killproc -p $PIDFILE $DAEMON && /bin/rm -f $PIDFILE
    fi
    ;;
  restart) $0 stop && sleep 1 && $0 start ;;
  status) pidofproc -p $PIDFILE $DAEMON >/dev/null && exit 0 || exit $? ;;
  reload) killproc -p $PIDFILE $DAEMON -signal USR1 ;;
  \\*)
    echo "Usage: $0 {start|stop|restart|reload|status}"
    exit 2 ;;
esac
`;
const lsbSettings = (args: string) =>
  `NAME=web\nDAEMON=${PROGRAM}\nPIDFILE=/var/run/web.pid\n# what it gets\nARGS=${args}`;

/** The form around start-stop-daemon, without a header. */
const daemonForm = (settings: string, start = "--startas $DAEMON -- $DAEMON_ARGS") => `#! /bin/sh
${settings}
PIDFILE="/var/run/$NAME.pid"
case "$1" in
  start)
    echo "Starting "$NAME" "
    start-stop-daemon --start --verbose --background --pidfile $PIDFILE --make-pidfile ${start}
    ;;
  stop)
    start-stop-daemon --stop --verbose --pidfile $PIDFILE
    rm -f $PIDFILE
    ;;
  restart)
    $0 stop; sleep 1; $0 start ;;
  *)
    echo "Usage: ""$(basename "$0")"" {start|stop|restart}"
    exit 1
esac
exit 0
`;

/** A script whose start is just these lines. */
const plain = (start: string, more = "") =>
  `#!/bin/sh\n${more}\ncase "$1" in\n  start)\n${start}\n;;\nstop) kill $(cat /var/run/web.pid) ;;\nesac\n`;

const discard = { logs: { stdout: "discard" } };

const cases: Record<
  string,
  { script: string; host?: Host; definition: Definition; unmapped?: string[]; warnings?: RegExp[] }
> = {
  "start_daemon with redirections in a variable": {
    script: lsbForm(lsbSettings('"> /dev/null 2>&1 &"')),
    definition: {
      displayName: "EDI web pages",
      description: "The pages of the EDI translator",
      command: [PROGRAM],
      ...discard,
    },
    warnings: [/redirections/, /reload .* SIGUSR1/],
  },
  "start_daemon with arguments and redirections in one variable": {
    script: lsbForm(lsbSettings('"-c/srv/bots/config >> /var/log/web.log 2>&1 &"')),
    definition: {
      displayName: "EDI web pages",
      description: "The pages of the EDI translator",
      command: [PROGRAM, "-c/srv/bots/config"],
      logs: { stdout: "/var/log/web.log" },
    },
    warnings: [/redirections/, /SIGUSR1/],
  },
  "start_daemon without a header, with &": {
    script: plain(`start_daemon -p /var/run/bots/w.pid -u bots ${PROGRAM} -c/srv/bots &`),
    definition: {
      command: [PROGRAM, "-c/srv/bots"],
      runAs: { user: "bots" },
      options: { lsb: { pidFile: "/var/run/bots/w.pid" } },
    },
  },
  "start-stop-daemon with a relative -c": {
    script: daemonForm(`NAME=web\nDAEMON="${PROGRAM}"\nDAEMON_ARGS="-cconfig"`),
    definition: { command: [PROGRAM, "-cconfig"], ...discard },
  },
  "start-stop-daemon with every option in its short form": {
    script: daemonForm(
      "NAME=web",
      "-Sbmqc bots:adm -d /srv/bots -k 027 -N 0 -O /var/log/web.log -a /opt/b/web -- -c'/srv/a b' \"\"",
    ),
    definition: {
      command: ["/opt/b/web", "-c/srv/a b", ""],
      workingDirectory: "/srv/bots",
      umask: "0027",
      runAs: { user: "bots", group: "adm" },
      logs: { stdout: "/var/log/web.log" },
    },
  },
  "what no property covers is named": {
    script: daemonForm("NAME=web", "--nicelevel 10 --chroot /jail --exec /bin/d -- x")
      .replace("*)", "configtest) /bin/d -t ;;\n  *)")
      .replace("    start-stop", "    ulimit -n 4096\n    mkdir -p /var/run/web.d\n    start-stop"),
    definition: { command: ["/bin/d", "x"], ...discard },
    unmapped: ["ulimit -n 4096", "mkdir -p /var/run/web.d", "--chroot /jail", "--nicelevel 10", "configtest)"],
  },
  "a name from $0 and settings from /etc/default": {
    script: daemonForm("NAME=$(basename $0)\nDAEMON=/usr/bin/none\n[ -r /etc/default/$NAME ] && . /etc/default/$NAME"),
    host: { files: { "/etc/default/web": `DAEMON=${PROGRAM}\nDAEMON_ARGS="-c/srv/bots 'one two'"\n# end` } },
    definition: { command: [PROGRAM, "-c/srv/bots", "'one", "two'"], ...discard },
  },
  "settings from /etc/sysconfig, and defaults where there is none": {
    script: plain(
      `daemon --pidfile=$pid --user \${USER_OF:-bots} "$prog \${OPTIONS:--c/etc/bots} >>\${LOG:=/var/log/bots.log} 2>&1 &"`,
      `. /etc/rc.d/init.d/functions\nif [ -f /etc/sysconfig/web ]; then . /etc/sysconfig/web; fi\nprog=/usr/bin/bots-\${0##*/}.py\npid=/var/run/web/web.pid`,
    ),
    host: { files: { "/etc/sysconfig/web": "OPTIONS='-c/srv/bots config'\n" } },
    definition: {
      command: ["/usr/bin/bots-web.py", "-c/srv/bots", "config"],
      runAs: { user: "bots" },
      logs: { stdout: "/var/log/bots.log" },
      options: { lsb: { pidFile: "/var/run/web/web.pid" } },
    },
  },
  "nohup with an environment and a folder": {
    script: plain(
      `cd /srv/bots
export BOTSENV=prod TZ
TZ=UTC
PYTHONUNBUFFERED=1 nohup $PROG -c/srv/bots/config > log/web.log 2> /dev/null &
echo $! > /run/edi-web.pid`,
      `PROG=${PROGRAM}`,
    ),
    definition: {
      command: [PROGRAM, "-c/srv/bots/config"],
      workingDirectory: "/srv/bots",
      environment: { BOTSENV: "prod", TZ: "UTC", PYTHONUNBUFFERED: "1" },
      logs: { stdout: "/srv/bots/log/web.log", stderr: "discard" },
      options: { lsb: { pidFile: "/run/edi-web.pid" } },
    },
  },
  "su with a login, and a shell's text": {
    script: plain(
      `su - bots -c "cd /srv/bots && exec setsid $PROG -c'/srv/x y' >/dev/null 2>&1 &"`,
      `PROG=${PROGRAM}; export LANG=C`,
    ),
    definition: {
      command: [PROGRAM, "-c/srv/x y"],
      workingDirectory: "/srv/bots",
      runAs: { user: "bots" },
      ...discard,
    },
  },
  "su with a shell": {
    script: plain(`su bots -s /bin/sh -c "${PROGRAM} >/dev/null 2>&1 &"`),
    definition: { command: [PROGRAM], runAs: { user: "bots" }, ...discard },
  },
  "runuser and sudo": {
    script: plain(`runuser -u bots -g adm -- sudo -E -u nobody env A=1 ${PROGRAM} -x &`),
    definition: {
      command: [PROGRAM, "-x"],
      environment: { A: "1" },
      runAs: { user: "nobody", group: "adm" },
    },
  },
  "a bare name": {
    script: plain("PATH=/opt/bots/bin:$PATH\nbots-webserver -c/srv/bots & "),
    host: { programs: ["/usr/bin/bots-webserver", "/opt/bots/bin/bots-webserver"] },
    definition: {
      command: ["/opt/bots/bin/bots-webserver", "-c/srv/bots"],
      environment: { PATH: "/opt/bots/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" },
    },
  },
  "functions, run-level choices and a case in them": {
    script: `#!/bin/sh
# chkconfig: 35 90 10
# description: pages of the \\
#              EDI translator
DAEMON=${PROGRAM}
do_start() {
  local extra="$1"
  if [ -n "$extra" ]; then set -- -x "$extra"; else set --; fi
  "$DAEMON" -c/srv/bots "$@" >/dev/null 2>&1 &
  pid=$!
  echo $pid >/var/run/web.pid
  return 0
}
do_stop() { [ -f /var/run/web.pid ] && kill -INT \`cat /var/run/web.pid\`; }
case "\${1:-}" in
  start) do_start "a b" ;;
  stop) do_stop ;;
  restart | force-reload) do_stop; do_start "" ;;
esac
`,
    definition: {
      description: "pages of the EDI translator",
      command: [PROGRAM, "-c/srv/bots", "-x", "a b"],
      ...discard,
      stop: { signal: "SIGINT" },
      options: { lsb: { runlevels: [3, 5] } },
    },
  },
  "an interpreter that is named": {
    script: plain(`cd /srv/bots; python3 ./web.py --port 8080 >/dev/null 2>&1 &`),
    host: { programs: [PYTHON] },
    definition: { command: [PYTHON, "./web.py", "--port", "8080"], workingDirectory: "/srv/bots", ...discard },
  },
  "a loop that starts it again": {
    script: plain(`( while true; do ${PROGRAM} -c/srv; sleep 5; done ) >/dev/null 2>&1 &`),
    definition: { command: [PROGRAM, "-c/srv"], ...discard },
    warnings: [/starts the program again/],
  },
  "a loop over the names of several": {
    script: plain(`for d in web queue; do ${PROGRAM} --$d >/dev/null 2>&1 &\necho $! >/run/bots-$d.pid\ndone`),
    definition: { command: [PROGRAM, "--web"], ...discard, options: { lsb: { pidFile: "/run/bots-web.pid" } } },
    unmapped: [`${PROGRAM} --$d >/dev/null 2>&1`],
  },
  "a loop over names that only the host knows": {
    script: plain(`for f in /etc/edi/*; do ${PROGRAM} -c$f >/dev/null 2>&1 & done`),
    definition: { ...discard },
    unmapped: [`${PROGRAM} -c$f >/dev/null 2>&1`],
    warnings: [/can't be worked out/],
  },
  "arguments out of a list that is read": {
    script: plain(`while read -r c; do ${PROGRAM} -c$c >/dev/null 2>&1 &\ndone </etc/edi/list`),
    definition: { ...discard },
    unmapped: [`${PROGRAM} -c$c >/dev/null 2>&1`],
    warnings: [/can't be worked out/, /starts the program again/],
  },
  "two programs, each with its pid file": {
    script: plain(
      `${PROGRAM} --web >/dev/null 2>&1 &\necho $! >/run/w.pid\n${PROGRAM} --queue >/dev/null 2>&1 &\necho $! >/run/q.pid`,
    ),
    definition: { command: [PROGRAM, "--web"], ...discard, options: { lsb: { pidFile: "/run/w.pid" } } },
    unmapped: [`${PROGRAM} --queue >/dev/null 2>&1`],
  },
  "a secret in a file for root": {
    script: plain(`set -a; . /etc/default/web; set +a; ${PROGRAM} &`),
    host: { files: { "/etc/default/web": "TOKEN='s e'\n" }, privateFiles: ["/etc/default/web"] },
    definition: { command: [PROGRAM], environment: { TOKEN: "s e" }, secretEnvironment: ["TOKEN"] },
  },
  "what only running it would tell": {
    script: plain(`$(find /opt -name web.py) -c$(hostname) &`),
    definition: {},
    unmapped: ["$(find /opt -name web.py) -c$(hostname)"],
    warnings: [/can't be worked out/],
  },
  "a file that is not there to be read": {
    script: plain(`. $HOME/settings; ${PROGRAM} $ARGS &`),
    definition: {},
    unmapped: [`${PROGRAM} $ARGS`, ". $HOME/settings"],
    warnings: [/can't be worked out/],
  },
  "no shell script at all": {
    script: "#!/usr/bin/perl\nif ($x) { print 'a' } ;; fi\n",
    definition: {},
    unmapped: ["(no line that starts a program is understood)"],
    warnings: [/can't be read as a shell script: line 2/, /can't be told/],
  },
  "a stop with a schedule": {
    script: daemonForm("NAME=web\nDAEMON=/opt/d", "--exec $DAEMON").replace(
      "--stop --verbose",
      "--stop --retry=INT/20/KILL/5",
    ),
    definition: { command: ["/opt/d"], ...discard, stop: { signal: "SIGINT", timeoutSeconds: 20 } },
  },
  "a program that goes into the background by itself": {
    script: plain("mkdir -p /run/app\n/usr/sbin/appd -D --config /etc/app\nchmod 755 /run/app"),
    definition: { command: ["/usr/sbin/appd", "-D", "--config", "/etc/app"] },
    unmapped: ["mkdir -p /run/app", "chmod 755 /run/app"],
    warnings: [/go into the background/],
  },
  "facilities of its own": {
    script: `### BEGIN INIT INFO
# Provides: web
# Required-Start: $syslog postgresql
# Required-Stop: $syslog
# Should-Start: ntp $named
# X-Start-Before: cron
# Default-Start: 3 4 5
# Default-Stop: 0 1 6
# Short-Description: pages
### END INIT INFO
case $1 in start) ${PROGRAM} & ;; esac`,
    definition: {
      displayName: "pages",
      command: [PROGRAM],
      requires: ["ntp"],
      options: { lsb: { runlevels: [3, 4, 5], requiredStart: ["$syslog", "postgresql"], requiredStop: ["$syslog"] } },
    },
    unmapped: ["# Should-Start: ntp $named", "# X-Start-Before: cron"],
  },
};

describe("hand-made init scripts that do not run", () => {
  test.each(Object.entries(cases))("%s", (_, { script, host, definition, unmapped = [], warnings = [] }) => {
    const found = read(script, host);
    expect(found.definition).toEqual(definition);
    expect(found.unmapped.map(({ line }) => line)).toEqual(unmapped);
    expect(found.warnings.filter((text) => !warnings.some((pattern) => pattern.test(text)))).toEqual([]);
    for (const pattern of warnings) expect(found.warnings.join("\n")).toMatch(pattern);
    expect(found.state).toEqual({ status: "stopped", restartCount: 0, inTransit: false });
    expect(read(script, host)).toEqual(found);
  });
});

const SIMPLE = daemonForm(`NAME=web\nDAEMON=${PROGRAM}\nDAEMON_ARGS="-cconfig"`);
const daemon: Running = { pid: 300, argv: [PYTHON, PROGRAM, "-cconfig"], exe: "/usr/bin/python3.11" };
const running = {
  status: "running",
  pid: 300,
  incarnation: "300@5000@boot-1",
  restartCount: 0,
  startedUptime: 50,
  inTransit: false,
};

describe("hand-made init scripts whose daemon runs", () => {
  test("the process says folder, account, mask and pid, and the program is the script's, without its interpreter", () => {
    const process = { ...daemon, cwd: "/srv/bots", uid: 990, gid: 4, umask: "0077" };
    const found = read(SIMPLE, { processes: [process], pidFiles: { "/run/web.pid": "300" } });
    expect(found).toEqual({
      definition: {
        command: [PROGRAM, "-cconfig"],
        workingDirectory: "/srv/bots",
        umask: "0077",
        runAs: { user: "bots", group: "adm" },
        ...discard,
      },
      state: running,
      unmapped: [],
      warnings: [],
    });
  });

  test("nothing of the definition changes when it is stopped", () => {
    const found = read(SIMPLE, { processes: [daemon] });
    expect(found.state).toEqual(running);
    expect(found.definition).toEqual(read(SIMPLE).definition);
  });

  test.each<[string, Record<string, string>]>([
    ["a missing", {}],
    ["an empty", { "/var/run/web.pid": "" }],
    ["a stale", { "/var/run/web.pid": "299" }],
    ["a stranger's", { "/var/run/web.pid": "77" }],
  ])("it is found with %s pid file", (_, pidFiles) => {
    const stranger = { pid: 77, argv: ["/usr/sbin/sshd", "-D"] };
    expect(read(SIMPLE, { processes: [stranger, daemon], pidFiles }).state).toEqual(running);
  });

  test.each<[string, Host, RegExp | undefined]>([
    ["a stale pid file", { pidFiles: { "/var/run/web.pid": "299" } }, /299, which is gone/],
    [
      "a stranger's pid in the pid file",
      { pidFiles: { "/var/run/web.pid": "77" }, processes: [{ pid: 77, argv: ["/usr/sbin/sshd", "-D"] }] },
      /77, which is another program: \/usr\/sbin\/sshd/,
    ],
    ["a zombie", { processes: [{ ...daemon, state: "Z" }], pidFiles: { "/var/run/web.pid": "300" } }, /gone/],
    ["an editor with the program open", { processes: [{ pid: 5, argv: ["vim", PROGRAM, "-cconfig"] }] }, undefined],
    [
      "a shell that has it in its text",
      { processes: [{ pid: 5, argv: ["sh", "-c", `${PROGRAM} -cconfig`] }] },
      undefined,
    ],
    [
      "one with the same name elsewhere",
      { processes: [{ pid: 5, argv: ["/opt/x/bots-webserver.py", "-cconfig"] }] },
      undefined,
    ],
  ])("%s is not taken for the daemon", (_, host, reason) => {
    const { state } = read(SIMPLE, host);
    expect(state).toMatchObject({ status: "stopped", inTransit: false });
    expect(state.pid).toBeUndefined();
    if (reason) expect(state.reason).toMatch(reason);
    else expect(state.reason).toBeUndefined();
  });

  test("the same program of another environment is not this service", () => {
    const other = { ...daemon, argv: [PYTHON, PROGRAM, "-cother"] };
    const found = read(SIMPLE, { processes: [other] });
    expect(found.state.status).toBe("stopped");
    expect(found.warnings).toEqual([expect.stringMatching(/other arguments, as pid 300/)]);
    // Unless the pid file says that it is: then it was started before the script was changed.
    const named = read(SIMPLE, { processes: [other], pidFiles: { "/var/run/web.pid": "300" } });
    expect(named.state).toEqual(running);
    expect(named.definition.command).toEqual([PROGRAM, "-cother"]);
    expect(named.warnings).toEqual([expect.stringMatching(/other arguments than/)]);
  });

  test("a pid file with the pid of another service of the same program does not win over the command line", () => {
    const other = { ...daemon, pid: 299, argv: [PYTHON, PROGRAM, "-cother"] };
    const found = read(SIMPLE, { processes: [other, daemon], pidFiles: { "/var/run/web.pid": "299" } });
    expect(found.state).toEqual(running);
    expect(found.definition.command).toEqual([PROGRAM, "-cconfig"]);
    expect(found.warnings).toEqual([expect.stringMatching(/names pid 299, .* not taken for this service/)]);
  });

  test("words that were meant as redirections are arguments when the process has them", () => {
    const words = [">", "/dev/null", "2>&1", "&"];
    const script = lsbForm(lsbSettings('"> /dev/null 2>&1 &"'));
    const found = read(script, { processes: [{ ...daemon, argv: [PYTHON, PROGRAM, ...words] }] });
    expect(found.state).toEqual(running);
    expect(found.definition.command).toEqual([PROGRAM, ...words]);
    expect(found.warnings.join()).toMatch(/as arguments/);
  });

  test("an interpreter's options, relative and bare names", () => {
    const start = (line: string) => plain(`cd /srv/bots; ${line} >/dev/null 2>&1 &`);
    const found = [
      read(start("./web.py -x"), {
        processes: [{ ...daemon, argv: ["perl", "-w", "./web.py", "-x"], cwd: "/srv/bots" }],
      }),
      read(start("webd -x"), {
        programs: ["/usr/bin/webd"],
        processes: [{ ...daemon, argv: ["webd", "-x"], exe: "/usr/bin/webd" }],
      }),
      read(start("webd -x"), {
        programs: ["/usr/bin/webd"],
        processes: [{ ...daemon, argv: ["sh", "/usr/bin/webd", "-x"] }],
      }),
    ];
    expect(found.map(({ state }) => state)).toEqual([running, running, running]);
    expect(found.map(({ definition }) => definition.command)).toEqual([
      ["/srv/bots/web.py", "-x"],
      ["/usr/bin/webd", "-x"],
      ["/usr/bin/webd", "-x"],
    ]);
  });

  test("workers with the same command line belong to the first one", () => {
    const workers = [301, 302].map((pid) => ({ ...daemon, pid, parent: 300, started: 6000 }));
    expect(read(SIMPLE, { processes: [...workers, daemon] })).toMatchObject({ state: running, warnings: [] });
    const twice = read(SIMPLE, { processes: [{ ...daemon, pid: 310, started: 7000 }, daemon] });
    expect(twice).toMatchObject({ state: running, warnings: ["it runs more than once (pids 300, 310)"] });
  });

  test("what the script does not tell, the process does", () => {
    const script = plain(`${PROGRAM} -c$(cat /etc/where) &`);
    const found = read(script, { processes: [daemon] });
    expect(found).toMatchObject({ state: running, definition: { command: [PROGRAM, "-cconfig"] }, unmapped: [] });
    const two = read(script, { processes: [daemon, { ...daemon, pid: 400 }] });
    expect(two.state.status).toBe("stopped");
    expect(two.warnings.join()).toMatch(/300, 400 is this service can't be told/);
  });
});
