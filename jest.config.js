/** @type {import("jest").Config} */
module.exports = {
  testEnvironment: "node",
  testMatch: ["<rootDir>/test/**/*.test.ts"],
  // dist/ holds the same modules again.
  modulePathIgnorePatterns: ["<rootDir>/dist/"],
  moduleNameMapper: { "^(\\.{1,2}/.*)\\.js$": "$1" }, // dynamic imports name the compiled file
  transform: {
    "\\.[jt]s$": [
      "@swc/jest",
      {
        jsc: { target: "es2022", parser: { syntax: "typescript" } },
        module: { type: "commonjs" },
        sourceMaps: "inline",
      },
    ],
  },
  // ES modules, which Jest has to compile as well.
  transformIgnorePatterns: ["/node_modules/(?!(p-retry|is-network-error|unbash)/)"],
  maxWorkers: 4, // on two cores: files of test/lab wait for more than half of their time
  testTimeout: 180_000, // 5 s, the default, is not enough on a busy machine
  maxConcurrency: 8, // concurrent tests wait most of the time
  globalSetup: "<rootDir>/test/support/globalSetup.ts",
  globalTeardown: "<rootDir>/test/support/globalTeardown.ts",
  setupFilesAfterEnv: ["<rootDir>/test/support/eachFile.ts"],
  testSequencer: "<rootDir>/test/support/sequencer.js",
  reporters: ["default", "<rootDir>/test/support/reporter.js"],
};
