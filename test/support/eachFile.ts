import { cpuSeconds, noteTime } from "./times";

/** Notes the CPU time of a file, for the report. */
const before = cpuSeconds();
afterAll(() => noteTime({ file: expect.getState().testPath!, cpu: cpuSeconds() - before }));
