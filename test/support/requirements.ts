import { existsSync } from "node:fs";
import { missingForLab, onPath } from "../../lab/requirements";
import { missingForWinRm } from "../../lab/windows/python";
import { missingForPrograms, missingForWindows } from "../../lab/windows/wine";

/** Holds the connection to a Windows host of one's own, in JSON: the tests that need no lab run there. */
export const REAL_HOST = "PULUMI_BOTS_WINDOWS_HOST";

/** Programs that a test may need and that not every computer has. */
export type Requirement =
  "lab" | "pulumi" | "pulumi-language-yaml" | "strace" | "root" | "winrm" | "windows" | Sdk | Shell;
type Sdk = "go" | "generate-sdks" | "python";
type Shell = "dash" | "bash" | "busybox";

const reasons: Record<Requirement, () => string[]> = {
  lab: missingForLab,
  pulumi: () => (onPath("pulumi") ? [] : ["the Pulumi CLI is not on the PATH: npm test puts it there"]),
  strace: () => (onPath("strace") ? [] : ["strace is not on the PATH: npm test installs it on Debian, as root"]),
  winrm: missingForWinRm,
  windows: () => (process.env[REAL_HOST] === undefined ? missingForWindows() : missingForPrograms()),
  root: () => (process.getuid?.() === 0 ? [] : ["this is not root, who alone can give files to others"]),
  dash: () => (onPath("dash") ? [] : ["there is no dash"]),
  bash: () => (onPath("bash") ? [] : ["there is no bash"]),
  busybox: () => (onPath("busybox") ? [] : ["there is no busybox"]),
  go: () => (onPath("go") ? [] : ["Go is not on the PATH"]),
  "generate-sdks": () =>
    onPath("generate-sdks") ? [] : ["generate-sdks is not on the PATH: npm test builds it where there is Go"],
  python: () =>
    existsSync(process.env["PULUMI_BOTS_PYTHON"] ?? "") ? [] : ["npm test could not set up Python with the Pulumi SDK"],
  "pulumi-language-yaml": () => (onPath("pulumi-language-yaml") ? [] : ["pulumi-language-yaml is not on the PATH"]),
};

/** For tests that hang: on a busy computer everything takes ten times as long, and the first host builds a template. */
const timeout = 900_000;

/**
 * `describe` for tests that not every computer can run. If they can't run, they are skipped, and the summary shows their names and
 * the reason. On CI, a test that can't run fails.
 */
export function describeWith(requirements: Requirement[], name: string, tests: () => void): void {
  jest.setTimeout(timeout);
  const missing = requirements.flatMap((requirement) => reasons[requirement]());
  if (missing.length === 0) {
    describe(name, tests);
  } else if (process.env["CI"] === "true") {
    test(name, () => {
      throw new Error(`It can't run here, and on CI nothing may be skipped: ${missing.join("; ")}`);
    });
  } else {
    describe.skip(`${name} - needs ${requirements.join(", ")}: ${missing.join("; ")}`, tests);
  }
}
