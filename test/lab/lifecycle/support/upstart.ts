import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Column } from "./column";
import { PROGRAM } from "./probe";

const job = (name: string) => `/etc/init/${name}.conf`;

const FAKE = resolve(process.cwd(), "test/support/upstart/fake");
const MODULES = "/usr/local/lib/fake-upstart";

/** Upstart itself can't be had: a host of sysvinit with an initctl that plays a recorded one (test/support/upstart/fake). */
export const upstart: Column = {
  name: "upstart",
  kind: "sysvinit",
  manager: "upstart",
  prepare: async (host) => {
    for (const file of readdirSync(FAKE)) {
      const text = readFileSync(join(FAKE, file), "utf8");
      await host.run(`mkdir -p ${MODULES} && cat >${MODULES}/${file}`, { input: text });
    }
    const initctl = `#!/usr/bin/python3 -SI
import sys
sys.path.insert(0, "${MODULES}")
from initctl import main
sys.exit(main(*sys.argv[1:]))
`;
    await host.run(
      `mkdir -p /etc/init /var/log/upstart; cat >/sbin/initctl && chmod 755 /sbin/initctl
      for name in dmesg init-checkconf; do ln -s /sbin/initctl /usr/local/sbin/$name; done`,
      { input: initctl },
    );
    // What init does at boot when it is upstart.
    const events = '#!/bin/sh\n[ "$1" != start ] || /sbin/initctl fake-boot\n';
    await host.run(
      "cat >/etc/init.d/upstart-events; cd /etc/init.d && chmod 755 upstart-events; ln -s ../init.d/upstart-events /etc/rc2.d/S99upstart-events",
      { input: events },
    );
  },
  usual: true,
  neighbours: ["lsb"],
  file: job,
  start: (name) => `initctl start ${name}`,
  stop: (name) => `initctl stop ${name}`,
  disable: (name) => `echo manual >/etc/init/${name}.override`,
  remove: (name) => `rm ${job(name)} && initctl reload-configuration`,
  enabled: (name) => `[ -e ${job(name)} ] && ! grep -qx manual /etc/init/${name}.override 2>/dev/null`,
  knowsFailures: true,
  ownLogs: /^\/var\/log\/upstart\//,
  ownVariables: /^(UPSTART_[A-Z_]+|TERM|PWD|_)$/,
  edits: [
    { what: "a stanza of its own", shell: (name) => `echo 'nice 5' >>${job(name)}`, found: ["unmapped"] },
    {
      what: "an override of the administrator",
      shell: (name) => `echo 'nice 5' >/etc/init/${name}.override`,
      found: ["unmapped"],
    },
  ],
  options: {
    values: { upstart: { author: "the Bots people" } },
    arrived: (name) => `grep -q 'the Bots people' ${job(name)}`,
  },
  handMade: (name) => ({
    files: {
      [job(name)]: `description "made by hand"
start on runlevel [2345]
stop on runlevel [!2345]
env GREETING=hello
setuid nobody
exec ${PROGRAM} ${name} run by-hand
`,
    },
    start: `initctl reload-configuration && initctl start ${name}`,
    inputs: {
      command: [PROGRAM, name, "run", "by-hand"],
      description: "made by hand",
      environment: { GREETING: "hello" },
      runAs: { user: "nobody" },
    },
  }),
  badNames: ["a b", "a*"],
};
