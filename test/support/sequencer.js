/* eslint-disable @typescript-eslint/no-require-imports -- jest does not compile it: this file is CommonJS as it is */
const { default: Sequencer } = require("@jest/test-sequencer");

const LONGEST = [/lab.lifecycle/, /lab.initScript/, /lab/, /engine/];

/** Files that wait for hosts more than half of their time. */
const isWaiting = ({ path }) => /test.lab.\w+\.test/.test(path);

/**
 * The longest first: a fresh clone knows no durations, and what is begun last would go on when all else has ended. A file that
 * waits comes after each that computes, so that the workers seldom do the same.
 */
module.exports = class extends Sequencer {
  sort(tests) {
    const rank = ({ path }) => [...LONGEST, /^/].findIndex((pattern) => pattern.test(path));
    const sorted = [...super.sort(tests)].sort((a, b) => rank(a) - rank(b));
    const waiting = sorted.filter(isWaiting);
    const computing = sorted.filter((test) => !isWaiting(test));
    return Array.from({ length: sorted.length }, (_, i) => [computing[i], waiting[i]])
      .flat()
      .filter(Boolean);
  }
};
