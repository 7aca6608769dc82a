import type { Definition, Live } from "../../model/service";
import type { HostFacts } from "../../provider/posix/facts";
import { systemd } from "../../provider/posix/managers/systemd";
import { marker } from "./definitions";

export const facts: HostFacts = {
  machineId: "0123456789abcdef0123456789abcdef",
  hostName: "edi1",
  uptime: 100,
  init: "systemd",
  initText: "systemd 252",
  upstartVersion: "",
  startStopDaemon: "dpkg",
  systemdVersion: 252,
  tools: new Set(["systemd-analyze"]),
  uid: 0,
};

export const UNIT = "/etc/systemd/system/web.service";
const SHOW = {
  ...{ Id: "web.service", Names: "web.service", LoadState: "loaded", ActiveState: "inactive", SubState: "dead" },
  ...{ FragmentPath: UNIT, SourcePath: "", DropInPaths: "", MainPID: "0", NRestarts: "0" },
};

/** The service for which a host would emit these fields. */
export function live(fields: Record<string, string>, show: Record<string, string> = {}): Live {
  const lines = Object.entries({ ...SHOW, ...show }).map(([key, value]) => `${key}=${value}`);
  return systemd.parse("web", {
    fields: new Map(Object.entries({ show: lines.join("\n"), ...fields })),
    shared: new Map(),
  });
}

/** The fields that a host would emit after the files of a definition were written there. */
export function written(definition: Definition, extra: Record<string, string> = {}): Live {
  const [unit, environment] = systemd.render("web", definition, marker, facts);
  return live({ unit: unit!.content, ...(environment && { environment: environment.content }), ...extra });
}

/** A service with nearly every property. */
export const BOTS: Definition = {
  displayName: "Bots Webserver",
  description: "Web interface of the Bots EDI translator, 100 %",
  command: ["/opt/bots/bin/bots-webserver", "-c/srv/bots/config", 'a "b" \\ $HOME\n%h'],
  workingDirectory: "/srv/bots",
  umask: "0027",
  environment: { BOTSENV: "default", PATH: "/opt/bots/bin:/usr/bin:/bin", TOKEN: 'se"cret\n$x' },
  secretEnvironment: ["TOKEN"],
  runAs: { user: "bots", group: "bots" },
  restart: { policy: "always", delaySeconds: 5, maxAttempts: 3 },
  stop: { signal: "SIGTERM", timeoutSeconds: 30, mode: "mixed" },
  reload: { signal: "SIGHUP" },
  requires: ["bots-jobqueueserver"],
  logs: { stdout: "/var/log/bots/web.log", stderr: "discard" },
  options: { systemd: { unit: { After: "network-online.target" }, service: { LimitNOFILE: "4096" } } },
};
