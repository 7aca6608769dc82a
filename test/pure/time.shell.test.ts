import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HostFacts } from "../../provider/posix/facts";
import type { Live } from "../../model/service";
import { shQuote } from "../../provider/posix/shell/quote";
import { MANAGERS } from "../../provider/posix/managers";
import { runShell } from "../support/shell";

const facts: HostFacts = {
  ...{
    machineId: "",
    hostName: "",
    uptime: 1,
    init: "systemd",
    initText: "",
    systemdVersion: 252,
    upstartVersion: "1.13.2",
  },
  ...{ startStopDaemon: "dpkg", tools: new Set(), uid: 0 },
};
const live: Live = {
  ...{ installed: true, masked: false, startMode: "automatic", definition: { command: ["/bin/true"] } },
  ...{ state: { status: "stopped", restartCount: 0, inTransit: false } },
  ...{ overrides: [], links: [], files: [], unmapped: [], warnings: [] },
};

describe("a start takes as long as its manager and the operation allow, and no limit of ours ends it", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "time-"));
    for (const name of ["systemctl", "initctl", "rc-service", "journalctl"]) {
      // Each of them waits for ever for the start, and does all else at once.
      const waits = `#!/bin/sh\ncase " $* " in *" start "* | *" restart "*) exec sleep 612.25 ;; esac\n`;
      writeFileSync(join(folder, name), waits);
      chmodSync(join(folder, name), 0o755);
    }
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each([
    ["systemd", "systemctl start"],
    ["lsb", ""],
    ["upstart", "initctl start"],
    ["openrc", "rc-service web start"],
  ] as const)("%s", (name, said) => {
    const steps = MANAGERS.get(name)!.steps({ name: "web", action: "start" }, live, facts);
    const script = steps.find((step) => step.name === "start")!.script;
    expect(script).not.toMatch(/\b150\b/);
    const within = (seconds: number) =>
      runShell(["sh"], `PATH=${shQuote(folder)}:$PATH\npb_clock; pb_deadline=$((pb_clock + ${seconds}))\n${script}`);
    const started = Date.now();
    const { code, stderr } = within(3);
    expect(code).toBe(124);
    expect(Date.now() - started).toBeGreaterThan(1_500);
    if (said !== "") expect(stderr).toMatch(new RegExp(`${said}: did not finish within [123] seconds`));
  });
});
