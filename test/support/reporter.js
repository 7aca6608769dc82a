/* eslint-disable @typescript-eslint/no-require-imports -- jest does not compile reporters: this file is CommonJS as it is */
const { mkdirSync, writeFileSync } = require("node:fs");
const { join, relative } = require("node:path");
const { takeTimes } = require("./times.js");

/** Prints the skipped tests with the reason and the time of each file, and writes the numbers to a file for .ci/run. */
module.exports = class Reporter {
  constructor(globalConfig) {
    this.root = globalConfig.rootDir;
    this.file = join(this.root, "dist", "test-results.json");
  }

  onRunComplete(_contexts, results) {
    const tests = results.testResults.flatMap((file) => file.testResults);
    const pending = tests.filter((test) => test.status === "pending");
    const times = this.times(results);
    const summary = {
      passed: results.numPassedTests,
      // A file that can't be loaded has no failed tests.
      failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
      skipped: pending.map((test) => test.fullName),
      todo: results.numTodoTests,
      times,
    };
    mkdirSync(join(this.file, ".."), { recursive: true });
    writeFileSync(this.file, JSON.stringify(summary, null, 2));
    if (times.files.length > 1) process.stderr.write(table(times));
    let group;
    for (const test of pending) {
      const reason = test.ancestorTitles.join(" > ");
      if (reason !== group) process.stderr.write(`\nSkipped: ${reason}\n`);
      group = reason;
      process.stderr.write(`  ${test.title}\n`);
    }
  }

  /** Seconds of each file, longest first, with the CPU seconds and host starts in them. */
  times(results) {
    const noted = takeTimes();
    const files = results.testResults.map(({ testFilePath, perfStats }) => {
      const own = noted.filter(({ file }) => file === testFilePath);
      return {
        file: relative(this.root, testFilePath),
        seconds: (perfStats.end - perfStats.start) / 1000,
        cpu: sum(own.map(({ cpu }) => cpu ?? 0)),
        hostCpu: sum(own.map(({ hostCpu }) => hostCpu ?? 0)),
        hosts: own.filter(({ host }) => host !== undefined).length,
        hostSeconds: sum(own.map(({ host }) => host ?? 0)),
      };
    });
    return { seconds: (Date.now() - results.startTime) / 1000, files: files.sort((a, b) => b.seconds - a.seconds) };
  }
};

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

/** The CPU time is that of jest with the plugins and the Pulumi CLI, and that of the hosts. */
function table({ seconds, files }) {
  const row = (what, of) => {
    const total = (key) => sum(of.map((file) => file[key]));
    const [hosts, hostSeconds] = [total("hosts"), total("hostSeconds")];
    const [all, cpu, hostCpu] = ["seconds", "cpu", "hostCpu"].map((key) => total(key).toFixed(0));
    const perHost = hosts === 0 ? "" : `${hosts} host starts of ${(hostSeconds / hosts).toFixed(1)} s`;
    return `${all.padStart(6)} s  CPU ${cpu.padStart(4)} + ${hostCpu.padStart(4)} s  ${what.padEnd(45)} ${perHost}\n`;
  };
  const levels = [...new Set(files.map(({ file }) => file.split("/")[1]))];
  return [
    "\nWhere the time went:\n",
    ...files.map((file) => row(file.file, [file])),
    ...levels.map((level) =>
      row(
        `all of test/${level}`,
        files.filter(({ file }) => file.split("/")[1] === level),
      ),
    ),
    row(`all, in ${seconds.toFixed(0)} s`, files),
  ].join("");
}
