/* eslint-disable @typescript-eslint/no-require-imports -- jest does not compile reporters: this file is CommonJS as it is */
const { mkdirSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");

/**
 * Names what was skipped, with the reason, and writes the numbers to a file for .ci/run.
 */
module.exports = class Reporter {
  constructor(globalConfig) {
    this.file = join(globalConfig.rootDir, "dist", "test-results.json");
  }

  onRunComplete(_contexts, results) {
    const tests = results.testResults.flatMap((file) => file.testResults);
    const pending = tests.filter((test) => test.status === "pending");
    const summary = {
      passed: results.numPassedTests,
      // A file that can't be loaded has no tests that could fail.
      failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
      skipped: pending.map((test) => test.fullName),
      todo: results.numTodoTests,
    };
    mkdirSync(join(this.file, ".."), { recursive: true });
    writeFileSync(this.file, JSON.stringify(summary, null, 2));
    let group;
    for (const test of pending) {
      const reason = test.ancestorTitles.join(" > ");
      if (reason !== group) process.stderr.write(`\nSkipped: ${reason}\n`);
      group = reason;
      process.stderr.write(`  ${test.title}\n`);
    }
  }
};
