import type { LabHost } from "../../lab";
import type { Path, Props, Values } from "../../model/props";
import { connectionTo } from "../engine/support/daemons";
import { until } from "../engine/support/run";
import { props, urnOf, type Plugin } from "../wire/plugin";

/** The daemon of these tests: it runs (v1, v2), or prints a line and exits after a second. */
export type Version = "v1" | "v2" | "broken";

const PROGRAM = "/usr/local/bin/daemon";
const SOURCE = `#!/usr/bin/python3 -SI
import os, sys, time
name, version = sys.argv[1:]
if version == "broken":
    print("%s can't go on, token %s" % (name, os.environ.get("TOKEN")), flush=True)
    time.sleep(1)
    sys.exit(3)
time.sleep(1e6)
`;

/** Copies the daemon's program to a host. */
export async function installDaemon(host: LabHost): Promise<void> {
  await host.run(`cat >${PROGRAM} && chmod 755 ${PROGRAM}`, { input: SOURCE });
}

/** A service of a test, and what exists of it on its host. */
export class Daemon {
  readonly urn: string;

  constructor(
    readonly host: LabHost,
    readonly name: string,
    /** How to reach the host, if not in the usual way: a relay's port, another user. */
    private readonly connection: object = {},
  ) {
    this.urn = urnOf("bots:index:Service", name);
  }

  /** The same service over another connection. */
  by(connection: object): Daemon {
    return new Daemon(this.host, this.name, connection);
  }

  inputs(version: Version, more: Values = {}, ...secrets: Path[]): Props {
    const values = {
      connection: connectionTo(this.host, this.connection),
      name: this.name,
      command: [PROGRAM, this.name, version],
      environment: { VERSION: version, TOKEN: `token of ${this.name}` },
      settleSeconds: 1,
      ready: { command: ["/bin/true"] },
      ...more,
    };
    return props(values, ["environment", "TOKEN"], ...secrets);
  }

  /** Creates it, without waiting for anything. */
  make(plugin: Plugin, version: Version = "v1") {
    return plugin.create(this.urn, this.inputs(version, { settleSeconds: 0, ready: undefined }));
  }

  /** Everything that exists of it on the host: `wellRunning` for a service that runs as wanted, `gone` for a removed one. */
  async there() {
    const { name } = this;
    const { stdout } = await this.host.run(`
      printf 'unit '; sed -n 's/^ExecStart=//p' /etc/systemd/system/${name}.service 2>/dev/null | tr '\\n' ' '
      printf '\\nenabled '; ls /etc/systemd/system/*.wants | grep -cx ${name}.service
      printf 'processes '; pgrep -af '^/usr/bin/python3 .*${PROGRAM} ${name} ' | sed 's/.* //' | tr '\\n' ' '
      printf '\\nloaded '; systemctl show -p ActiveState,NeedDaemonReload --value ${name} | tr '\\n' ' '
      printf '\\nsecrets '; stat -c '%U %a' /etc/pulumi-bots/${name}.env 2>/dev/null || echo
      printf 'left '; ls -Ad /run/lock/pulumi-bots-${name}.lock* /run/pulumi-bots/.lock/${name}.lock* /etc/systemd/system/.${name}.* /etc/pulumi-bots/.${name}.* \
        /etc/systemd/system/${name}.service.d /var/lib/pulumi-bots/${name} 2>/dev/null | tr '\\n' ' '`);
    const lines = stdout.split("\n").map((line) => /^(\w+) ?(.*?) *$/.exec(line)?.slice(1) ?? []);
    return Object.fromEntries(lines) as Record<string, string>;
  }

  /** The answer of `there` for a service that runs as wanted. */
  running(version: Version) {
    return {
      unit: `${PROGRAM} "${this.name}" "${version}"`,
      enabled: "1",
      processes: version,
      loaded: "active no",
      secrets: "root 600",
      left: "",
    };
  }

  readonly gone = { unit: "", enabled: "0", processes: "", loaded: "inactive no", secrets: "", left: "" };
}

/** Our shells, sleeps and temporary files on a host. There must be none after all operations have ended. */
export async function strays(host: LabHost): Promise<string> {
  const { stdout } = await host.run(`
    pgrep -a -f '^(sudo.*|sh) -s|[p]ulumi-bots-begin'; pgrep -a -x sleep
    find /run /tmp /dev/shm /var/tmp /etc /var/lib/pulumi-bots -xdev '(' -name '*pulumi-bots*.lock' -o -path '*/pulumi-bots/.lock/*' -o -name '*.pulumi-bots.*' \
      -o -name 'tmp.??????????' ')' 2>/dev/null`);
  return stdout.trim();
}

/** Waits until none of our processes runs on a host: a shell that has lost its connection finishes its work first. */
export const nothingLeft = (host: LabHost): Promise<void> =>
  until(async () => (await strays(host)) === "", "nothing of ours is left on the host", 300);

/** How an operation ended: "done", or its error message. */
export function outcome(running: Promise<unknown>): Promise<string> {
  return running.then(
    () => "done",
    (error: Error) => error.message,
  );
}

/** Reports each step that an operation on a service begins, without the name of the service. */
export function onStep(
  plugin: Plugin,
  { name, urn }: { name: string; urn: string },
  told: (step: string) => void,
): () => void {
  return plugin.onLog((line) => {
    if (!line.ephemeral || line.urn !== urn) return;
    told(line.message.replaceAll(name, "NAME").replace(/pid \d+/g, "pid PID"));
  });
}

/** Resolves when an operation begins a step. */
export function atStep(plugin: Plugin, daemon: Daemon, step: RegExp): Promise<void> {
  return new Promise((resolve) => {
    const off = onStep(plugin, daemon, (name) => {
      if (!step.test(name)) return;
      off();
      resolve();
    });
  });
}
