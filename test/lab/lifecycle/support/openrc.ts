import type { Column } from "./column";
import { PROGRAM } from "./probe";

const script = (name: string) => `/etc/init.d/${name}`;

export const openrc: Column = {
  name: "openrc",
  kind: "openrc",
  manager: "openrc",
  usual: true,
  neighbours: ["lsb"],
  file: script,
  start: (name) => `rc-service ${name} start`,
  stop: (name) => `rc-service ${name} stop`,
  disable: (name) => `rc-update del ${name} default`,
  remove: (name) => `rm ${script(name)}`,
  enabled: (name) => `[ -L /etc/runlevels/default/${name} ]`,
  knowsFailures: true,
  ownVariables: /^(PULUMI_BOTS_SERVICE|RC_[A-Z_]+|SVCNAME|EINFO_[A-Z]+|LANG|LC_ALL|TERM|PWD|SHLVL|_)$/,
  edits: [
    {
      what: "a setting of its own",
      shell: (name) => `sed -i '/^command=/a nicelevel=5' ${script(name)}`,
      found: ["unmapped"],
    },
    {
      what: "settings of the administrator over it",
      shell: (name) => `mkdir -p /etc/conf.d; echo 'rc_need=net' >/etc/conf.d/${name}`,
      found: ["unmapped"],
    },
    {
      what: "the part of the script that never changes",
      shell: (name) => `echo 'start_post() { :; }' >>${script(name)}`,
      found: ["unmapped"],
    },
    {
      what: "another run level",
      shell: (name) => `rc-update del ${name} default && rc-update add ${name} boot`,
      found: ["options.openrc.runlevel"],
    },
  ],
  options: {
    values: { openrc: { use: ["ssh"] } },
    arrived: (name) => `rc-service ${name} iuse | grep -qw ssh`,
  },
  handMade: (name) => ({
    files: {
      [script(name)]: `#!/sbin/openrc-run
description="made by hand"
supervisor=supervise-daemon
command=${PROGRAM}
command_args="${name} run by-hand"
command_user=nobody
pidfile=/run/${name}.pid
`,
    },
    start: `rc-update add ${name} default && rc-service ${name} start`,
    inputs: { command: [PROGRAM, name, "run", "by-hand"], description: "made by hand", runAs: { user: "nobody" } },
  }),
  badNames: ["a b", "a/b", ".a"],
};
