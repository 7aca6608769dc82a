import { mkdtempSync, mkdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { automation } from "@pulumi/pulumi";
import { startHost, type LabHost } from "../lab";
import { botsDaemons } from "./demoProgram";

/** The main job as a story: the Bots daemons up on a throw-away host, a change by hand found, repaired, and removed. */
async function demo(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "pulumi-bots-demo-"));
  mkdirSync(join(folder, "state"));
  say("A throw-away Debian host with systemd, sshd and Bots 3.3.1 boots on this computer");
  const host = await startHost({ kind: "systemd" });
  const leave = () => void host.stop().finally(() => process.exit(130));
  process.once("SIGINT", leave).once("SIGTERM", leave);
  try {
    console.log(`${host.name} answers on ${host.address}:${host.port}; after its installation nothing of Bots runs.`);
    await story(host, folder);
  } finally {
    await host.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Where the plugin is; the SDK's type of project settings does not know this key. */
const plugins = { plugins: { providers: [{ name: "bots", path: resolve(__dirname, "../../provider") }] } };

async function story(host: LabHost, folder: string): Promise<void> {
  const stack = await automation.LocalWorkspace.createOrSelectStack(
    { stackName: "demo", projectName: "edi", program: () => Promise.resolve(botsDaemons(host)) },
    {
      projectSettings: {
        name: "edi",
        runtime: "nodejs",
        ...plugins,
      },
      envVars: {
        PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
        PULUMI_CONFIG_PASSPHRASE: "demo",
        PULUMI_HOME: join(folder, "home"),
        PULUMI_SKIP_UPDATE_CHECK: "1",
      },
    },
  );
  // What is still going on is left out: in a terminal it is one line that changes.
  const passing = / (creating|updating|deleting|refreshing|running)\b|@ updating/;
  const onOutput = (text: string) => {
    const lines = text.split("\n").filter((line) => !passing.test(line));
    if (lines.length > 0) process.stdout.write(lines.join("\n"));
  };
  const options = { onOutput, color: process.stdout.isTTY ? ("always" as const) : ("never" as const) };

  say("pulumi up", "the three daemons are made services, start, and have to answer before it counts");
  await stack.up({ ...options, suppressProgress: true });
  await show(host);

  say("pulumi up, again", "nothing has changed, so nothing is done");
  await stack.up({ ...options, suppressProgress: true, expectNoChanges: true });

  say("ssh " + host.name + " systemctl stop bots-jobqueueserver", "somebody stops a daemon by hand");
  await host.run("systemctl stop bots-jobqueueserver");

  say("pulumi refresh --preview-only --expect-no-changes", "finds it, property by property; exit code 7 in a pipeline");
  const drift = await stack.refresh({ ...options, previewOnly: true, expectNoChanges: true }).then(
    () => "no drift was found, which is wrong",
    (error: Error) => /exit code \d+/.exec(error.message)?.[0] ?? error.message,
  );
  if (drift !== "exit code 7") throw new Error(drift);
  console.log(`(${drift})`);

  say("pulumi up --refresh", "repairs it");
  await stack.up({ ...options, suppressProgress: true, refresh: true });
  await show(host);

  say("pulumi destroy", "nothing of ours is left behind");
  await stack.destroy({ ...options, suppressProgress: true });
  const left = await host.run(
    "ls /etc/systemd/system/*bots* /etc/pulumi-bots /var/lib/pulumi-bots /run/lock/*bots* 2>/dev/null",
  );
  console.log(
    left.stdout === "" ? "No unit, no secret, no lock of ours is on the host." : `Left behind:\n${left.stdout}`,
  );

  say("Your own host", "the same in five lines of Pulumi.yaml; see the README");
  console.log(`  resources:
    web:
      type: bots:index:Service
      properties:
        connection: { host: edi1, address: edi1.example.com, user: deploy, privateKeyFile: ~/.ssh/id_ed25519, become: { method: sudo } }
        name: bots-webserver
        command: [/usr/local/bin/bots-webserver, -c/srv/bots/config]
        runAs: { user: bots }
        ready: { tcp: 8080 }`);
}

/** Asks the daemons themselves, and the host's service manager. */
async function show(host: LabHost): Promise<void> {
  const { stdout } = await host.run(`
    for unit in bots-webserver bots-jobqueueserver bots-dirmonitor; do
      printf '%-20s %s, at boot: %s\\n' $unit "$(systemctl is-active $unit)" "$(systemctl is-enabled $unit)"
    done
    echo "http://localhost:${host.ports.web}/login/ answers: $(curl -s -o /dev/null -w '%{http_code}' http://localhost:${host.ports.web}/login/)"
    python3 - <<'E'
import xmlrpc.client
try: xmlrpc.client.ServerProxy("http://localhost:${host.ports.queue}").isup_probe()
except xmlrpc.client.Fault: print("the job queue answers on port ${host.ports.queue}")
E`);
  console.log(`\nOn ${host.name}:\n${stdout.replace(/^/gm, "  ").trimEnd()}`);
}

function say(what: string, why?: string): void {
  console.log(`\n━━ ${what}${why === undefined ? "" : `\n   ${why}`}\n`);
}

demo().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
