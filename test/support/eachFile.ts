import { cpuSeconds, noteTime } from "./times";

/** For the report: what a file took. */
const before = cpuSeconds();
afterAll(() => noteTime({ file: expect.getState().testPath!, cpu: cpuSeconds() - before }));
