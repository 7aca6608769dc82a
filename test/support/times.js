/* eslint-disable @typescript-eslint/no-require-imports -- the reporter loads it, and jest does not compile that: CommonJS */
const { appendFileSync, existsSync, readFileSync, rmSync } = require("node:fs");
const { join, resolve } = require("node:path");

/** What workers note of a run, a line each; the reporter adds it up. */
const notes = join(resolve(__dirname, "../.."), "dist", "test-times.jsonl");

const forgetTimes = () => rmSync(notes, { force: true });

/** `{ file, cpu }` or `{ file, host }`: seconds of CPU, or that the start of a host took. */
const noteTime = (time) => appendFileSync(notes, `${JSON.stringify(time)}\n`);

const readTimes = () =>
  existsSync(notes)
    ? readFileSync(notes, "utf8")
        .trim()
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line))
    : [];

/** CPU seconds of this process and of all its children that have ended (proc_pid_stat(5), fields 14 to 17). */
const cpuSeconds = () => {
  const fields = readFileSync("/proc/self/stat", "utf8")
    .replace(/^.*\) /, "")
    .split(" ");
  return fields.slice(11, 15).reduce((total, ticks) => total + Number(ticks), 0) / 100;
};

module.exports = { forgetTimes, noteTime, readTimes, cpuSeconds };
