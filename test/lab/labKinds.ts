import type { HostKind } from "../../lab";

/** A column of the table that the tests of the lab run over. */
export interface Column {
  /** Name and program of PID 1. */
  init: string;
  /** A question to the service manager, and what it says when all is well. */
  healthy: [command: string, answer: string];
  /** Makes a service "same" that sleeps, and starts at boot. */
  define: string;
  start: string;
  stop: string;
}

/** What `define` runs as. Whether it runs is asked of the kernel, which speaks the same language everywhere. */
export const sleeping = "pgrep -c -x -f '/bin/sleep 1234'";

const write = (file: string, text: string) => `cat >${file} <<'END'\n${text}\nEND\n`;

const sysvScript = `#!/bin/sh
### BEGIN INIT INFO
# Provides: same
# Required-Start: $remote_fs
# Required-Stop: $remote_fs
# Default-Start: 2 3 4 5
# Default-Stop: 0 1 6
# Short-Description: sleeps
### END INIT INFO
case $1 in
start) start-stop-daemon --start --background --make-pidfile --pidfile /run/same.pid --exec /bin/sleep -- 1234 ;;
stop) start-stop-daemon --stop --remove-pidfile --pidfile /run/same.pid --exec /bin/sleep ;;
esac`;

/** A new kind of host gets all tests with an entry here. */
export const columns: Record<HostKind, Column> = {
  systemd: {
    init: "systemd\n/usr/lib/systemd/systemd\n",
    healthy: ["systemctl is-system-running", "running\n"],
    define: `${write("/etc/systemd/system/same.service", "[Service]\nExecStart=/bin/sleep 1234\n[Install]\nWantedBy=multi-user.target")}
      systemctl --quiet enable same`,
    start: "systemctl start same",
    stop: "systemctl stop same",
  },
  sysvinit: {
    init: "init\n/usr/sbin/init\n",
    healthy: ["runlevel; service ssh status", "N 2\nsshd is running.\n"],
    define: `${write("/etc/init.d/same", sysvScript)} chmod 755 /etc/init.d/same; update-rc.d same defaults`,
    start: "service same start",
    stop: "service same stop",
  },
  openrc: {
    init: "init\n/usr/sbin/init\n",
    healthy: ["rc-status --runlevel; rc-status --crashed; rc-service ssh status", "default\nsshd is running.\n"],
    define: `${write("/etc/init.d/same", "#!/sbin/openrc-run\nsupervisor=supervise-daemon\ncommand=/bin/sleep\ncommand_args=1234")}
      chmod 755 /etc/init.d/same; rc-update --quiet add same default`,
    start: "rc-service --quiet same start",
    stop: "rc-service --quiet same stop",
  },
};
