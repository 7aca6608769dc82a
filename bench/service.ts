import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { startHost, type LabHost } from "../lab";
import { connectionTo } from "../test/engine/support/daemons";
import { YamlProject } from "../test/engine/support/project";
import { Plugin } from "../test/wire/plugin";
import { roundTrips } from "./roundTrips";
import { scale } from "./scale";

const names = ["one", "two", "three", "four"];
const settleSeconds = 1;
const rounds = 5;

/** Four services on one host: connections, remote processes and time of a run, compared with plain OpenSSH. */
async function bench(): Promise<void> {
  const host = await startHost({ kind: "systemd", bots: false });
  try {
    const rows: Row[] = [];
    for (let round = 0; round < rounds; round++)
      rows.push(...(await withPulumi(host)), ...(await withOpenSsh(host)), await withTheEngineAlone(host));
    report(rows);
    await roundTrips(host);
    await scale(host);
    await plugin();
  } finally {
    await host.stop();
  }
}

interface Row {
  what: string;
  how: "pulumi" | "ssh" | "engine alone";
  seconds: number;
  connections: number;
  processes: number;
}

async function measure(host: LabHost, what: string, how: Row["how"], work: () => Promise<unknown>): Promise<Row> {
  const processes = async () => (await host.sshLog()).split("Starting session: command").length - 1;
  const before = [await host.connections(), await processes()] as const;
  const start = performance.now();
  await work();
  const seconds = (performance.now() - start) / 1000;
  const [connections, sessions] = [await host.connections(), await processes()];
  return { what, how, seconds, connections: connections - before[0], processes: sessions - before[1] };
}

async function withPulumi(host: LabHost): Promise<Row[]> {
  const program = (description: string, argument: string) =>
    Object.fromEntries(
      names.map((name) => [
        name,
        {
          type: "bots:index:Service",
          properties: {
            connection: connectionTo(host),
            name,
            description,
            settleSeconds,
            command: ["/bin/sleep", name === "one" ? argument : "infinity"],
          },
        },
      ]),
    );
  const project = await new YamlProject("bench", { passphrase: true, ownPlugins: true })
    .write(program("bench", "infinity"))
    .init();
  try {
    const row = (what: string, ...args: string[]) => measure(host, what, "pulumi", () => project.must(...args));
    return [
      await row("create 4", "up", "--yes", "--skip-preview"),
      await row("no-op refresh", "refresh", "--yes", "--skip-preview", "--expect-no-changes"),
      await row("no-op up", "up", "--yes", "--skip-preview", "--expect-no-changes"),
      await (project.write(program("bench", "100000")), row("change 1", "up", "--yes", "--skip-preview")),
      await row("destroy 4", "destroy", "--yes", "--skip-preview"),
    ];
  } finally {
    await project.remove();
  }
}

/** Pulumi's own share of a refresh: the refresh of a stack without resources. */
async function withTheEngineAlone(host: LabHost): Promise<Row> {
  const project = await new YamlProject("engine", { passphrase: true, ownPlugins: true }).write({}).init();
  try {
    await project.must("up", "--yes", "--skip-preview");
    return await measure(host, "no-op refresh", "engine alone", () =>
      project.must("refresh", "--yes", "--skip-preview", "--expect-no-changes"),
    );
  } finally {
    await project.remove();
  }
}

/** The same commands by hand: one `ssh` for each service, all four at a time. */
async function withOpenSsh(host: LabHost): Promise<Row[]> {
  const create = (name: string, argument: string, action: string) => `
    cat >/etc/systemd/system/.${name}.tmp <<'END'
[Unit]
Description=bench
[Service]
Type=exec
ExecStart=/bin/sleep ${argument}
[Install]
WantedBy=multi-user.target
END
    sync /etc/systemd/system/.${name}.tmp && mv /etc/systemd/system/.${name}.tmp /etc/systemd/system/${name}.service
    systemctl daemon-reload && systemctl enable ${name} && systemctl ${action} ${name}
    sleep ${settleSeconds}; systemctl show -p ActiveState,MainPID ${name}`;
  const destroy = (name: string) =>
    `systemctl stop ${name}; systemctl disable ${name}; rm /etc/systemd/system/${name}.service; systemctl daemon-reload`;
  const all = (script: (name: string) => string) => () => Promise.all(names.map((name) => ssh(host, script(name))));
  const row = (what: string, work: () => Promise<unknown>) => measure(host, what, "ssh", work);
  const units = names.map((name) => `/etc/systemd/system/${name}.service`).join(" ");
  return [
    await row(
      "create 4",
      all((name) => create(name, "infinity", "start")),
    ),
    await row("no-op refresh", () => ssh(host, `systemctl show ${names.join(" ")}; cat ${units}`)),
    await row("change 1", () => ssh(host, create("one", "100000", "restart"))),
    await row("destroy 4", all(destroy)),
  ];
}

function ssh(host: LabHost, script: string): Promise<void> {
  const options = ["-i", host.privateKeyFile, "-p", String(host.port), "-o", "StrictHostKeyChecking=no"];
  const quiet = ["-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR", "-o", "BatchMode=yes"];
  return new Promise((resolve, reject) => {
    const child = execFile("ssh", [...options, ...quiet, `root@${host.address}`, "sh -s"], (error) =>
      error ? reject(new Error(error.message)) : resolve(),
    );
    child.stdin?.end(script);
  });
}

function report(rows: Row[]): void {
  const keys = [...new Set(rows.map(({ what, how }) => `${what}/${how}`))];
  console.table(
    keys.map((key) => {
      const same = rows.filter(({ what, how }) => `${what}/${how}` === key);
      const seconds = same.map((row) => row.seconds).sort((a, b) => a - b);
      const [what, how] = key.split("/");
      return {
        what,
        how,
        "median s": seconds[seconds.length >> 1]?.toFixed(2),
        "min s": seconds[0]?.toFixed(2),
        "max s": seconds.at(-1)?.toFixed(2),
        connections: same[0]?.connections,
        "remote processes": same[0]?.processes,
      };
    }),
  );
}

/** The plugin alone: from its start to the port line, and the memory it then has. */
async function plugin(): Promise<void> {
  const starts: { ms: number; megabytes: number }[] = [];
  for (let i = 0; i < rounds; i++) {
    const begin = performance.now();
    const running = await Plugin.start();
    const ms = performance.now() - begin;
    const status = readFileSync(`/proc/${running.process.pid}/status`, "utf8");
    starts.push({ ms, megabytes: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024 });
    await running.stop();
  }
  const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1]?.toFixed(0);
  const [ms, megabytes] = [median(starts.map((start) => start.ms)), median(starts.map((start) => start.megabytes))];
  console.log(`plugin: up after ${ms} ms, ${megabytes} MB`);
}

bench().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
