/** @type {import("jest").Config} */
module.exports = {
  testEnvironment: "node",
  testMatch: ["<rootDir>/test/**/*.test.ts"],
  // dist/ holds the same modules again.
  modulePathIgnorePatterns: ["<rootDir>/dist/"],
  moduleNameMapper: { "^(\\.{1,2}/.*)\\.js$": "$1" }, // dynamic imports name the compiled file
  transform: {
    "\\.ts$": [
      "@swc/jest",
      {
        jsc: { target: "es2022", parser: { syntax: "typescript" } },
        module: { type: "commonjs" },
        sourceMaps: "inline",
      },
    ],
  },
  maxWorkers: 2,
  globalSetup: "<rootDir>/test/support/globalSetup.ts",
  globalTeardown: "<rootDir>/test/support/globalTeardown.ts",
  reporters: ["default", "<rootDir>/test/support/reporter.js"],
};
