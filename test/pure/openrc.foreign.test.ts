import { openrc } from "../../provider/posix/managers/openrc";
import { live } from "../support/openrcScripts";

const script = (...lines: string[]) => ["#!/sbin/openrc-run", ...lines, ""].join("\n");
const process = (pid: number, argv: string[], certainty = "known") => ({
  child: String(pid),
  candidates: `${pid}:${certainty}:S 1 ${pid} ${pid} 0 -1 4194304 109 0 1 0 0 0 0 0 20 0 1 0 1377711 2560000\n`,
  [`cmdline.${pid}`]: argv.map((word) => `${word}\0`).join(""),
});

describe("a script that is not ours is read", () => {
  test("with a supervisor, as people write it", () => {
    const seen = live({
      script: script(
        'name="Bots webserver"',
        'description="EDI"',
        'command="/opt/bots/bin/bots-webserver"',
        'command_args="-cconfig --name \\"a b\\""',
        'command_user="bots:edi"',
        'directory="/srv/bots"',
        'supervisor="supervise-daemon"',
        "respawn_delay=5",
        "respawn_max=0",
        'output_log="/var/log/$RC_SVCNAME.log"',
        'error_log="/var/log/${RC_SVCNAME}.err"',
        'pidfile="/run/${RC_SVCNAME}.pid"',
        'retry="TERM/30/KILL/5"',
        "",
        "depend() {",
        "  need net",
        "  use dns logger # both",
        "  after firewall",
        "}",
      ),
      levels: "default ",
      marks: "started ",
    });
    expect(seen).toMatchObject({ installed: true, startMode: "automatic", unmapped: [], warnings: [], overrides: [] });
    expect(seen.marker).toBeUndefined();
    expect(seen.definition).toEqual({
      displayName: "Bots webserver",
      description: "EDI",
      command: ["/opt/bots/bin/bots-webserver", "-cconfig", "--name", "a b"],
      runAs: { user: "bots", group: "edi" },
      workingDirectory: "/srv/bots",
      restart: { policy: "always", delaySeconds: 5, maxAttempts: 0 },
      logs: { stdout: "/var/log/web.log", stderr: "/var/log/web.err" },
      stop: { signal: "SIGTERM", timeoutSeconds: 30 },
      options: { openrc: { need: ["net"], use: ["dns", "logger"], after: ["firewall"] } },
    });
    expect(openrc.validate(seen.definition)).toEqual([]);
  });

  test("its settings in /etc/conf.d are folded in, and go with the next write", () => {
    const seen = live({
      script: script(
        "BOTS_USER=nobody",
        'BOTS_OPTS="$BOTS_OPTS -v"',
        "command=/opt/bots/bin/$RC_SVCNAME",
        'command_args="-c${BOTS_CONFIG} ${BOTS_OPTS}"',
        "command_user=$BOTS_USER",
        "command_background=true",
        "pidfile=/run/web.pid",
        "export TZ=Europe/Berlin",
        'rc_ulimit="-n 5000"',
        "depend() { need net; before apache; }",
      ),
      "conf.5.path": "/etc/conf.d/web",
      "conf.5.text": "# ours\nBOTS_CONFIG=/srv/cfg\nBOTS_OPTS='--port 8080'\n",
    });
    expect(seen.definition).toEqual({
      command: ["/opt/bots/bin/web", "-c/srv/cfg", "--port", "8080", "-v"],
      runAs: { user: "nobody" },
      environment: { TZ: "Europe/Berlin" },
      logs: { stdout: "discard" },
      options: { openrc: { need: ["net"] } },
    });
    expect(seen.observed).toBeUndefined();
    expect(seen).toMatchObject({ overrides: ["/etc/conf.d/web"] });
    expect(seen.unmapped.map(({ line }) => line)).toEqual(['rc_ulimit="-n 5000"', "before apache"]);
  });

  const ready = ["command=/opt/x", "command_args=-v", "command_background=yes", "pidfile=/run/web.pid"];
  test.each<[string, string[]]>([
    ["a function", ["start_pre() {", "  checkpath -d -o bots /run/bots", "}"]],
    ["a condition", ["[ -e /etc/prod ] && command_args=-p"]],
    ["a default that something else may set", [": ${OPTS:=-v}"]],
    ["a variable that is set nowhere", ["command_user=$BOTS_USER"]],
    ["the output of a command", ["command_args=$(cat /etc/args)"]],
    ["a command", ["ulimit -c 0"]],
    ["a dependency on a condition", ["depend() {", "  [ -e /etc/prod ] && need net", "}"]],
    ["a starter's options of its own", ["start_stop_daemon_args='--nicelevel 5'"]],
    ["a daemon that goes into the background by itself", ["command_background="]],
    ["a signal that is none", ["stopsig=NONSENSE"]],
  ])("a program is observed and never a definition: %s", (_, more) => {
    const seen = live({ script: script(...ready, ...more), levels: "boot " });
    expect(seen).toMatchObject({ definition: {}, unmapped: [], warnings: [], startMode: "automatic" });
    expect(seen.observed).toContainEqual(
      expect.objectContaining({ property: "pidFile", value: "/run/web.pid", file: "/etc/init.d/web", line: 5 }),
    );
  });

  test("what a program states has its line, and what is uncertain has the reason", () => {
    const { observed } = live({
      script: script(
        "description=EDI",
        'command="/opt/x"',
        "command_args=$(cat /etc/args)",
        "command_user=bots",
        "command_background=yes",
        "start_pre() {",
        "  /opt/helper check || return 1",
        "}",
      ),
    });
    const file = "/etc/init.d/web";
    expect(observed).toEqual([
      { property: "description", value: "EDI", file, line: 2 },
      { property: "command", unknown: "the output of a command is not read", file, line: 4 },
      { property: "runAs.user", value: "bots", file, line: 5 },
      expect.anything(),
      expect.anything(),
    ]);
  });

  test("with functions of its own around start-stop-daemon", () => {
    const { observed, definition } = live({
      script: script(
        "DAEMON=/usr/bin/bots-jobqueueserver.py",
        'ARGS="-cconfig"',
        "start() {",
        '  ebegin "Starting $SVCNAME"',
        "  start-stop-daemon --start --background --make-pidfile --pidfile /run/$SVCNAME.pid \\",
        "    --user bots --chdir /srv/bots --env TZ=UTC -1 /var/log/q.log --exec $DAEMON -- $ARGS",
        "  eend $?",
        "}",
      ),
    });
    expect(definition).toEqual({});
    expect(Object.fromEntries(observed!.map(({ property, value }) => [property, value]))).toEqual({
      command: ["/usr/bin/bots-jobqueueserver.py", "-cconfig"],
      "runAs.user": "bots",
      workingDirectory: "/srv/bots",
      "environment.TZ": "UTC",
      "logs.stdout": "/var/log/q.log",
      "logs.stderr": "discard",
      pidFile: "/run/web.pid",
    });
  });

  test("a pid file that names another program tells nothing, and nothing is started beside it", () => {
    const text = script("command=/opt/bots/bots.py", "pidfile=/run/web.pid");
    const seen = live({ script: text, marks: "started ", ...process(77, ["/bin/other"], "named") });
    expect(seen.state).toMatchObject({ status: "unknown", reason: expect.stringContaining("pid 77") });
    expect(seen.state.pid).toBeUndefined();
  });

  test("an init script of another kind in the same place is not OpenRC's", () => {
    const other = {
      script: "#!/bin/sh\n### BEGIN INIT INFO\n",
      marks: "started ",
      levels: "default ",
      ...process(77, ["/opt/x"]),
    };
    expect(live(other)).toMatchObject({ installed: false, state: { status: "notInstalled" }, links: [], warnings: [] });
  });

  test("an unreadable marker is no marker", () => {
    const seen = live({ script: script("# pulumi-bots: {oops", "command=/opt/x") });
    expect(seen.marker).toBeUndefined();
    expect(seen.warnings).toEqual([expect.stringContaining("can't be parsed")]);
  });
});

describe("state", () => {
  const text = script("command=/opt/x");
  test.each<[string, Record<string, string>, object]>([
    ["never started", {}, { status: "stopped", inTransit: false }],
    ["starting", { marks: "starting " }, { status: "stopped", inTransit: true }],
    [
      "waiting for a restart",
      { marks: "started ", supervisor: "5", count: "2" },
      { status: "flapping", restartCount: 2 },
    ],
    ["given up", { marks: "failed " }, { status: "failed", reason: expect.stringContaining("gave up") }],
    [
      "ended, and OpenRC does not know",
      { marks: "started " },
      { status: "failed", reason: expect.stringContaining("still considers it started") },
    ],
    [
      "running",
      { marks: "started ", ...process(9, ["/opt/x"]) },
      { status: "running", pid: 9, startedUptime: 13777.11 },
    ],
    ["stopping", { marks: "stopping ", ...process(9, ["/opt/x"]) }, { status: "running", inTransit: true }],
  ])("%s", (_, fields, state) => {
    expect(live({ script: text, ...fields }).state).toMatchObject(state);
  });

  test("without a script", () => {
    expect(live({}).state).toMatchObject({ status: "notInstalled" });
    expect(live(process(9, ["/opt/x"], "own")).state).toMatchObject({
      status: "running",
      reason: "its script was deleted",
    });
  });
});
