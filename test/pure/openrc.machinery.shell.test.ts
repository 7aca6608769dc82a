import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { machinery } from "../../provider/posix/managers/openrc/machinery";
import { describeWith } from "../support/requirements";

const SHELLS = { dash: ["dash"], bash: ["bash", "--posix"], busybox: ["busybox", "sh"] } as const;

describe.each(Object.entries(SHELLS))("the script in %s", (name, [shell, ...args]) => {
  describeWith([name as keyof typeof SHELLS], "with programs of OpenRC that say how they were called", () => {
    let folder: string;
    beforeAll(() => (folder = mkdtempSync(join(tmpdir(), "openrc-"))));
    afterAll(() => rmSync(folder, { recursive: true }));

    /** Calls actions of a script: the lines that the program of that name says, which says of itself what is given. */
    function called(program: string, ofItself: string, settings: string, actions: string): string[] {
      const stub = `#!/bin/sh\n[ $# -gt 1 ] || exec echo "${ofItself}"\necho "\${RC_SVCNAME:-none}: $*"\n`;
      writeFileSync(join(folder, program), stub, { mode: 0o755 });
      const script = `
PATH=${folder}:$PATH RC_SVCNAME=pulumi-bots-test; export PATH RC_SVCNAME
command=/bin/true command_user=nobody output_log=/dev/null ${settings}
ebegin() { :; }
eend() { return "$1"; }
${machinery()}
${actions}`;
      return execFileSync(shell, args, { input: script, encoding: "utf8" }).trimEnd().split("\n");
    }

    test.each([
      ["start-stop-daemon (OpenRC) 0.63.3", "--user"],
      ["start-stop-daemon 1.22.6 for Debian", "--chuid"],
    ])("%s: the user by %s, and what reloads is not taken for the daemon", (version, option) => {
      const [start, reload] = called("start-stop-daemon", version, "reload_command=/bin/true", "start && reload");
      expect(start).toMatch(new RegExp(`^pulumi-bots-test: .* ${option} nobody `));
      expect(reload).toMatch(new RegExp(`^none: .* ${option} nobody `));
    });

    test.each([
      ["-D, --respawn-delay <arg> --respawn-delay-step <arg>", true],
      ["-D, --respawn-delay <arg>", false],
    ])("the delay is always the same: %s", (help, grows) => {
      const supervised = "supervisor=supervise-daemon respawn_delay=60";
      const [start] = called("supervise-daemon", help, supervised, "start");
      expect(start).toMatch(/^pulumi-bots-test: pulumi-bots-test --start .* --respawn-delay 60 /);
      expect(start!.includes(" --respawn-delay-step 0 ")).toBe(grows);
    });
  });
});
