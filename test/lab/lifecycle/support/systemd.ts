import { readableSecrets, type Column } from "./column";
import { PROGRAM } from "./probe";

const unit = (name: string) => `/etc/systemd/system/${name}.service`;
const sed = (program: string) => (name: string) => `sed -i ${program} ${unit(name)}`;

export const systemd: Column = {
  name: "systemd",
  kind: "systemd",
  manager: "systemd",
  leads: true,
  usual: true,
  neighbours: [],
  file: unit,
  start: (name) => `systemctl start ${name}`,
  stop: (name) => `systemctl stop ${name}`,
  disable: (name) => `systemctl disable ${name}`,
  remove: (name) => `rm ${unit(name)} && systemctl daemon-reload`,
  enabled: (name) => `systemctl --quiet is-enabled ${name}`,
  knowsFailures: true,
  ownVariables: /^(LANG|INVOCATION_ID|JOURNAL_STREAM|SYSTEMD_EXEC_PID)$/,
  edits: [
    { what: "a line of its own", shell: sed("'/^\\[Service\\]/a Nice=5'"), found: ["options.systemd.service.Nice"] },
    {
      what: "a drop-in",
      shell: (name) => `mkdir ${unit(name)}.d && printf '[Service]\\nNice=5\\n' >${unit(name)}.d/local.conf`,
      found: ["unmapped"],
    },
    readableSecrets,
  ],
  options: {
    values: { systemd: { service: { LimitNOFILE: "4096" } } },
    arrived: (name) => `grep -q '^Max open files  *4096 ' /proc/$(systemctl show -p MainPID --value ${name})/limits`,
  },
  handMade: (name) => ({
    files: {
      [unit(name)]: `[Unit]
Description=made by hand
[Service]
ExecStart=${PROGRAM} ${name} run by-hand
Environment=GREETING=hello
User=nobody
[Install]
WantedBy=multi-user.target
`,
    },
    start: `systemctl daemon-reload && systemctl --quiet enable --now ${name}`,
    inputs: {
      command: [PROGRAM, name, "run", "by-hand"],
      description: "made by hand",
      environment: { GREETING: "hello" },
      runAs: { user: "nobody" },
    },
  }),
  badNames: ["a b", "a*", "a/b"],
};
