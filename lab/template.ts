import { createHash } from "node:crypto";
import { existsSync, renameSync } from "node:fs";
import { join } from "node:path";
import { aptSource, proxyEnvironment } from "./apt";
import { installBots } from "./bots";
import { inCgroups, removeCgroups } from "./cgroups";
import { mustExec } from "./exec";
import { commonPackages, kinds } from "./kinds";
import { withLock } from "./lock";
import { network } from "./network";
import { labFolder } from "./paths";
import { forgetInNspawn, killProcesses } from "./sweep";
import type { HostKind } from "./types";

const minutes = 60_000;

/**
 * Users: `deploy` may use sudo with a password, `ops` without, `plain` not at all, `bots` runs the daemons. Passwords are `*`, not
 * `!`, because without PAM sshd refuses a locked account, even with a key. All logins share one keys file. sshd logs to a
 * file, in which tests count connections.
 */
const prepareLogins = `
for user in deploy ops plain; do useradd --create-home --shell /bin/bash --password '*' $user; done
useradd --system --home-dir /srv/bots --shell /usr/sbin/nologin bots
usermod --password '*' root
printf 'deploy ALL=(ALL:ALL) ALL\\nops ALL=(ALL:ALL) NOPASSWD: ALL\\n' >/etc/sudoers.d/lab
chmod 440 /etc/sudoers.d/lab
cat >/etc/ssh/sshd_config.d/lab.conf <<'END'
ListenAddress 127.0.0.1
UsePAM no
PermitRootLogin prohibit-password
PasswordAuthentication yes
AuthorizedKeysFile .ssh/authorized_keys /etc/ssh/lab_authorized_keys
LogLevel VERBOSE
END
echo 'SSHD_OPTS="-E /var/log/sshd.log"' >/etc/default/ssh`;

/** Removes everything that must differ between hosts from a template. */
const forget = `
rm -f /etc/ssh/ssh_host_* /var/lib/dbus/machine-id /var/log/sshd.log
: >/etc/machine-id
rm -rf /var/cache/apt/archives/*.deb /var/log/bootstrap.log /var/lib/systemd/random-seed`;

/** Installs packages in a tree. policy-rc.d keeps them from starting services. */
const install = (packages: string[]) => `
printf '#!/bin/sh\\nexit 101\\n' >/usr/sbin/policy-rc.d
chmod 755 /usr/sbin/policy-rc.d
export DEBIAN_FRONTEND=noninteractive
apt-get --quiet update
apt-get --quiet --yes install --no-install-recommends ${packages.join(" ")}
rm -rf /usr/sbin/policy-rc.d /var/lib/apt/lists/* /var/cache/apt/*.bin`;

/** The name of a tree's builder, for nspawn and the control groups. No host can have this name. */
function builder(tree: string): string {
  return `build-${createHash("sha256").update(tree).digest("hex").slice(0, 8)}`;
}

/** Kills all processes that still work on a tree, because the commands of a killed builder may go on. */
function endBuilder(tree: string): void {
  killProcesses(builder(tree));
  removeCgroups(builder(tree));
  forgetInNspawn(builder(tree), tree);
}

/** Runs a command on an unfinished tree, in control groups in which `endBuilder` finds it. */
export async function work(tree: string, command: string[]): Promise<void> {
  try {
    await mustExec(...inCgroups(builder(tree), command), { timeout: 15 * minutes });
  } finally {
    endBuilder(tree);
  }
}

/** Runs shell code in a tree that is not booted. Its mounts and processes end with nspawn. */
function inTree(tree: string, script: string, options: string[] = []): Promise<void> {
  const nspawn = [
    "systemd-nspawn",
    "-D",
    tree,
    `--machine=${builder(tree)}`,
    "--quiet",
    "--register=no",
    "--keep-unit",
  ];
  return work(tree, [...nspawn, "--as-pid2", "--pipe", ...options, "--", "/bin/sh", "-euxc", script]);
}

/** The finished tree for a recipe. If it does not exist, `build` creates it; one process at a time. */
export async function cached(label: string, recipe: unknown, build: (tree: string) => Promise<void>): Promise<string> {
  const hash = createHash("sha256").update(JSON.stringify(recipe)).digest("hex").slice(0, 12);
  const tree = join(labFolder("templates"), `${label}-${hash}`);
  if (existsSync(tree)) return tree;
  return withLock(`${tree}.lock`, async () => {
    if (existsSync(tree)) return tree;
    process.stderr.write(`lab: building the template ${label}, once; this takes a minute or two\n`);
    const unfinished = `${tree}.unfinished`;
    endBuilder(unfinished);
    await mustExec("rm", ["-rf", "--one-file-system", unfinished], { timeout: 5 * minutes });
    await build(unfinished);
    renameSync(unfinished, tree); // now it is complete
    return tree;
  });
}

/** A tree that is based on another one. */
function layer(label: string, below: string, script: string): Promise<string> {
  return cached(label, { debian: below, script }, async (tree) => {
    await work(tree, ["cp", "-a", "--reflink=auto", below, tree]);
    await inTree(tree, script, await network());
  });
}

async function debianTemplate(name: HostKind): Promise<string> {
  const kind = kinds[name];
  if (kind.from) {
    const below = await debianTemplate(kind.from);
    return layer(name, below, install(kind.packages) + kind.prepare + forget);
  }
  const source = await aptSource();
  const packages = [...commonPackages, ...kind.packages];
  const script = prepareLogins + kind.prepare + forget;
  return cached(name, { source, packages, script }, async (tree) => {
    const downloads = labFolder("downloads"); // the next kind shares most packages
    await mustExec(
      // It dies with us, together with its children and its mounts, so the next builder is not disturbed.
      "setpriv",
      [
        ...["--pdeathsig", "KILL", "unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"],
        ...["debootstrap", "--variant=minbase", `--cache-dir=${downloads}`, `--include=${packages.join(",")}`],
        ...[source.suite, tree, source.mirror],
      ],
      { timeout: 30 * minutes, env: { ...(process.env as Record<string, string>), ...(await proxyEnvironment()) } },
    );
    await inTree(tree, script);
  });
}

/** The template of a host: Debian with the kind's service manager and, if wanted, Bots and more packages. */
export async function ensureTemplate(kind: HostKind, bots: boolean, packages: string[] = []): Promise<string> {
  const debian = await debianTemplate(kind);
  const tree = bots ? await layer(`${kind}-bots`, debian, installBots + forget) : debian;
  return packages.length > 0 ? layer(`${kind}-packages`, tree, switchedOff(install(packages)) + forget) : tree;
}

/** Disables the services of packages, because hosts share the computer's network and their ports would collide. */
const switchedOff = (installation: string) => `
before=" $(echo $(ls /etc/init.d)) "
${installation}
for script in $(ls /etc/init.d); do
  case $before in *" $script "*) ;; *) update-rc.d $script disable ;; esac
done`;
