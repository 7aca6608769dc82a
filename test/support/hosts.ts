import { existsSync, readFileSync } from "node:fs";
import { startHost, type HostOptions, type LabHost } from "../../lab";
import { hostCgroups } from "../../lab/cgroups";
import { readRecord } from "../../lab/records";
import { until } from "../engine/support/run";
import { cpuSeconds, noteTime } from "./times";

/** Starts a lab host for one test file. */
export const labHost = (options: HostOptions): Promise<LabHost> =>
  counted(() => startHost({ bots: false, ...options }));

interface Stoppable {
  name: string;
  stop(): Promise<void>;
  powerCycle(): Promise<void>;
}

/** Starts a host. The report shows how long its start took, and the CPU time that it used. */
export async function counted<H extends Stoppable>(start: () => Promise<H>): Promise<H> {
  const file = expect.getState().testPath!;
  const begun = performance.now();
  const host: Stoppable & H = await start();
  noteTime({ file, host: (performance.now() - begun) / 1000 });
  for (const ending of ["stop", "powerCycle"] as const) {
    const end = host[ending].bind(host);
    const counting = async () => {
      const supervisor = readRecord(host.name)?.supervisor?.pid;
      if (ending === "stop") noteTime({ file, hostCpu: usedBy(host.name) });
      const before = cpuSeconds();
      await end();
      if (supervisor === undefined) return;
      // It was a child of ours, so part of the CPU time of its processes is counted as ours already.
      await until(() => !existsSync(`/proc/${supervisor}`), `${host.name} has ended`);
      noteTime({ file, cpu: before - cpuSeconds() });
    };
    Object.assign(host, { [ending]: counting });
  }
  return host;
}

/** CPU seconds of a host's processes since its start (cpu.stat of control groups, version 2). */
function usedBy(name: string): number {
  const stats = hostCgroups(name).map((group) => `${group}/cpu.stat`);
  const text = stats.filter((file) => existsSync(file)).map((file) => readFileSync(file, "utf8"));
  return Number(/^usage_usec (\d+)$/m.exec(text.join(""))?.[1] ?? 0) / 1e6;
}
