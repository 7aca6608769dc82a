import { describeWith } from "../support/requirements";
import { connectionTo } from "./support/daemons";
import type { YamlProject } from "./support/project";
import { Scene } from "./support/scene";

/** As such scripts are: it starts the daemon in the background, and its stop believes a pid file that it has from `$!`. */
const byHand = `#!/bin/sh
### BEGIN INIT INFO
# Provides:          bots-webserver
# Required-Start:    $local_fs $network
# Required-Stop:     $local_fs $network
# Default-Start:     2 3 4 5
# Default-Stop:      0 1 6
# Short-Description: Bots web interface
### END INIT INFO
. /lib/lsb/init-functions

NAME=bots-webserver
DAEMON=/opt/bots/bin/$NAME
DAEMON_ARGS="-c/srv/bots/config"
PIDFILE=/var/run/$NAME.pid

case "$1" in
start)
    log_daemon_msg "Starting" "$NAME"
    $DAEMON $DAEMON_ARGS >/dev/null 2>&1 &
    echo $! >$PIDFILE
    log_end_msg $?
    ;;
stop)
    log_daemon_msg "Stopping" "$NAME"
    killproc -p $PIDFILE "$DAEMON"
    log_end_msg 0
    ;;
restart)
    $0 stop
    $0 start
    ;;
*)
    echo "Usage: $0 {start|stop|restart}"
    exit 2
    ;;
esac
`;

describeWith(
  ["lab", "pulumi", "pulumi-language-yaml"],
  "a Bots daemon that an init script of somebody runs, on a host without systemd",
  () => {
    const scene = new Scene({ kind: "sysvinit", bots: true });
    const script = "/etc/init.d/bots-webserver";
    let project: YamlProject;
    let pid: string;

    const pids = () => scene.shell("pgrep -f '^/opt/bots/bin/python3? /opt/bots/bin/bots-webserver' || true");
    const answers = () =>
      scene.shell(
        `curl -s --retry 20 --retry-connrefused --retry-delay 1 -o /dev/null -w '%{http_code}' http://127.0.0.1:${scene.host.ports.web}/login/`,
      );
    const program = (properties: object = {}) => ({
      web: {
        type: "bots:index:Service",
        properties: {
          connection: connectionTo(scene.host),
          name: "bots-webserver",
          command: ["/opt/bots/bin/bots-webserver", "-c/srv/bots/config"],
          ready: { tcp: scene.host.ports.web },
          ...properties,
        },
      },
    });

    beforeAll(async () => {
      await scene.host.run(`cat >${script} && chmod 755 ${script} && update-rc.d bots-webserver defaults`, {
        input: byHand,
      });
      await scene.host.run(`${script} start >/dev/null 2>&1`);
      expect(await answers()).toBe("200");
      pid = await pids();
      project = await scene.project({});
      const { host, ...way } = connectionTo(scene.host);
      await project.must("config", "set", "bots:hosts", JSON.stringify({ [host as string]: way }));
    });

    test("is imported; preview, up and refresh find nothing, and the daemon keeps its pid", async () => {
      const before = await scene.shell(`cat ${script}`);
      const id = `${scene.host.name}/bots-webserver`;
      const imported = await project.must(
        "import",
        "bots:index:Service",
        "web",
        id,
        "--yes",
        "--skip-preview",
        "--protect=false",
      );
      expect(imported.output).toContain("1 imported");
      const { web } = await project.resources();
      expect(web?.inputs).toEqual({ connection: { host: scene.host.name }, name: "bots-webserver", existing: true });
      expect(web?.outputs).toMatchObject({
        manager: "lsb",
        status: "running",
        pid: Number(pid),
        startMode: "automatic",
      });
      project.write(program({ existing: true, command: undefined }));
      await project.must("preview", "--expect-no-changes");
      await project.must("up", "--yes", "--expect-no-changes");
      expect(await project.drifted()).toMatchObject({ code: 0, found: {} });
      expect([await pids(), await scene.shell(`cat ${script}`)]).toEqual([pid, before]);
    });

    test("the first change takes it over: one daemon, run as defined, and the old script is kept", async () => {
      project.write(
        program({ environment: { PYTHONUNBUFFERED: "1" }, restart: { policy: "always", delaySeconds: 1 } }),
      );
      const up = await project.must("up", "--yes");
      expect(up.output).toContain(`restarts bots-webserver on ${scene.host.name} (pid ${pid})`);
      expect(await answers()).toBe("200");
      const now = await pids();
      expect([now.split("\n").length, now === pid]).toEqual([1, false]);
      expect(await scene.shell(`tr '\\0' '\\n' </proc/${now}/environ`)).toContain("PYTHONUNBUFFERED=1");
      expect(await scene.shell(`cat /var/lib/pulumi-bots/bots-webserver/original-*/files${script}`)).toBe(
        byHand.trim(),
      );
      expect(await project.drifted()).toMatchObject({ code: 0 });
    });

    test("killed, it is started again, which its own script never did", async () => {
      const before = await pids();
      await scene.shell(
        `kill -9 ${before}; until n=$(pgrep -f '^/opt/bots/bin/python3? /opt/bots/bin/bots-w') && [ "$n" != ${before} ]; do sleep 0.1; done`,
      );
      expect(await answers()).toBe("200");
      expect(await project.drifted()).toMatchObject({ code: 0 });
    });

    test('manager: "systemd" is not to be had there: a clear error, and nothing is touched', async () => {
      const before = [await pids(), await scene.shell(`cat ${script}`)];
      const up = await project.write(program({ manager: "systemd" })).up();
      expect(up.code).not.toBe(0);
      expect(up.output).toMatch(/systemd can't be used on \S+: the host runs .*not systemd/);
      expect([await pids(), await scene.shell(`cat ${script}`)]).toEqual(before);
    });

    test("destroy: no daemon, nothing at boot, no script; other people's files are kept", async () => {
      const destroy = await project.destroy();
      expect(destroy.code).toBe(0);
      expect(destroy.output).toContain("files of bots-webserver that somebody else made are kept");
      expect(await pids()).toBe("");
      expect(await scene.shell("find /etc /run /var/log -name '*bots-webserver*'")).toBe("");
    });
  },
);
