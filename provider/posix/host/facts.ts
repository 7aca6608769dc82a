import type { Fields } from "../shell/step";
import type { HostFacts, InitSystem } from "../facts";

/** The programs whose presence is checked. */
export const TOOLS = [
  ...["curl", "wget", "python3", "flock", "timeout", "setsid", "sha256sum", "sync", "ss", "ps", "journalctl"],
  ...["systemctl", "systemd-analyze", "start-stop-daemon", "update-rc.d", "insserv", "chkconfig", "initctl"],
  ...["rc-service", "runuser", "su", "sudo", "doas", "getent"],
];

const names = { systemd: "systemd", upstart: "upstart", openrc: "OpenRC", sysvinit: "sysvinit", unknown: "" };

/** Parses the output of `pb_facts`, which has only some of the facts if the others are known. */
export function parseFacts(fields: Fields, known?: HostFacts): HostFacts {
  const text = (key: string) => fields.get(`fact.${key}`) ?? "";
  const identity = {
    machineId: text("machineId"),
    hostName: text("hostName"),
    uptime: Number(text("uptime")),
    uid: Number(text("uid")),
  };
  if (known) return { ...known, ...identity };
  const init = (text("init") || "unknown") as InitSystem;
  const version = text("version");
  return {
    ...identity,
    init,
    initText: init === "unknown" ? unknownInit(text("first")) : [names[init], version].filter(Boolean).join(" "),
    systemdVersion: init === "systemd" ? Number(version) || 0 : 0,
    upstartVersion: init === "upstart" ? version : "",
    startStopDaemon: (text("startStopDaemon") || "none") as HostFacts["startStopDaemon"],
    tools: new Set(text("tools").split(" ").filter(Boolean)),
  };
}

function unknownInit(first: string): string {
  if (first === "systemd")
    return "systemd, but systemctl can't be run (is it missing, or is its file system mounted with noexec?)";
  return `no supported init system (process 1 is ${first || "unknown"})`;
}
