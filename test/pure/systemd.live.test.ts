import { systemd } from "../../provider/posix/managers/systemd";
import { parseState } from "../../provider/posix/managers/systemd/state";
import { BOTS, facts, live, UNIT, written } from "../support/systemdUnits";
import { marker } from "../support/definitions";

describe("drift of a service of ours", () => {
  test("a drop-in is shown line by line, the definition stays", () => {
    const file = `${UNIT}.d/x.conf`;
    const seen = written(BOTS, { "drop-in.0.path": file, "drop-in.0.text": "[Service]\nUser=root\nEnvironment=\n" });
    expect(seen.definition).toEqual(BOTS);
    expect(seen.overrides).toEqual([file]);
    expect(seen.unmapped).toEqual(["User=root", "Environment="].map((line) => ({ file, line })));
  });

  test("drop-ins elsewhere are a warning", () => {
    const path = "/usr/lib/systemd/system/service.d/10-all.conf";
    const [unit] = systemd.render("web", { command: ["/bin/a"] }, marker, facts);
    const seen = live({ unit: unit!.content }, { DropInPaths: `${path} ${UNIT}.d/x.conf` });
    expect(seen.warnings).toEqual([`${path} changes this service too`]);
  });

  test("odd lines in the file of secrets are not shown", () => {
    const seen = written(BOTS, { environment: 'TOKEN="a\nb"\n\n# c\nexport X=geheim\nY=1' });
    expect(seen.definition.environment).toMatchObject({ TOKEN: "a\nb", Y: "1" });
    expect(seen.definition.secretEnvironment).toEqual(["TOKEN", "Y"]);
    expect(seen.unmapped).toEqual([
      { file: "/etc/pulumi-bots/web.env", line: "line 5 (not shown: the file holds secrets)" },
    ]);
  });

  test("owner, mode and hash", () => {
    const stat = `root:adm 664 ${UNIT}\nbots:bots 644 /etc/pulumi-bots/web.env`;
    expect(written(BOTS, { stat }).files).toEqual([
      { path: UNIT, owner: "root:adm", mode: "0664", sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
      { path: "/etc/pulumi-bots/web.env", owner: "bots:bots", mode: "0644" },
    ]);
  });
});

describe("a start that was skipped", () => {
  const unmet = { ConditionResult: "no", ConditionTimestampMonotonic: "5" };
  const unit = "[Unit]\nConditionPathExists=/a\n[Service]\nExecStart=/bin/a\n";
  test.each<[string, Record<string, string>, string | undefined]>([
    ["by a condition", unmet, "its start was skipped: ConditionPathExists=/a was not met"],
    ["by a program", { Result: "exec-condition" }, "its start was skipped: ExecCondition= was not met"],
    ["never looked at", { ...unmet, ConditionTimestampMonotonic: "0" }, undefined],
    ["met", { ...unmet, ConditionResult: "yes" }, undefined],
  ])("%s", (_, show, reason) => expect(live({ unit }, show).state.reason).toBe(reason));
});

test("drop-ins that lie where a unit will be", () => {
  const path = `${UNIT}.d/x.conf`;
  const fields = { "drop-in.0.path": path, "drop-in.0.text": "[Service]\nUser=x\n" };
  expect(live(fields, { LoadState: "not-found" })).toMatchObject({ installed: false, overrides: [path], unmapped: [] });
});

describe("what is installed", () => {
  const unit = "[Service]\nExecStart=/bin/a\n";

  test("nothing", () => {
    expect(live({}, { LoadState: "not-found", FragmentPath: "" })).toEqual({
      ...{ installed: false, definition: {}, startMode: "manual", masked: false, files: [], unmapped: [] },
      ...{ overrides: [], warnings: [] },
      state: { status: "notInstalled", inTransit: false, restartCount: 0 },
    });
  });

  test("masked", () => {
    const seen = live({ link: "/dev/null", links: "/etc/systemd/system/multi-user.target.wants/web.service\n" });
    expect(seen).toMatchObject({ installed: true, masked: true, startMode: "disabled", definition: {}, unmapped: [] });
    expect(seen.state.status).toBe("stopped");
    expect(live({}, { LoadState: "masked" })).toMatchObject({ installed: true, masked: true });
    expect(live({ unit: "" }, { LoadState: "masked" })).toMatchObject({ installed: true, masked: true });
    // A full disk leaves an empty file, too: systemd has not read that yet.
    expect(live({ unit: "" })).toMatchObject({ installed: true, masked: false });
  });

  test("at boot or not", () => {
    expect(live({ unit, links: "" }).startMode).toBe("manual");
    expect(live({ unit, links: "/etc/systemd/system/multi-user.target.wants/web.service\n" }).startMode).toBe(
      "automatic",
    );
  });

  test("a file that systemd has not loaded yet, and one that it still remembers", () => {
    expect(live({ unit }, { LoadState: "not-found", FragmentPath: "" })).toMatchObject({
      installed: true,
      state: { status: "stopped" },
    });
    const deleted = live({}, { ActiveState: "active", SubState: "running", MainPID: "7" });
    expect(deleted).toMatchObject({
      installed: false,
      state: { status: "running", reason: "its unit file was deleted" },
    });
  });

  test("somebody else's: package, alias, broken marker", () => {
    const vendor = "/lib/systemd/system/web.service";
    expect(live({ fragment: unit }, { FragmentPath: vendor })).toMatchObject({
      ...{ installed: true, definition: { command: ["/bin/a"] }, warnings: [] },
      files: [{ path: vendor }],
    });
    const [ours] = systemd.render("real", { command: ["/bin/a"] }, marker, facts);
    const alias = live({ unit: ours!.content }, { Id: "real.service", Names: "real.service web.service" });
    expect(alias.marker).toBeUndefined();
    expect(alias).toMatchObject({ aliasOf: "real.service", overrides: [] });
    const broken = live({ unit: `# pulumi-bots: {"ownerId":\n${unit}` });
    expect(broken.marker).toBeUndefined();
    expect(broken.warnings.join()).toContain("can't be parsed");
  });

  test("a unit that systemd generated from an init script does not count: the script is the service", () => {
    const generated = { FragmentPath: "/run/systemd/generator.late/web.service", SourcePath: "/etc/init.d/web" };
    expect(live({ fragment: unit }, generated)).toMatchObject({ installed: false, files: [], warnings: [] });
  });

  test("no answer is an error", () => {
    expect(() => live({}, { Names: "other.service" })).toThrow("systemctl show gave no answer for web.service");
  });
});

describe("state", () => {
  const state = (properties: Record<string, string>) => parseState(new Map(Object.entries(properties)), true);

  test.each<[Record<string, string>, object]>([
    [
      {
        ...{ ActiveState: "active", SubState: "running", MainPID: "42", NRestarts: "2", InvocationID: "abc" },
        ExecMainStartTimestampMonotonic: "12500000",
      },
      { status: "running", pid: 42, incarnation: "abc", restartCount: 2, startedUptime: 12.5, inTransit: false },
    ],
    [
      { ActiveState: "active", SubState: "running", MainPID: "42", ExecMainStartTimestampMonotonic: "5" },
      { status: "running", pid: 42, incarnation: "42@5", restartCount: 0, startedUptime: 0.000005, inTransit: false },
    ],
    [
      {
        ActiveState: "activating",
        SubState: "auto-restart",
        Result: "exit-code",
        ExecMainCode: "1",
        ExecMainStatus: "3",
      },
      { status: "flapping", reason: "waits for its restart after exit code 3", inTransit: false, restartCount: 0 },
    ],
    [
      { ActiveState: "failed", Result: "exit-code", ExecMainCode: "1", ExecMainStatus: "203", NRestarts: "5" },
      {
        ...{ status: "failed", inTransit: false, restartCount: 5 },
        reason: "exit code 203: program not found or not executable, gave up restarting it",
      },
    ],
    [
      { ActiveState: "failed", Result: "signal", ExecMainCode: "2", ExecMainStatus: "9" },
      { status: "failed", reason: "SIGKILL", inTransit: false, restartCount: 0 },
    ],
    [
      { ActiveState: "failed", Result: "oom-kill", ExecMainCode: "2", ExecMainStatus: "9" },
      { status: "failed", reason: "killed: out of memory, SIGKILL", inTransit: false, restartCount: 0 },
    ],
    [
      { ActiveState: "failed", Result: "resources", ExecMainCode: "0", ExecMainStatus: "0" },
      {
        ...{ status: "failed", inTransit: false, restartCount: 0 },
        reason: "systemd could not start it: resources or a file it needs are missing",
      },
    ],
    [
      {
        ActiveState: "inactive",
        LoadState: "bad-setting",
        LoadError: 'org.x.Bad "Unit w has a bad unit file setting."',
      },
      { status: "failed", reason: "Unit w has a bad unit file setting.", inTransit: false, restartCount: 0 },
    ],
    [
      { ActiveState: "activating", SubState: "start-pre" },
      { status: "stopped", reason: "starting (start-pre)", inTransit: true, restartCount: 0 },
    ],
    [
      { ActiveState: "deactivating", SubState: "stop-sigterm", MainPID: "7" },
      {
        status: "running",
        reason: "stopping (stop-sigterm)",
        inTransit: true,
        restartCount: 0,
        pid: 7,
        incarnation: "7@0",
      },
    ],
  ])("%j", (properties, expected) => {
    expect(state(properties)).toEqual(expected);
  });
});
