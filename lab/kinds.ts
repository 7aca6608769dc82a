import type { HostKind } from "./types";

/** All the lab has to know about a service manager. A new kind is a new entry. */
export interface Kind {
  /** Debian packages besides `commonPackages`. */
  packages: string[];
  /** Shell, run once in the new tree: what has to be changed before it can be booted. */
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

export const kinds: Record<HostKind, Kind> = {
  systemd: {
    packages: ["systemd", "systemd-sysv", "dbus"],
    // Timers that download or scrub would make two runs of a test differ; a login prompt has no terminal here.
    prepare: `
systemctl mask console-getty.service getty@.service apt-daily.timer apt-daily-upgrade.timer \
  e2scrub_all.timer e2scrub_reap.service dpkg-db-backup.timer`,
    // The word it prints is "running" or "degraded": a host with a failed service is up as well.
    waitUntilUp: "systemctl is-system-running --wait >/dev/null || true",
    reboot: "systemctl reboot",
  },
};
