import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startHost, type LabHost } from "../../lab";
import { Interruption } from "./interruption";
import { DemoProject } from "./project";
import { say, showConfiguration } from "./say";

/** The demo on a throw-away host: up, up without changes, a change by hand that is detected and repaired, and destroy. */
export async function labStory(): Promise<void> {
  say(
    "A throw-away Debian host boots on this computer",
    "real systemd, real sshd, real Bots 3.3.1; nothing of Bots runs yet",
  );
  const host = await startHost({ kind: "systemd", name: "edi1" });
  const folder = mkdtempSync(join(tmpdir(), "pulumi-bots-demo-"));
  try {
    await tell(host, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await host.stop();
  }
}

async function tell(host: LabHost, folder: string): Promise<void> {
  const interruption = new Interruption();
  const servers = { edi1: server(host) };
  say("The stack configuration", "all that you write: which servers there are, and which daemons they run");
  showConfiguration(servers);
  const project = await DemoProject.create(folder, servers, interruption);

  say("pulumi up", "the daemons become services; a start counts when they answer, from their own process");
  await project.up();
  await show(host);

  say("pulumi up", "again: nothing has changed, so nothing is done");
  await project.up();

  say(`ssh ${host.name} systemctl stop bots-jobqueueserver`, "somebody stops a daemon by hand");
  await host.run("systemctl stop bots-jobqueueserver");

  say("pulumi refresh --preview-only --expect-no-changes", "finds it; changes nothing");
  const code = await project.drift();
  console.log(`\n  exit code ${code}: this is how a pipeline sees it`);
  if (code !== 7) throw new Error("the drift was not found");

  say("pulumi up --refresh", "repairs it, and touches nothing else");
  await project.repair();
  await show(host);

  say("pulumi destroy", "nothing of ours is left behind");
  await project.destroy();
  const left =
    "/etc/systemd/system/*bots* /etc/systemd/system/*/*bots* /etc/pulumi-bots /var/lib/pulumi-bots /run/lock/*bots* /run/pulumi-bots/.lock/*";
  const { stdout } = await host.run(`ls -d ${left} 2>/dev/null`);
  if (stdout !== "") throw new Error(`left behind:\n${stdout}`);
  console.log("\n  No unit, no link, no secret, no lock of ours is on the host.");

  say("Now your own host", "it asks before it changes anything, and can remove the service again");
  console.log(`  npm run demo -- --host deploy@edi1.example.com --bin /opt/bots/bin --path /srv/bots

  Or for good: see "Your own servers" in README.md.`);
}

function server(host: LabHost): object {
  return {
    connection: {
      address: host.address,
      port: host.port,
      user: "ops",
      privateKeyFile: host.privateKeyFile,
      hostKey: host.hostKey,
      become: { method: "sudo" },
    },
    bots: { existing: true, bin: "/opt/bots/bin" },
    environment: { path: "/srv/bots", web: { port: host.ports.web }, queue: { port: host.ports.queue } },
    daemons: { webserver: true, jobQueue: true, dirMonitor: true },
  };
}

/** Asks the daemons and the host's service manager directly, without the provider. */
async function show(host: LabHost): Promise<void> {
  const { stdout } = await host.run(`
    for unit in bots-webserver bots-jobqueueserver bots-dirmonitor; do
      printf '%-20s %s, at boot: %s\\n' $unit "$(systemctl is-active $unit)" "$(systemctl is-enabled $unit)"
    done
    curl -s -o /dev/null -w 'the web interface answers: %{http_code}\\n' http://127.0.0.1:${host.ports.web}/login/
    curl -s -o /dev/null -w 'the job queue answers: %{http_code} to a GET, as it should\\n' http://127.0.0.1:${host.ports.queue}/`);
  console.log(`\n  On ${host.name} itself:\n${stdout.trimEnd().replace(/^/gm, "    ")}`);
}
