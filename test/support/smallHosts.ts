import { shQuote } from "../../provider/posix/shell/quote";
import type { Requirement } from "./requirements";

/** The programs that every host has, and those that some hosts have. */
const USUAL =
  "awk cat chmod cut echo env false grep head id kill ln ls mkdir mv nice printf rm rmdir sed sleep sort tail tr true uname wc";

/** A host with few programs. */
export interface Place {
  requirement: Requirement;
  /** The shell that is /bin/sh there. */
  shell: string;
  /** Programs besides the usual ones. */
  tools: string;
  /** All programs are BusyBox. */
  busybox?: boolean;
  /** Stand-ins for programs, with only what the tests need. */
  scripts?: Record<string, string>;
}

/** As in BusyBox, and unlike Debian: becomes the shell in the same process. */
const SU = `case $1 in --help) exec busybox --help ;; esac
command=$5 user=$7
shift 7
exec busybox start-stop-daemon -S -p /none -c "$user" -a /bin/sh -- -c "$command" "$@"`;

export const PLACES: Record<string, Place> = {
  "dash, with next to nothing": { requirement: "dash", shell: "dash", tools: "chroot" },
  "dash, with setsid": { requirement: "dash", shell: "dash", tools: "chroot setsid" },
  "bash, with setpriv": { requirement: "bash", shell: "bash", tools: "setpriv setsid getent" },
  "BusyBox alone": {
    requirement: "busybox",
    shell: "busybox",
    tools: "setsid start-stop-daemon setpriv chroot",
    busybox: true,
  },
  "BusyBox as Alpine has it": {
    requirement: "busybox",
    shell: "busybox",
    tools: "setsid setpriv chroot",
    busybox: true,
    scripts: { su: SU, "start-stop-daemon": 'echo "start-stop-daemon (OpenRC) 0.63.3"' },
  },
};

/** Sets up a small host in its own namespaces, copies the scripts, and runs `$1` there. */
export function driver(
  { shell, tools, busybox, scripts: programs = {} }: Place,
  scripts: Record<string, string>,
  before = "",
): string {
  const all = `${USUAL} ${tools} sh`;
  const copy = busybox
    ? `cp "$(command -v busybox)" $new/busybox; for tool in ${all}; do ln -s busybox $new/$tool; done`
    : `for tool in ${USUAL} ${tools}; do cp -L "/usr/bin/$tool" $new/$tool 2>/dev/null || cp -L "/usr/sbin/$tool" $new/$tool; done; cp -L "$(command -v ${shell})" $new/sh`;
  return `
set -e
mount --make-rprivate /
new=/mnt/.bin
mount -t tmpfs none /mnt
mkdir $new /mnt/empty
${copy} 2>/dev/null || exit 99
${Object.entries(programs)
  .map(([program, text]) => `printf '#!/bin/sh\\n%s\\n' ${shQuote(text)} >$new/${program}; chmod 755 $new/${program}`)
  .join("\n")}
for folder in /run /var/log; do mount -t tmpfs -o mode=755 none $folder; done
mount -t tmpfs none /tmp
[ -L /var/run ] || mount -t tmpfs -o mode=755 none /var/run
mkdir -p /etc/init.d
mount -t tmpfs none /etc/init.d
${Object.entries(scripts)
  .map(
    ([name, text]) =>
      `echo ${Buffer.from(text).toString("base64")} | base64 -d >/etc/init.d/${name}; chmod 755 /etc/init.d/${name}`,
  )
  .join("\n")}
${before}
for folder in /usr/local/bin /usr/local/sbin /usr/sbin; do mount --bind /mnt/empty $folder; done
[ ! -d /lib/lsb ] || mount --bind /mnt/empty /lib/lsb
[ -L /sbin ] || mount --bind /mnt/empty /sbin
mount --bind $new /usr/bin
[ -L /bin ] || mount --bind $new /bin
set +e
`;
}
