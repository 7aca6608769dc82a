import { openrc } from "../../provider/managers/openrc";
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
    expect(openrc.supports(seen.definition)).toEqual([]);
  });

  test("its settings in /etc/conf.d are folded in, and go with the next write", () => {
    const seen = live({
      script: script(
        ": ${BOTS_CONFIG:=config}",
        'BOTS_USER="${BOTS_USER:-nobody}"',
        "command=/opt/bots/bin/$RC_SVCNAME",
        'command_args="-c${BOTS_CONFIG} ${BOTS_OPTS}"',
        "command_user=$BOTS_USER",
        "command_background=true",
        "pidfile=/run/web.pid",
        "export TZ=Europe/Berlin",
      ),
      "conf.5.path": "/etc/conf.d/web",
      "conf.5.text": "# ours\nBOTS_CONFIG=/srv/cfg\nBOTS_OPTS='--port 8080'\n",
    });
    expect(seen.definition).toEqual({
      command: ["/opt/bots/bin/web", "-c/srv/cfg", "--port", "8080"],
      runAs: { user: "nobody" },
      environment: { TZ: "Europe/Berlin" },
      logs: { stdout: "discard" },
    });
    expect(seen).toMatchObject({ unmapped: [], overrides: ["/etc/conf.d/web"] });
  });

  test("with functions of its own around start-stop-daemon", () => {
    const seen = live({
      script: script(
        "DAEMON=/usr/bin/bots-jobqueueserver.py",
        'ARGS="-cconfig"',
        "start() {",
        '  ebegin "Starting $SVCNAME"',
        "  start-stop-daemon --start --background --make-pidfile --pidfile /run/$SVCNAME.pid \\",
        "    --user bots --chdir /srv/bots --env TZ=UTC -1 /var/log/q.log --exec $DAEMON -- $ARGS",
        "  eend $?",
        "}",
        "stop() {",
        "  start-stop-daemon --stop --pidfile /run/$SVCNAME.pid --retry=INT/20/KILL/5",
        "  eend $?",
        "}",
        "reload() {",
        "  start-stop-daemon --signal HUP --pidfile /run/$SVCNAME.pid",
        "}",
      ),
    });
    expect(seen.definition).toEqual({
      command: ["/usr/bin/bots-jobqueueserver.py", "-cconfig"],
      runAs: { user: "bots" },
      workingDirectory: "/srv/bots",
      environment: { TZ: "UTC" },
      logs: { stdout: "/var/log/q.log", stderr: "discard" },
      stop: { signal: "SIGINT", timeoutSeconds: 20 },
      reload: { signal: "SIGHUP" },
    });
    expect(seen.unmapped).toEqual([]);
    expect(seen.warnings).toEqual([expect.stringContaining("SIGHUP on reload")]);
  });

  test("what no property says comes back line by line", () => {
    const seen = live({
      script: script(
        "command=/opt/x",
        "command_args=$(cat /etc/args)",
        'rc_ulimit="-n 5000"',
        "start_pre() {",
        "  checkpath -d -o bots /run/bots",
        "}",
        "ulimit -c 0",
        "depend() { need net; before apache; }",
      ),
      "conf.0.path": "/etc/conf.d/web.boot",
      "conf.0.text": "x=1\n",
    });
    expect(seen.unmapped.map(({ line }) => line).sort()).toEqual(
      [
        "before apache",
        "command_args=$(cat /etc/args)",
        'rc_ulimit="-n 5000"',
        "start_pre(): checkpath -d -o bots /run/bots",
        "ulimit -c 0",
        "x=1",
      ].sort(),
    );
    expect(seen.definition).toMatchObject({ command: ["/opt/x"], options: { openrc: { need: ["net"] } } });
  });

  test("the running process is the truth, and an interpreter is the kernel's doing", () => {
    const text = script("command=/opt/bots/bots.py", 'command_args="$UNKNOWN -c1"', "pidfile=/run/web.pid");
    const argv = (...words: string[]) => live({ script: text, marks: "started ", ...process(77, words) });
    expect(argv("/usr/bin/python3", "/opt/bots/bots.py", "-c1")).toMatchObject({
      definition: { command: ["/opt/bots/bots.py", "-c1"] },
      state: { status: "running", pid: 77, incarnation: "77@1377711" },
      warnings: [],
    });
    expect(argv("/opt/bots/bots.py", "-c2", "x").definition.command).toEqual(["/opt/bots/bots.py", "-c2", "x"]);
    expect(live({ script: text }).definition.command).toEqual(["/opt/bots/bots.py", "-c1"]);
  });

  test("a pid file that names another program names nothing", () => {
    const text = script("command=/opt/bots/bots.py", "pidfile=/run/web.pid");
    const seen = live({ script: text, marks: "started ", ...process(77, ["/bin/other"], "named") });
    expect(seen.state).toMatchObject({ status: "failed", reason: expect.stringContaining("ended") });
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
    expect(seen.warnings).toEqual([expect.stringContaining("can't be read")]);
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
      { status: "failed", reason: expect.stringContaining("takes it for started") },
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
      reason: "its script is deleted",
    });
  });
});
