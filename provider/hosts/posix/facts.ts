import type { Fields } from "../../../model/step";
import type { HostFacts } from "../../../model/host";
import { sh } from "./sh";

/** The helpers whose presence matters to somebody. */
const TOOLS = [
  ...["curl", "wget", "python3", "flock", "timeout", "setsid", "sha256sum", "sync", "ss", "ps", "journalctl"],
  ...["systemctl", "systemd-analyze", "start-stop-daemon", "update-rc.d", "insserv", "chkconfig", "initctl"],
  ...["rc-service", "runuser", "su", "sudo", "doas", "getent"],
];

/** Which service manager runs, and what else must be known of a host. Tools alone prove no manager. */
export const FACTS = sh`
pb_facts() {
  pb_id=
  { read -r pb_id </etc/machine-id || read -r pb_id </var/lib/dbus/machine-id; } 2>/dev/null
  emit fact.machineId "$pb_id"
  read -r pb_id </proc/sys/kernel/hostname; emit fact.hostName "$pb_id"
  read -r pb_up pb_idle </proc/uptime; emit fact.uptime "$pb_up"
  pb_uid=$(id -u); emit fact.uid "$pb_uid"
  pb_first=; { read -r pb_first </proc/1/comm; } 2>/dev/null
  if [ -d /run/systemd/system ] && have systemctl; then
    emit fact.manager systemd
    pb_version=$(systemctl --version 2>/dev/null); pb_version=\${pb_version#systemd }
    emit fact.systemdVersion "\${pb_version%%[!0-9]*}"
  elif have initctl && initctl version 2>/dev/null | grep -q upstart; then emit fact.manager upstart
  elif [ -e /run/openrc/softlevel ] && have rc-service; then emit fact.manager OpenRC
  elif [ -d /etc/init.d ] && [ "$pb_first" = init ]; then emit fact.manager sysvinit
  else emit fact.manager "no service manager that is known (process 1 is $pb_first)"; fi
  pb_tools=
  for pb_id in ${TOOLS.join(" ")}; do ! have "$pb_id" || pb_tools="$pb_tools $pb_id"; done
  emit fact.tools "$pb_tools"
}
`;

/** What {@link FACTS} printed. */
export function parseFacts(fields: Fields): HostFacts {
  const text = (key: string) => fields.get(`fact.${key}`) ?? "";
  const managerFound = text("manager");
  return {
    machineId: text("machineId"),
    hostName: text("hostName"),
    uptime: Number(text("uptime")),
    manager: managerFound === "systemd" ? managerFound : "unknown",
    managerFound,
    systemdVersion: Number(text("systemdVersion")) || 0,
    tools: new Set(text("tools").split(" ").filter(Boolean)),
    uid: Number(text("uid")),
  };
}
