import { readFileSync } from "node:fs";
import type { LabHost } from "../lab";
import { connectionTo } from "../test/engine/support/daemons";
import { YamlProject } from "../test/engine/support/project";

/** Measures a number of services on each of a number of hosts. */
const cases: readonly { hosts: number; services: number }[] = [
  { hosts: 1, services: 4 },
  { hosts: 1, services: 30 },
  { hosts: 1, services: 100 },
  { hosts: 10, services: 4 },
  { hosts: 30, services: 4 },
];

const verbs = {
  create: ["up", "--yes", "--skip-preview"],
  refresh: ["refresh", "--yes", "--skip-preview", "--expect-no-changes"],
  destroy: ["destroy", "--yes", "--skip-preview"],
};

/**
 * The cost of many services, with the default `settleSeconds`. All hosts are one computer under several names: the plugin
 * opens a connection for each, but their service manager is the same.
 */
export async function scale(host: LabHost): Promise<void> {
  const rows = [];
  for (const { hosts, services } of cases) rows.push({ hosts, services, ...(await timesOf(host, hosts, services)) });
  console.table(rows);
}

async function timesOf(host: LabHost, hosts: number, services: number): Promise<Record<string, string>> {
  const names = Array.from({ length: hosts * services }, (_, i) => `s${i}`);
  const resource = (name: string, i: number) => ({
    type: "bots:index:Service",
    properties: {
      connection: { ...connectionTo(host), host: `${host.name}-${i % hosts}` },
      name,
      command: ["/bin/sleep", "infinity"],
    },
  });
  const resources = Object.fromEntries(names.map((name, i) => [name, resource(name, i)]));
  const project = await new YamlProject("bench").write(resources).init();
  const seconds: Record<string, string> = {};
  try {
    for (const [verb, args] of Object.entries(verbs)) {
      const start = performance.now();
      await project.must(...args, "--parallel", "64");
      seconds[verb] = ((performance.now() - start) / 1000).toFixed(1);
    }
    const status = readFileSync(`/proc/${project.pluginPid}/status`, "utf8");
    return { ...seconds, "plugin MB": (Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024).toFixed(0) };
  } finally {
    await project.remove();
  }
}
