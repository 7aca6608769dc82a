import type { NssmOptions } from "../../../../model/service";
import type { KeyReader } from "../../registry/reader";
import { dword, milliseconds, sz } from "../../registry/render";
import type { RegistryValue } from "../../registry/values";

/** Bits of AppStopMethodSkip (NSSM_STOP_METHOD_… in nssm.h). Its fourth one, which spares a program for ever, is not ours. */
const STOP_METHODS = { console: 1, window: 2, threads: 4 } as const;

/** Priority classes (SetPriorityClass). */
const PRIORITIES = {
  realtime: 0x100,
  high: 0x80,
  aboveNormal: 0x8000,
  normal: 0x20,
  belowNormal: 0x4000,
  idle: 0x40,
} as const;

type StopMethod = keyof typeof STOP_METHODS;
type Priority = keyof typeof PRIORITIES;
type Rotation = Required<NssmOptions>["rotate"];

/** What NSSM does with an option that is unset. */
export const DEFAULT_OPTIONS = {
  noConsole: false,
  throttleSeconds: 1.5,
  stopMethods: ["console", "window", "threads"],
  stopWindowSeconds: 1.5,
  stopThreadsSeconds: 1.5,
  priority: "normal",
} satisfies NssmOptions;

export const DEFAULT_ROTATION = { bytes: 0, seconds: 0, online: false } satisfies Rotation;

/** The options as values of `Parameters`. `path` is the service's own program and no parameter. */
export function renderOptions(options: NssmOptions): Record<string, RegistryValue | undefined> {
  const { stopMethods, priority, affinity, rotate } = options;
  return {
    AppNoConsole: dword(options.noConsole),
    AppThrottle: milliseconds(options.throttleSeconds),
    AppStopMethodSkip: stopMethods && dword(skipped(stopMethods)),
    AppStopMethodWindow: milliseconds(options.stopWindowSeconds),
    AppStopMethodThreads: milliseconds(options.stopThreadsSeconds),
    AppPriority: priority && dword(PRIORITIES[priority]),
    AppAffinity: affinity && sz([...affinity].sort((a, b) => a - b).join(",")),
    ...(rotate && renderRotation(rotate)),
  };
}

function renderRotation({ bytes, seconds, online }: Rotation): Record<string, RegistryValue | undefined> {
  return {
    AppRotateFiles: dword(true),
    AppRotateBytes: bytes === undefined ? undefined : dword(bytes % 2 ** 32),
    AppRotateBytesHigh: bytes === undefined || bytes < 2 ** 32 ? undefined : dword(Math.floor(bytes / 2 ** 32)),
    AppRotateSeconds: dword(seconds),
    AppRotateOnline: dword(online),
  };
}

export function parseOptions(parameters: KeyReader): NssmOptions {
  const skip = parameters.read("AppStopMethodSkip", ({ data }) =>
    typeof data === "number" && data <= skipped([]) ? data : undefined,
  );
  const priority = parameters.read("AppPriority", ({ data }) => wordOf(PRIORITIES, data));
  const affinity = parameters.read("AppAffinity", ({ data }) => cpusIn(data));
  const all: { [Key in keyof NssmOptions]: NssmOptions[Key] | undefined } = {
    noConsole: parameters.flag("AppNoConsole"),
    throttleSeconds: parameters.seconds("AppThrottle"),
    stopMethods: skip === undefined ? undefined : METHODS.filter((method) => (skip & STOP_METHODS[method]) === 0),
    stopWindowSeconds: parameters.seconds("AppStopMethodWindow"),
    stopThreadsSeconds: parameters.seconds("AppStopMethodThreads"),
    priority,
    affinity: affinity?.length === 0 ? undefined : affinity,
    rotate: parseRotation(parameters),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

function parseRotation(parameters: KeyReader): Rotation | undefined {
  const isOn = parameters.flag("AppRotateFiles") === true;
  // Without AppRotateFiles the others say how to rotate what is not rotated, unless they say nothing.
  const number = (name: string) =>
    parameters.read(name, ({ data }) => (typeof data === "number" && (isOn || data === 0) ? data : undefined));
  const [low, high] = [number("AppRotateBytes"), number("AppRotateBytesHigh")];
  const [seconds, online] = [number("AppRotateSeconds"), number("AppRotateOnline")];
  if (!isOn) return undefined;
  return {
    ...((low ?? high) !== undefined && { bytes: (low ?? 0) + (high ?? 0) * 2 ** 32 }),
    ...(seconds !== undefined && { seconds }),
    ...(online !== undefined && { online: online !== 0 }),
  };
}

const METHODS = Object.keys(STOP_METHODS) as StopMethod[];

const skipped = (methods: readonly StopMethod[]): number =>
  METHODS.filter((method) => !methods.includes(method)).reduce((bits, method) => bits | STOP_METHODS[method], 0);

const wordOf = (words: Readonly<Record<Priority, number>>, data: unknown): Priority | undefined =>
  (Object.keys(words) as Priority[]).find((word) => words[word] === data);

/** CPUs as NSSM writes them: numbers and ranges from 0 to 63, such as `0-2,4`. None means all. */
function cpusIn(data: unknown): number[] | undefined {
  if (typeof data !== "string") return undefined;
  if (data === "") return [];
  const ranges = data.split(",").map((range) => /^(\d{1,2})(?:-(\d{1,2}))?$/.exec(range));
  if (ranges.some((range) => range === null)) return undefined;
  const cpus = ranges.flatMap((range) => {
    const [first, last] = [Number(range![1]), Number(range![2] ?? range![1])];
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
  });
  const isSound = cpus.length > 0 && cpus.every((cpu) => cpu < 64);
  return isSound ? [...new Set(cpus)].sort((a, b) => a - b) : undefined;
}
