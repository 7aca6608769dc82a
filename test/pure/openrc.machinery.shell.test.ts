import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MACHINERY } from "../../provider/managers/openrc/machinery";
import { describeWith } from "../support/requirements";

const SHELLS = { dash: ["dash"], bash: ["bash", "--posix"], busybox: ["busybox", "sh"] } as const;

describe.each(Object.entries(SHELLS))("the script in %s", (name, [shell, ...args]) => {
  describeWith([name as keyof typeof SHELLS], "with a start-stop-daemon that says how it was called", () => {
    let folder: string;
    beforeAll(() => (folder = mkdtempSync(join(tmpdir(), "openrc-"))));
    afterAll(() => rmSync(folder, { recursive: true }));

    /** `ACTION ARGUMENTS OF start-stop-daemon`, each with the service that it is told. */
    function called(version: string): string[] {
      const stub = `#!/bin/sh\n[ "$1" != --version ] || exec echo "${version}"\necho "\${RC_SVCNAME:-none}: $*"\n`;
      writeFileSync(join(folder, "start-stop-daemon"), stub, { mode: 0o755 });
      const script = `
PATH=${folder}:$PATH RC_SVCNAME=pulumi-bots-test; export PATH RC_SVCNAME
command=/bin/true command_user=nobody output_log=/dev/null reload_command=/bin/true
ebegin() { :; }
eend() { return "$1"; }
${MACHINERY}
start && reload`;
      return execFileSync(shell, args, { input: script, encoding: "utf8" }).trimEnd().split("\n");
    }

    test.each([
      ["start-stop-daemon (OpenRC) 0.63.3", "--user"],
      ["start-stop-daemon 1.22.6 for Debian", "--chuid"],
    ])("%s: the user by %s, and what reloads is not taken for the daemon", (version, option) => {
      const [start, reload] = called(version);
      expect(start).toMatch(new RegExp(`^pulumi-bots-test: .* ${option} nobody `));
      expect(reload).toMatch(new RegExp(`^none: .* ${option} nobody `));
    });
  });
});
