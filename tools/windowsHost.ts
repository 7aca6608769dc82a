#!/usr/bin/env node
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";
import { Command, Option } from "commander";

/** Test files that need nothing but a Windows host; the doubtful things first. */
const FILES = ["doubtful", "life", "others", "values", "scm"].map((name) => `test/lab/windows/${name}.test.ts`);
const RESULTS = "dist/windows-results.json";

interface Options {
  host: string;
  address?: string;
  port?: string;
  type: "winrm" | "ssh";
  user: string;
  passwordEnv: string;
  hostKey?: string;
  caCertificate?: string;
  fingerprint?: string;
  report: string;
  test?: string;
}

interface Results {
  numPassedTests: number;
  numFailedTests: number;
  testResults: { assertionResults: Case[]; message: string; name: string }[];
}
interface Case {
  fullName: string;
  status: string;
  duration: number | null;
  failureMessages: string[];
}

const options = new Command("npm run lab:windows --")
  .description(
    "Runs the tests of Windows services against a Windows host that you have, and writes a report. They create services with " +
      "names such as `made` and `adopted`, and files below C:\\trial, and remove them at the end. Take a host that nobody needs.",
  )
  .requiredOption("--host <name>", "its name")
  .option("--address <address>", "its address, when that is not the name")
  .addOption(new Option("--type <type>", "how to reach it").choices(["winrm", "ssh"]).default("winrm"))
  .option("--port <port>", "default: 5985 (winrm), 5986 with a certificate, 22 (ssh)")
  .option("--user <user>", "an administrator", "Administrator")
  .requiredOption("--password-env <variable>", "the environment variable that holds the password")
  .option("--host-key <key>", "for ssh, as in known_hosts: ssh-ed25519 AAAA…")
  .option("--ca-certificate <file>", "for winrm over https: the certificate of the authority, in PEM")
  .option("--fingerprint <sha256>", "for winrm over https: the SHA-256 of the host's certificate")
  .option("--report <file>", "where the report goes", "windows-report.md")
  .option("--test <pattern>", "only tests with such a name")
  .addHelpText("after", "\nExit codes: 0 all passed, 1 some failed, 2 the options are wrong.")
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .parse()
  .opts<Options>();

if (process.env[options.passwordEnv] === undefined) {
  console.error(`error: the environment variable ${options.passwordEnv} is not set; it has to hold the password`);
  process.exit(2);
}
const { host, address, port, type, user, passwordEnv, hostKey, caCertificate, fingerprint } = options;
const tls = {
  ...(caCertificate !== undefined && { caCertificate: readFileSync(caCertificate, "utf8") }),
  ...(fingerprint !== undefined && { fingerprintSha256: fingerprint }),
};
const connection = {
  ...{ type, host, user, passwordEnv },
  ...(address !== undefined && { address }),
  ...(port !== undefined && { port: Number(port) }),
  ...(hostKey !== undefined && { hostKey }),
  ...(Object.keys(tls).length > 0 && { tls, port: Number(port ?? 5986) }),
};

mkdirSync("dist", { recursive: true });
const jest = ["--no-install", "jest", "--runInBand", "--json", "--outputFile", RESULTS];
const pattern = options.test === undefined ? [] : ["--testNamePattern", options.test];
const { status } = spawnSync("npx", [...jest, ...pattern, ...FILES], {
  stdio: ["ignore", "ignore", "inherit"],
  env: { ...process.env, PULUMI_BOTS_WINDOWS_HOST: JSON.stringify(connection) },
});
const results = JSON.parse(readFileSync(RESULTS, "utf8")) as Results;
writeFileSync(options.report, reportOf(results));
console.log(`${results.numPassedTests} passed, ${results.numFailedTests} failed: see ${options.report}`);
process.exit(status === 0 ? 0 : 1);

/** A report without the names and the password of the host. */
function reportOf({ testResults, numPassedTests, numFailedTests }: Results): string {
  const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
  const cases = [...testResults]
    .sort((a, b) => FILES.findIndex((file) => a.name.endsWith(file)) - FILES.findIndex((file) => b.name.endsWith(file)))
    .flatMap(({ assertionResults, message }) =>
      assertionResults.length > 0
        ? assertionResults
        : [{ fullName: "the tests could not begin", status: "failed", duration: null, failureMessages: [message] }],
    )
    .filter(({ status }) => status !== "pending");
  const rows = cases.map(({ fullName, status, duration }) => {
    const seconds = duration === null ? "" : (duration / 1000).toFixed(1);
    return `| ${fullName.replaceAll("|", "\\|")} | ${status} | ${seconds} |`;
  });
  const failures = cases
    .filter(({ failureMessages }) => failureMessages.length > 0)
    .map(({ fullName, failureMessages }) => `## ${fullName}\n\n\`\`\`\n${failureMessages.join("\n")}\n\`\`\`\n`);
  const text = [
    `# pulumi-bots ${version} on a Windows host, ${new Date().toISOString().slice(0, 10)}\n`,
    `Over ${type === "winrm" ? "WinRM" : "SSH"}: ${numPassedTests} passed, ${numFailedTests} failed.\n`,
    "| Test | Result | Seconds |\n| --- | --- | --- |",
    ...rows,
    "",
    ...failures,
  ].join("\n");
  const secrets = [`${process.cwd()}/`, host, address, process.env[passwordEnv]].filter((word): word is string =>
    Boolean(word),
  );
  return secrets.reduce((whole, word) => whole.replaceAll(word, "***"), stripVTControlCharacters(text));
}
