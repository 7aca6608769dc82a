import { tameInitScripts, tameOpenrc } from "./initScripts";
import type { HostKind } from "./types";

/** All the lab has to know about a service manager. A new kind is a new entry. */
export interface Kind {
  /** The kind whose tree this one's is made from, where debootstrap can't make it from nothing. */
  from?: HostKind;
  /** Debian packages besides `commonPackages`, or besides those of the kind it is made from. */
  packages: string[];
  /** Shell, run once in the new tree, with all packages in it: what has to be changed before it can be booted. */
  prepare: string;
  /** Shell, run in the booted host: returns when nothing is left to start. */
  waitUntilUp: string;
  /** Shell, run in the booted host. */
  reboot: string;
}

/** What the provider expects on any host, and what tests need there. */
export const commonPackages = [
  ...["openssh-server", "sudo", "python3", "python3-venv", "procps", "iproute2", "curl", "ca-certificates"],
];

/** inittab runs its entries in their order: the last one says that the run level has been reached. */
const upMark = "/run/lab-is-up";
const initIsUp = `until [ -e ${upMark} ]; do sleep 0.02; done`;

/** The service managers, by the name that a host's `kind` has. */
export const kinds: Record<HostKind, Kind> = {
  systemd: {
    packages: ["systemd", "systemd-sysv", "dbus"],
    // Timers that download or scrub would make two runs of a test differ; a login prompt has no terminal here. Of the
    // generators, which run at each reload, a container needs the one for init scripts alone.
    prepare: `
systemctl mask console-getty.service getty@.service apt-daily.timer apt-daily-upgrade.timer \
  e2scrub_all.timer e2scrub_reap.service dpkg-db-backup.timer
mkdir -p /etc/systemd/system-generators
for generator in /lib/systemd/system-generators/*; do
  case $generator in *sysv-generator) ;; *) ln -s /dev/null "/etc/systemd/system-generators/\${generator##*/}" ;; esac
done`,
    // The word it prints is "running" or "degraded": a host with a failed service is up as well.
    waitUntilUp: "systemctl is-system-running --wait >/dev/null || true",
    reboot: "systemctl reboot",
  },
  sysvinit: {
    packages: ["sysvinit-core", "sysv-rc", "initscripts", "insserv", "lsb-base"],
    prepare: `${tameInitScripts}
echo 'up:2345:wait:/bin/touch ${upMark}' >>/etc/inittab`,
    waitUntilUp: initIsUp,
    reboot: "reboot",
  },
  // debootstrap would take sysv-rc, too, which OpenRC conflicts with. PID 1 is sysvinit's here.
  openrc: {
    from: "sysvinit",
    packages: ["openrc"],
    prepare: tameOpenrc,
    waitUntilUp: initIsUp,
    reboot: "reboot",
  },
};
