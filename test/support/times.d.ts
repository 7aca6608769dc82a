/** A measured time of a test file in seconds: CPU time of our processes, the start of a host, or the CPU time of a host. */
export interface Time {
  file: string;
  cpu?: number;
  host?: number;
  hostCpu?: number;
}
export function beginTimes(): void;
export function noteTime(time: Time): void;
export function takeTimes(): Time[];
export function cpuSeconds(): number;
