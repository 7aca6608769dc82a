import { preflightStep } from "../../provider/posix/host/preflight";
import { probeStep } from "../../provider/posix/host/probes";
import { runShell } from "../support/shell";

const SHELLS = [["dash"], ["bash", "--posix"], ["busybox", "sh"]];

describe.each(SHELLS)("asked of a host by %s", (...shell) => {
  test("what a definition names and the host lacks is told, in words that name the property", () => {
    const { script } = preflightStep(
      {
        command: ["/usr/bin/no-such-program"],
        workingDirectory: "/no/such folder",
        runAs: { user: "no-such-user", group: "no-such-group" },
        logs: { stdout: "/no/such/log", stderr: "discard" },
      },
      "systemd",
    );
    const { fields, code } = runShell(shell, script);
    expect([code, fields.get("missing")?.split("\n")]).toEqual([
      0,
      [
        'runAs.user\tthere is no user "no-such-user"',
        'runAs.group\tthere is no group "no-such-group"',
        "workingDirectory\tthere is no folder /no/such folder",
        "command[0]\tthere is no program /usr/bin/no-such-program",
        "logs.stdout\tthere is no folder /no/such",
        "",
      ],
    ]);
  });

  test("a host that has all misses nothing", () => {
    const { script } = preflightStep(
      { command: ["/bin/sh"], workingDirectory: "/", runAs: { user: "root", group: "0" }, logs: { stdout: "/log" } },
      "script",
    );
    expect(runShell(shell, script).fields.get("missing")).toBe("");
  });

  test.each([
    ["echo 'it works'; echo 7; exit 3", "3", "it works\n7\n"],
    ["printf 'no end'", "0", "no end"],
    ["exit 1", "1", ""],
  ])("a ready command: %s", (script, code, output) => {
    const ready = { command: ["sh", "-c", script], timeoutSeconds: 60 };
    const step = probeStep(ready, { name: "processes", script: "processes=" });
    const { fields } = runShell(shell, step.script);
    expect([fields.get("command"), fields.get("command_output")]).toEqual([code, output]);
  });
});
