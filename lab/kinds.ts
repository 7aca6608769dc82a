import { tameInitScripts, tameOpenrc } from "./initScripts";
import type { HostKind } from "./types";

/** Everything that the lab needs to know about a service manager. */
export interface Kind {
  /** The kind whose tree is the base of this one, if debootstrap can't build it directly. */
  from?: HostKind;
  /** Debian packages in addition to `commonPackages`, or to those of the base. */
  packages: string[];
  /** Shell code that prepares the new tree for its first boot, after all packages are installed. */
  prepare: string;
  /** Shell code in the booted host that returns when everything has started. */
  waitUntilUp: string;
  /** Shell code in the booted host. */
  reboot: string;
}

/** Packages that the provider expects on every host, and packages that tests need. */
export const commonPackages = [
  ...["openssh-server", "sudo", "python3", "python3-venv", "procps", "iproute2", "curl", "ca-certificates"],
];

/** init runs the entries of inittab in order, so the last one marks the end of the run level change. */
const upMark = "/run/lab-is-up";
const initIsUp = `until [ -e ${upMark} ]; do sleep 0.02; done`;

/** The service managers, by the `kind` of a host. */
export const kinds: Record<HostKind, Kind> = {
  systemd: {
    packages: ["systemd", "systemd-sysv", "dbus"],
    // Timers that download or scrub would make test runs differ, and a login prompt has no terminal here. Generators run at each
    // reload, and a container needs only the one for init scripts.
    prepare: `
systemctl mask console-getty.service getty@.service apt-daily.timer apt-daily-upgrade.timer \
  e2scrub_all.timer e2scrub_reap.service dpkg-db-backup.timer
mkdir -p /etc/systemd/system-generators
for generator in /lib/systemd/system-generators/*; do
  case $generator in *sysv-generator) ;; *) ln -s /dev/null "/etc/systemd/system-generators/\${generator##*/}" ;; esac
done`,
    // It prints "running" or "degraded". A host with a failed service is up, too.
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
  // debootstrap would also install sysv-rc, which conflicts with OpenRC. PID 1 is that of sysvinit here.
  openrc: {
    from: "sysvinit",
    packages: ["openrc"],
    prepare: tameOpenrc,
    waitUntilUp: initIsUp,
    reboot: "reboot",
  },
};
