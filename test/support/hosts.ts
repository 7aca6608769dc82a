import { startHost, type HostOptions, type LabHost } from "../../lab";
import { noteTime } from "./times";

/** All that a host's processes have used: what has ended is in its parent's account. */
const CPU = `cat /proc/[0-9]*/stat | sed 's/^.*) //' | awk '{ ticks += $12 + $13 + $14 + $15 } END { print ticks / 100 }'`;

/** A lab host of its own for a test. The report shows how long its start took, and the CPU that it used. */
export async function labHost(options: HostOptions): Promise<LabHost> {
  const file = expect.getState().testPath!;
  const begun = performance.now();
  const host = await startHost({ bots: false, ...options });
  noteTime({ file, host: (performance.now() - begun) / 1000 });
  // With its processes, what they have used goes as well.
  for (const ending of ["stop", "reboot", "powerCycle"] as const) {
    const end = host[ending].bind(host);
    host[ending] = async () => {
      const { stdout } = await host.run(CPU).catch(() => ({ stdout: "" }));
      noteTime({ file, hostCpu: Number(stdout) });
      await end();
    };
  }
  return host;
}
