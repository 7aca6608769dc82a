import type { LabHost } from "../../lab";
import type { Marker } from "../../model/service";
import type { HostFacts } from "../../provider/posix/facts";
import { systemd } from "../../provider/posix/managers/systemd";
import { managerOnHost } from "../support/managerOnHost";
import { describeWith } from "../support/requirements";
import { facts as someFacts } from "../support/systemdUnits";
import { labHost } from "../support/hosts";

const marker: Marker = { ownerId: "o1", urn: "urn:pulumi:p::e::bots:index:Service::web", definition: "", triggers: "" };

/** Units as people write them, each with the drop-ins in /etc that lie over it. */
const cases: Record<string, string | [unit: string, ...dropIns: string[]]> = {
  "the shortest one": "ExecStart=/bin/sleep 1",
  "a time-out for both, then one for the stop": "ExecStart=/bin/sleep 1\nTimeoutSec=300\nTimeoutStopSec=10",
  "a time-out for the stop, then one for both": "ExecStart=/bin/sleep 1\nTimeoutStopSec=10\nTimeoutSec=300",
  "a time-out for both, then one for the start": "ExecStart=/bin/sleep 1\nTimeoutSec=300\nTimeoutStartSec=10",
  "no time-out for both": "ExecStart=/bin/sleep 1\nTimeoutSec=0",
  "an infinite time-out for both": "ExecStart=/bin/sleep 1\nTimeoutSec=infinity\nTimeoutStopSec=1min 2s",
  "no time-out for the stop": "ExecStart=/bin/sleep 1\nTimeoutStopSec=0",
  "a time-out for the abort": "ExecStart=/bin/sleep 1\nTimeoutStopSec=5\nTimeoutAbortSec=7\nTimeoutSec=9",
  "a time-out that is empty": "ExecStart=/bin/sleep 1\nTimeoutSec=9\nTimeoutStopSec=",
  "a time-out over a drop-in's": ["ExecStart=/bin/sleep 1\nTimeoutStopSec=10", "TimeoutSec=300"],
  "a bus name and no type": "ExecStart=/bin/sleep 1\nBusName=org.example.X",
  "a bus name and the type simple": "ExecStart=/bin/sleep 1\nType=simple\nBusName=org.example.X",
  "a bus name in a drop-in": ["ExecStart=/bin/sleep 1", "BusName=org.example.X"],
  "no program but one for the stop": "RemainAfterExit=yes\nExecStop=/bin/true",
  "one shot": "Type=oneshot\nExecStart=/bin/true\nExecStart=-/bin/false\nRemainAfterExit=yes",
  "one shot with a time-out": "Type=oneshot\nExecStart=/bin/true\nTimeoutSec=5",
  "one shot that is tried again": "Type=oneshot\nExecStart=/bin/true\nRestart=on-failure",
  "a fork with its pid file": "Type=forking\nPIDFile=/var/run/x.pid\nExecStart=/bin/true\nGuessMainPID=no",
  notifications: "Type=notify\nExecStart=/bin/true\nWatchdogSec=30\nNotifyAccess=all",
  "a type that is taken back": "Type=oneshot\nType=\nExecStart=/bin/true",
  "commands taken back in the middle":
    "Type=oneshot\nExecStart=/bin/a\nExecStart=\nExecStart=/bin/true\nExecStart=/bin/false",
  "commands taken back in a drop-in": [
    "ExecStart=/bin/sleep 1\nExecStartPre=/bin/true\nExecStartPost=/bin/true",
    "ExecStart=\nExecStart=/bin/sleep 2\nExecStartPre=",
    "ExecStartPost=/bin/false",
  ],
  "prefixes and variables": "ExecStart=@/bin/sh x -c 'echo $$A ${B} %n' $C\nExecStop=+-/bin/kill $MAINPID",
  "quotes and escapes": `ExecStart=/bin/echo "a b" 'c "d"' e\\x20f \\u00e9 "\\t" ; /bin/true`,
  "a program in a search path": "ExecStart=sleep 1",
  "lines that go on": "ExecStart=/bin/sleep \\\n# a comment\n  1\nEnvironment=A=1 \\\n  B=2",
  "output to files": "ExecStart=/bin/true\nStandardOutput=append:/var/log/x\nStandardError=inherit",
  "output to files, truncated": "ExecStart=/bin/true\nStandardOutput=truncate:/var/log/x",
  "output that follows the input": "ExecStart=/bin/true\nStandardInput=tty\nTTYPath=/dev/tty9",
  "input of a text": "ExecStart=/bin/cat\nStandardInputText=hello\nStandardInputText=world",
  "input taken back": "ExecStart=/bin/cat\nStandardInputText=hello\nStandardInputData=\nStandardInputText=world",
  "output to the console": "ExecStart=/bin/true\nStandardOutput=journal+console\nStandardError=null",
  "input of a file": "ExecStart=/bin/cat\nStandardInput=file:/etc/hostname\nStandardOutput=inherit",
  "conditions taken back by another one":
    "ExecStart=/bin/true\n[Unit]\nConditionPathExists=/a\nConditionHost=\nConditionPathExists=|/b\nConditionUser=|root",
  "conditions taken back in a drop-in": [
    "ExecStart=/bin/true\n[Unit]\nConditionPathExists=/a\nAssertPathExists=/c",
    "[Unit]\nConditionFileNotEmpty=\nAssertHost=",
  ],
  "dependencies can't be taken back":
    "ExecStart=/bin/true\n[Unit]\nAfter=a.service\nAfter=\nAfter=b.service\nRequires=c.service\nRequires=\nWants=d.service",
  "dependencies that a property says in part":
    "ExecStart=/bin/true\n[Unit]\nWants=a.service b.service x.target\nAfter=x.target a.service",
  "no default dependencies": "ExecStart=/bin/true\n[Unit]\nDefaultDependencies=no\nConflicts=shutdown.target",
  "what is done at failures":
    "ExecStart=/bin/true\n[Unit]\nOnFailure=a.service\nOnFailureIsolate=no\nFailureAction=none",
  "start limits in both places":
    "StartLimitInterval=5\nStartLimitBurst=6\nExecStart=/bin/true\n[Unit]\nStartLimitIntervalSec=7",
  "start limits, the old place last":
    "[Unit]\nStartLimitIntervalSec=7\nStartLimitBurst=3\n[Service]\nExecStart=/bin/true\nStartLimitInterval=5\nStartLimitBurst=6",
  "start limits of ours and a delay":
    "Restart=always\nRestartSec=5\nExecStart=/bin/true\n[Unit]\nStartLimitBurst=2\nStartLimitIntervalSec=31",
  "no start limit": "ExecStart=/bin/true\n[Unit]\nStartLimitIntervalSec=0",
  "sections that come again":
    "ExecStart=/bin/true\n[Unit]\nDescription=a\n[Service]\nNice=3\n[Unit]\nDescription=b\n[Service]\nNice=4",
  "environment in pieces": `ExecStart=/bin/true\nEnvironment="A=1 2" B=3\nEnvironment=A=%n C=4\nPassEnvironment=D\nUnsetEnvironment=E`,
  "environment taken back":
    "ExecStart=/bin/true\nEnvironment=A=1\nEnvironmentFile=/a\nEnvironment=\nEnvironment=B=2\nEnvironmentFile=\nEnvironmentFile=-/b",
  "environment where the order counts": "ExecStart=/bin/true\nEnvironment=A=%n\nEnvironment=A=1\nEnvironment=A=2",
  "capabilities, none and then less": "ExecStart=/bin/true\nCapabilityBoundingSet=\nCapabilityBoundingSet=~CAP_CHOWN",
  "capabilities, some and then none":
    "ExecStart=/bin/true\nCapabilityBoundingSet=CAP_CHOWN\nCapabilityBoundingSet=\nAmbientCapabilities=CAP_KILL",
  "capabilities in several lines":
    "ExecStart=/bin/true\nCapabilityBoundingSet=CAP_CHOWN CAP_KILL\nCapabilityBoundingSet=CAP_FOWNER\nCapabilityBoundingSet=~CAP_KILL",
  "system calls, allowed and forbidden":
    "ExecStart=/bin/true\nSystemCallFilter=@system-service\nSystemCallFilter=~@privileged\nSystemCallErrorNumber=EPERM\nRestrictNamespaces=user\nRestrictNamespaces=net",
  "exit codes in several lines":
    "ExecStart=/bin/true\nRestartPreventExitStatus=1\nRestartPreventExitStatus=2 SIGHUP\nSuccessExitStatus=3\nSuccessExitStatus=4\nRestartForceExitStatus=5\nRestartForceExitStatus=6",
  "delegation in several lines": "ExecStart=/bin/true\nDelegate=cpu\nDelegate=memory",
  limits: "ExecStart=/bin/true\nLimitNOFILE=1024:4096\nLimitNOFILE=2048\nLimitCORE=infinity\nLimitNPROC=",
  resources:
    "ExecStart=/bin/true\nCPUQuota=20%\nMemoryMax=1G\nMemoryMax=2G\nTasksMax=50%\nIOWeight=200\nIODeviceWeight=/dev/null 300",
  "resources of the old kind": "ExecStart=/bin/true\nMemoryLimit=1G\nCPUShares=200\nBlockIOWeight=300",
  "a number that is none": "ExecStart=/bin/true\nNice=5\nNice=\nOOMScoreAdjust=100\nOOMScoreAdjust=",
  "a mask that is none": "ExecStart=/bin/true\nUMask=0027\nUMask=",
  paths:
    "ExecStart=/bin/true\nReadWritePaths=/a\nReadWriteDirectories=\nReadWritePaths=/b -/c\nProtectSystem=full\nPrivateTmp=yes\nReadOnlyDirectories=/d",
  "paths that are bound":
    "ExecStart=/bin/true\nBindPaths=/a:/b\nBindReadOnlyPaths=\nBindPaths=/c\nBindReadOnlyPaths=/d",
  "folders of its own":
    "ExecStart=/bin/true\nStateDirectory=x y\nStateDirectory=z\nRuntimeDirectory=x\nRuntimeDirectoryMode=0750",
  "a user that systemd makes":
    "ExecStart=/bin/true\nDynamicUser=yes\nUser=x\nSupplementaryGroups=adm\nSupplementaryGroups=\nSupplementaryGroups=tty",
  "a user by number": "ExecStart=/bin/true\nUser=1900\nGroup=0",
  "a user of a domain": "ExecStart=/bin/true\nUser=DOM\\user\nGroup=svc@corp.example.com",
  "a user with a specifier": "ExecStart=/bin/true\nUser=%N\nWorkingDirectory=/srv/%N",
  "a user taken back": "ExecStart=/bin/true\nUser=x\nUser=\nGroup=y\nGroup=",
  "a home folder": "ExecStart=/bin/true\nUser=nobody\nWorkingDirectory=~",
  "a folder that may be missing": "ExecStart=/bin/true\nWorkingDirectory=-/srv/x",
  signals:
    "ExecStart=/bin/true\nKillSignal=2\nFinalKillSignal=SIGQUIT\nSendSIGHUP=yes\nKillMode=none\nRestartKillSignal=SIGUSR1",
  "real-time":
    "ExecStart=/bin/true\nCPUSchedulingPriority=50\nCPUSchedulingPolicy=fifo\nIOSchedulingPriority=2\nIOSchedulingClass=idle\nCPUAffinity=0\nCPUAffinity=1",
  "reload by a command": "ExecStart=/bin/true\nExecReload=/bin/kill -HUP $MAINPID\nExecReload=/bin/true",
  "reload by a signal": "ExecStart=/bin/true\nExecReload=/bin/kill -HUP $MAINPID",
  restart: "ExecStart=/bin/true\nRestart=on-abnormal\nRestartSec=1min 500ms\nRestart=on-failure",
  "credentials taken back":
    "ExecStart=/bin/true\nLoadCredential=a:/a\nLoadCredentialEncrypted=\nLoadCredential=b:/b\nSetCredential=c:d",
  "installed under other names":
    "ExecStart=/bin/true\n[Install]\nWantedBy=graphical.target\nAlias=another-NAME.service\nAlso=x.service",
  "install taken back":
    "ExecStart=/bin/true\n[Install]\nWantedBy=graphical.target\nWantedBy=\nRequiredBy=multi-user.target",
  "sections of others": "ExecStart=/bin/true\n[X-Mine]\nA=b\n[Service]\nX-Note=c",
  documented:
    "ExecStart=/bin/true\n[Unit]\nDocumentation=man:x(1)\nDocumentation=\nDocumentation=https://a https://b\nDescription=100%% of %n",
};

/** Differs with every look, or tells of the file itself. */
const OTHER = /Timestamp|^(FragmentPath|DropInPaths|NeedDaemonReload|InvocationID|MemoryAvailable|TasksCurrent)/;
/** Lists whose order means nothing. */
const SETS = /^(Environment|PassEnvironment|Wants|After|Requires|Conflicts|Before|RequiresMountsFor)$/;

/** What `systemctl show` says of a unit, but for what says nothing of its meaning. */
function meaning(shown: string): Record<string, string> {
  const properties = shown
    .split("\n")
    .filter((line) => line.includes("="))
    .map((line): [string, string] => {
      const name = line.slice(0, line.indexOf("="));
      const value = line.slice(line.indexOf("=") + 1).replace(/ (start_time|stop_time|pid|code|status)=[^;}]*/g, "");
      return [name, SETS.test(name) ? value.split(" ").sort().join(" ") : value];
    });
  const all = Object.fromEntries(properties.filter(([name]) => !OTHER.test(name)));
  // We start programs with `exec`, which only waits for the program to be found.
  if (all["Type"] === "exec") all["Type"] = "simple";
  // A unit without [Install] gets one, so that it can be enabled.
  if (all["UnitFileState"] === "static") Object.assign(all, { UnitFileState: "disabled" });
  return all;
}

describeWith(["lab"], "units that others wrote, on a real host", () => {
  let host: LabHost;
  const facts: HostFacts = { ...someFacts, tools: new Set(["systemd-analyze"]) };
  const names = Object.keys(cases).map((_, i) => `meant-${i}`);
  const before = new Map<string, Record<string, string>>();
  const after = new Map<string, Record<string, string>>();
  const { readAll, run } = managerOnHost({ manager: systemd, host: () => host, facts: () => facts, marker });

  const load = async (into: Map<string, Record<string, string>>) => {
    const { stdout } = await host.run(`systemctl daemon-reload; systemctl show -a ${names.join(" ")}`);
    stdout.split("\n\n").forEach((shown, i) => into.set(names[i]!, meaning(shown)));
  };

  beforeAll(async () => {
    host = await labHost({ kind: "systemd" });
    const script = Object.values(cases).flatMap((unit, i) => {
      const [first, ...dropIns] = [unit].flat().map((text) => `[Service]\n${text.replaceAll("NAME", names[i]!)}\n`);
      const path = `/etc/systemd/system/${names[i]}.service`;
      const file = (at: string, text: string) => `base64 -d >${at} <<'E'\n${Buffer.from(text).toString("base64")}\nE`;
      return [file(path, first!), `mkdir -p ${path}.d`, ...dropIns.map((text, n) => file(`${path}.d/${n}.conf`, text))];
    });
    await host.run(script.join("\n"));
    await load(before);
    const lives = await readAll(...names);
    const changes = lives.flatMap((live, i) => {
      const files = systemd.render(names[i]!, live.definition, marker, facts);
      return systemd.steps(
        { name: names[i]!, action: "none", write: { files, remove: live.overrides } },
        live,
        facts,
      )[0]!;
    });
    const { failed, stderr } = await run(changes);
    expect({ failed, stderr }).toEqual({ failed: undefined, stderr: "" });
    await load(after);
  });

  afterAll(() => host?.stop());

  test.each(Object.keys(cases).map((what, i) => [what, names[i]!]))("means the same after a rewrite: %s", (_, name) => {
    expect(before.get(name)).toMatchObject({ Id: `${name}.service` });
    expect(after.get(name)).toEqual(before.get(name));
  });
});
