/* eslint-disable @typescript-eslint/no-require-imports -- the reporter loads it, and jest does not compile that: CommonJS */
const { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } = require("node:fs");
const { dirname, join, resolve } = require("node:path");

/** The notes of a run's workers, one a line; the reporter adds them up. Two runs in one checkout have a file each. */
const VARIABLE = "PULUMI_BOTS_TEST_TIMES";

/** Called in the process of the run, before it has workers. */
const beginTimes = () => {
  process.env[VARIABLE] = join(resolve(__dirname, "../.."), "dist", `test-times.${process.pid}`);
  mkdirSync(dirname(process.env[VARIABLE]), { recursive: true });
};

const noteTime = (time) => appendFileSync(process.env[VARIABLE], `${JSON.stringify(time)}\n`);

/** Returns all notes, and removes the file. */
const takeTimes = () => {
  const file = process.env[VARIABLE];
  if (file === undefined || !existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\n").filter(Boolean);
  rmSync(file);
  return lines.map((line) => JSON.parse(line));
};

/** CPU seconds of this process and of all its children that have ended (proc_pid_stat(5), fields 14 to 17). */
const cpuSeconds = () => {
  const stat = readFileSync("/proc/self/stat", "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields.slice(11, 15).reduce((total, ticks) => total + Number(ticks), 0) / 100;
};

module.exports = { beginTimes, noteTime, takeTimes, cpuSeconds };
