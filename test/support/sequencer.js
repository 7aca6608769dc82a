/* eslint-disable @typescript-eslint/no-require-imports -- jest does not compile it: this file is CommonJS as it is */
const { default: Sequencer } = require("@jest/test-sequencer");

const LONGEST = [/lifecycle.lsbOnSystemd/, /lab.lifecycle/, /lab.initScript/, /lab/, /engine/];

/** The longest first: a fresh clone knows no durations, and what is begun last would go on when all else has ended. */
module.exports = class extends Sequencer {
  sort(tests) {
    const rank = ({ path }) => [...LONGEST, /^/].findIndex((pattern) => pattern.test(path));
    return [...super.sort(tests)].sort((a, b) => rank(a) - rank(b));
  }
};
