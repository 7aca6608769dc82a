import { readableSecrets, type Column } from "./column";
import { programOf } from "./probe";

const script = (name: string) => `/etc/init.d/${name}`;

/** A script as people write them: it knows its daemon by its pid file, and says what it likes. */
const handMade = (name: string) => `#!/bin/sh
### BEGIN INIT INFO
# Provides: ${name}
# Required-Start: $remote_fs
# Required-Stop: $remote_fs
# Default-Start: 2 3 4 5
# Default-Stop: 0 1 6
# Short-Description: made by hand
### END INIT INFO
DAEMON=${programOf(name)}
DAEMON_ARGS="$(basename $0) run by-hand"
PIDFILE=/var/run/${name}.pid
case "$1" in
  start)
    echo "Starting ${name}"
    start-stop-daemon --start --background --make-pidfile --pidfile $PIDFILE --chuid nobody --startas $DAEMON -- ${name} run by-hand
    ;;
  stop)
    echo "Stopping ${name}"
    start-stop-daemon --stop --pidfile $PIDFILE
    ;;
  restart) $0 stop; sleep 1; $0 start ;;
  *) echo "Usage: $0 {start|stop|restart}"; exit 1 ;;
esac
`;

const common = {
  file: script,
  remove: (name: string) => `rm ${script(name)}`,
  knowsFailures: true,
  ownVariables: /^(LANG|_)$/,
  edits: [
    {
      what: "a line of its own",
      shell: (name: string) => `sed -i '/^### END INIT INFO/a ulimit -n 4096' ${script(name)}`,
      found: ["unmapped"],
    },
    {
      what: "the part of the script that never changes",
      shell: (name: string) => `echo 'true' >>${script(name)}`,
      found: ["unmapped"],
    },
    { what: "its right to be executed", shell: (name: string) => `chmod -x ${script(name)}`, found: ["unmapped"] },
    readableSecrets,
    {
      what: "a run level less in its header",
      shell: (name: string) => `sed -i '/^# Default-Start:/s/ 5$//' ${script(name)}`,
      found: ["options"],
    },
  ],
  badNames: ["a b", "a/b", ".a", "README", "a.sh"],
};

const bySysv = {
  kind: "sysvinit",
  usual: false,
  start: (name: string) => `${script(name)} start`,
  stop: (name: string) => `${script(name)} stop`,
  disable: (name: string) => `update-rc.d ${name} disable`,
  enabled: (name: string) => `ls /etc/rc2.d/S??${name} /etc/rc5.d/S??${name}`,
} as const;

export const lsb: Column = {
  ...common,
  ...bySysv,
  name: "lsb",
  manager: "lsb",
  leads: true,
  usual: true,
  neighbours: ["startStopDaemon"],
  options: {
    values: { lsb: { runlevels: [3, 4], pidFile: "/var/run/by-option.pid" } },
    arrived: (name) =>
      `ls /etc/rc3.d/S??${name} && ! ls /etc/rc2.d/S??${name} && kill -0 $(cat /var/run/by-option.pid)`,
  },
  handMade: (name) => ({
    files: { [script(name)]: handMade(name) },
    start: `update-rc.d ${name} defaults && ${script(name)} start`,
    inputs: { existing: true },
  }),
};

export const startStopDaemon: Column = {
  ...common,
  ...bySysv,
  name: "startStopDaemon",
  manager: "startStopDaemon",
  neighbours: [],
  // start-stop-daemon(8) changes the user, the folder and the umask, and ends the main process.
  ownChanges: ["command", "workingDirectory", "umask", "runAs", "stop", "options"],
  options: {
    values: { startStopDaemon: { pidFile: "/var/run/by-option-too.pid" } },
    arrived: () => "kill -0 $(cat /var/run/by-option-too.pid)",
  },
};

export const lsbOnSystemd: Column = {
  ...lsb,
  name: "lsb on systemd",
  kind: "systemd",
  leads: false,
  // Who starts and ends it is systemd.
  ownChanges: ["command", "environment", "restart", "stop", "startMode", "options"],
  usual: false,
  neighbours: ["systemd"],
  start: (name) => `systemctl start ${name}`,
  stop: (name) => `systemctl stop ${name}`,
  remove: (name) => `rm ${script(name)} && systemctl daemon-reload`,
  edits: [
    {
      what: "a drop-in over the unit that systemd makes of the script",
      shell: (name) =>
        `mkdir /etc/systemd/system/${name}.service.d && printf '[Service]\\nNice=5\\n' >/etc/systemd/system/${name}.service.d/local.conf`,
      found: ["unmapped"],
    },
  ],
  handMade: (name) => ({
    ...lsb.handMade!(name),
    start: `update-rc.d ${name} defaults && systemctl daemon-reload && systemctl start ${name}`,
  }),
};
