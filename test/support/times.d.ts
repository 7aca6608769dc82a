/** Something of a file that took seconds: CPU of our processes, the start of a host, the CPU that a host has used. */
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
