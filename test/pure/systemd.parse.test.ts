import fc from "fast-check";
import type { Definition } from "../../model/service";
import { systemd } from "../../provider/posix/managers/systemd";
import { oneLine } from "../support/definitions";
import { live, UNIT, written } from "../support/systemdUnits";

describe("units made by hand", () => {
  const cases: [string, string, Definition][] = [
    [
      "spellings of the same",
      `[Unit]\nDescription = 50%% off \n[Service]\nExecStart=/usr/bin/python3 -m "http server" '8 080' a\\x20b\\n
       UMask=22\nKillSignal=15\nTimeoutStopSec=1min 30s\nRestartSec=500ms\nRestart=on-failure\nKillMode=control-group
       Environment=A=1 "B=2 3"\nEnvironment='C=4'\nExecReload=/usr/bin/kill -s HUP $MAINPID\nStandardOutput=null`,
      {
        description: "50% off",
        command: ["/usr/bin/python3", "-m", "http server", "8 080", "a b\n"],
        umask: "0022",
        stop: { signal: "SIGTERM", timeoutSeconds: 90, mode: "group" },
        restart: { policy: "onFailure", delaySeconds: 0.5 },
        environment: { A: "1", B: "2 3", C: "4" },
        reload: { signal: "SIGHUP" },
        logs: { stdout: "discard" },
      },
    ],
    [
      "comments and continued lines",
      "; x\n[Service]\n# y\\\nExecStart=/bin/a \\\n  b \\\n# in between\n;and more\n  c\nUser=bots\\\n",
      { command: ["/bin/a", "b", "c"], runAs: { user: "bots" } },
    ],
    [
      "CRLF",
      "[Service]\r\nExecStart=/bin/a \\\r\n b\r\nUser=x\r\n",
      { command: ["/bin/a", "b"], runAs: { user: "x" } },
    ],
    [
      "resets",
      "[Service]\nExecStart=/bin/a\nExecStart=\nExecStart=/bin/b\nUser=x\nUser=\nEnvironment=A=1\nEnvironment=\nEnvironment=B=2",
      { command: ["/bin/b"], environment: { B: "2" } },
    ],
    ...[
      "/bin/a $OPTIONS",
      "/bin/a ${X}y",
      "/bin/a %h",
      "-/bin/a",
      "@/bin/a b",
      "a",
      "/bin/a ; /bin/b",
      "/bin/a \\;",
      '/bin/a "',
      "/bin/a \\q",
    ].map((line): [string, string, Definition] => [
      `no literal argv: ${line}`,
      `[Service]\nExecStart=${line}\n`,
      { options: { systemd: { service: { ExecStart: line } } } },
    ]),
    [
      "several commands",
      "[Service]\nType=oneshot\nExecStart=/bin/a\nExecStart=/bin/b\n",
      { options: { systemd: { service: { Type: "oneshot", ExecStart: ["/bin/a", "/bin/b"] } } } },
    ],
    [
      "environment that can't be said exactly",
      "[Service]\nExecStart=/bin/a\nEnvironment=A=%h B=2\nEnvironment=C=3\nEnvironmentFile=-/etc/default/x\nPassEnvironment=D\n",
      {
        command: ["/bin/a"],
        environment: { C: "3" },
        options: {
          systemd: { service: { Environment: "A=%h B=2", EnvironmentFile: "-/etc/default/x", PassEnvironment: "D" } },
        },
      },
    ],
    [
      "environment where the order counts",
      "[Service]\nExecStart=/bin/a\nEnvironment=A=%h\nEnvironment=A=3\n",
      { command: ["/bin/a"], options: { systemd: { service: { Environment: ["A=%h", "A=3"] } } } },
    ],
    [
      "dependencies",
      "[Unit]\nWants=a.service network-online.target\nAfter=network-online.target a.service b.service\nWants=c.service\nRequires=d.service\n[Service]\nExecStart=/bin/a\n",
      {
        command: ["/bin/a"],
        requires: ["a"],
        options: {
          systemd: {
            unit: {
              Wants: ["network-online.target", "c.service"],
              After: "network-online.target b.service",
              Requires: "d.service",
            },
          },
        },
      },
    ],
    [
      "values beyond our properties",
      `[Service]\nExecStart=/bin/a\nRestart=on-abnormal\nTimeoutStopSec=infinity\nKillMode=none\nWorkingDirectory=~\nUMask=x
       StandardOutput=journal\nUser=%i\nKillSignal=42\nExecReload=/bin/a\nExecReload=/bin/b`,
      {
        command: ["/bin/a"],
        options: {
          systemd: {
            service: {
              ...{ Restart: "on-abnormal", TimeoutStopSec: "infinity", KillMode: "none", WorkingDirectory: "~" },
              ...{
                UMask: "x",
                StandardOutput: "journal",
                User: "%i",
                KillSignal: "42",
                ExecReload: ["/bin/a", "/bin/b"],
              },
            },
          },
        },
      },
    ],
    [
      "start limits of their own",
      "[Unit]\nStartLimitIntervalSec=60\nStartLimitBurst=4\n[Service]\nExecStart=/bin/a\n",
      { command: ["/bin/a"], options: { systemd: { unit: { StartLimitIntervalSec: "60", StartLimitBurst: "4" } } } },
    ],
    [
      "no start limit, in the old place",
      "[Service]\nExecStart=/bin/a\nStartLimitInterval=0\n",
      { command: ["/bin/a"], restart: { maxAttempts: 0 } },
    ],
    [
      "a time-out for all before one for the stop",
      "[Service]\nExecStart=/bin/sleep 1\nTimeoutSec=300\nTimeoutStopSec=10\n",
      {
        command: ["/bin/sleep", "1"],
        stop: { timeoutSeconds: 10 },
        options: { systemd: { service: { TimeoutStartSec: "300" } } },
      },
    ],
    [
      "a bus name, which makes the type",
      "[Service]\nBusName=org.example.X\nExecStart=/bin/sleep 1\n",
      {
        command: ["/bin/sleep", "1"],
        options: { systemd: { service: { Type: "dbus", BusName: "org.example.X" } } },
      },
    ],
    [
      "no program but one for the stop, which makes the type",
      "[Service]\nExecStop=/bin/a\n",
      { options: { systemd: { service: { Type: "oneshot", ExecStop: "/bin/a" } } } },
    ],
    [
      "conditions of any kind take back all others",
      "[Unit]\nConditionPathExists=/a\nConditionHost=\nConditionUser=x\n[Service]\nExecStart=/bin/a\n",
      { command: ["/bin/a"], options: { systemd: { unit: { ConditionUser: "x" } } } },
    ],
    [
      "lists that add up, or can't be taken back",
      "[Unit]\nAfter=a.service\nAfter=\nAfter=b.service\n[Service]\nExecStart=/bin/a\nRestartPreventExitStatus=1\nRestartPreventExitStatus=2\n",
      {
        command: ["/bin/a"],
        options: {
          systemd: {
            unit: { After: ["a.service", "", "b.service"] },
            service: { RestartPreventExitStatus: ["1", "2"] },
          },
        },
      },
    ],
    [
      "one setting in two places",
      "[Service]\nExecStart=/bin/a\nStartLimitInterval=5\n[Unit]\nStartLimitIntervalSec=7\n",
      { command: ["/bin/a"], options: { systemd: { unit: { StartLimitIntervalSec: "7" } } } },
    ],
    [
      "an install section of its own",
      "[Service]\nExecStart=/bin/a\n[Install]\nWantedBy=multi-user.target\nAlias=b.service\n",
      {
        command: ["/bin/a"],
        options: { systemd: { install: { WantedBy: "multi-user.target", Alias: "b.service" } } },
      },
    ],
    [
      "an empty assignment may mean something",
      "[Service]\nExecStart=/bin/a\nCapabilityBoundingSet=\nX-Foo=1\n[X-Mine]\nwhatever\n",
      { command: ["/bin/a"], options: { systemd: { service: { CapabilityBoundingSet: "", "X-Foo": "1" } } } },
    ],
  ];

  test.each(cases)("%s", (_, unit, definition) => {
    const seen = live({ unit });
    expect(seen.definition).toEqual(definition);
    expect(seen.unmapped).toEqual([]);
    expect(seen.marker).toBeUndefined();
    expect(systemd.validate(seen.definition)).toEqual([]);
    expect(systemd.defaults(written(seen.definition).definition)).toEqual(systemd.defaults(definition));
  });

  test("nothing is lost, whatever the lines", () => {
    const name = fc.constantFrom(
      ...["ExecStart", "ExecReload", "Environment", "EnvironmentFile", "User", "UMask", "Restart", "RestartSec"],
      ...[
        "TimeoutStopSec",
        "KillSignal",
        "StandardOutput",
        "Description",
        "Wants",
        "After",
        "StartLimitBurst",
        "WantedBy",
      ],
      ...["StartLimitInterval", "StartLimitIntervalSec", "LimitNOFILE", "Type", "X-DisplayName", "WorkingDirectory"],
    );
    const value = fc.oneof(
      fc.constantFrom(
        "",
        "/bin/a b",
        "-/x",
        "A=1",
        '"A=%h" B=2',
        "a.service b.service",
        "a.service",
        "always",
        "0",
        "5",
        "15",
      ),
      fc.constantFrom(
        "null",
        "append:/x",
        "/bin/kill -HUP $MAINPID",
        "exec",
        "multi-user.target",
        "/etc/pulumi-bots/web.env",
      ),
      oneLine,
    );
    const section = fc.constantFrom("[Unit]", "[Service]", "[Install]");
    const line = fc.oneof({ weight: 5, arbitrary: fc.tuple(name, value).map((parts) => parts.join("=")) }, section);
    fc.assert(
      fc.property(fc.array(line, { maxLength: 20 }), (lines) => {
        const { definition } = live({ unit: ["[Service]", ...lines].join("\n") });
        const issues = systemd.validate(definition).filter(({ path }) => path.join() !== "command");
        expect(issues).toEqual([]);
        expect(written(definition).definition).toEqual(definition);
        expect(systemd.defaults(written(definition).definition)).toEqual(systemd.defaults(definition));
      }),
      { numRuns: 3000 },
    );
  });

  test("dollars that are no variables", () => {
    expect(live({ unit: "[Service]\nExecStart=/bin/a b$c $$d c;d ';' e$\n" }).definition.command).toEqual([
      ...["/bin/a", "b$c", "$d", "c;d", ";", "e$"],
    ]);
  });

  test("lines that are no directive", () => {
    const unit = "Early=1\n[Unit]\nno directive\n.include /x\n[Socket]\nA=1\n[Service]\nExecStart=/bin/a\nBad Name=2\n";
    const lines = ["Early=1", "no directive", ".include /x", "[Socket]", "A=1", "Bad Name=2"];
    expect(live({ unit }).unmapped).toEqual(lines.map((line) => ({ file: UNIT, line })));
  });

  test("drop-ins are folded in, by file name", () => {
    const control = "/etc/systemd/system.control/web.service.d/50-MemoryMax.conf";
    const seen = live({
      unit: "[Service]\nExecStart=/bin/a\nUser=x\nLimitNOFILE=1\nExecStartPre=/bin/p\n",
      "drop-in.0.path": `${UNIT}.d/90.conf`,
      "drop-in.0.text": "[Service]\nUser=z\nLimitNOFILE=3\nExecStartPre=\n",
      "drop-in.1.path": `${UNIT}.d/10 b.conf`,
      "drop-in.1.text": "[Service]\nUser=y\nLimitNOFILE=2\nExecStartPre=/bin/q\nExecStart=\nExecStart=/bin/b",
      "drop-in.2.path": control,
      "drop-in.2.text": "[Service]\nMemoryMax=1G\noops",
      "drop-in.3.path": `${UNIT}.d/empty.conf`,
      "drop-in.3.text": "# nothing\n",
    });
    expect(seen.definition).toEqual({
      command: ["/bin/b"],
      runAs: { user: "z" },
      options: { systemd: { service: { LimitNOFILE: "3", ExecStartPre: "", MemoryMax: "1G" } } },
    });
    expect(seen.overrides).toEqual([`${UNIT}.d/10 b.conf`, control, `${UNIT}.d/90.conf`]);
    expect(seen.unmapped).toEqual([{ file: control, line: "oops" }]);
  });
});
