/* eslint-disable @typescript-eslint/no-require-imports -- jest does not compile it: this file is CommonJS as it is */
const { default: Sequencer } = require("@jest/test-sequencer");

const LONGEST = [/lab.lifecycle/, /lab.initScript/, /lab/, /engine/];

/** Files that wait for hosts for more than half of their time. */
const isWaiting = ({ path }) => /test.lab.\w+\.test/.test(path);

/**
 * The longest files first, because a long one that begins last would run alone at the end; a fresh clone knows no durations.
 * Files that wait and files that compute alternate, so that the workers seldom do the same.
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
