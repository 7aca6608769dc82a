import { startHost, type LabHost } from "../../lab";
import { say } from "./say";
import type { Stage } from "./story";

/** A throw-away Debian host with real Bots. */
export async function linuxStage(): Promise<Stage> {
  say(
    "A throw-away Debian host boots on this computer",
    "real systemd, real sshd, real Bots 3.3.1; nothing of Bots runs yet",
  );
  const host = await startHost({ kind: "systemd", name: "edi1" });
  const printed = async (script: string) => (await host.run(script)).stdout;
  return {
    server: server(host),
    show: () =>
      printed(`
        for unit in bots-webserver bots-jobqueueserver bots-dirmonitor; do
          printf '%-20s %s, at boot: %s\\n' $unit "$(systemctl is-active $unit)" "$(systemctl is-enabled $unit)"
        done
        curl -s -o /dev/null -w 'the web interface answers: %{http_code}\\n' http://127.0.0.1:${host.ports.web}/login/
        curl -s -o /dev/null -w 'the job queue answers: %{http_code} to a GET, as it should\\n' http://127.0.0.1:${host.ports.queue}/`),
    stopByHand: {
      command: `ssh ${host.name} systemctl stop bots-jobqueueserver`,
      run: () => host.run("systemctl stop bots-jobqueueserver"),
    },
    left: () =>
      printed(
        "ls -d /etc/systemd/system/*bots* /etc/systemd/system/*/*bots* /etc/pulumi-bots /var/lib/pulumi-bots /run/lock/*bots* /run/pulumi-bots/.lock/* 2>/dev/null",
      ),
    nothingLeft: "No unit, no link, no secret, no lock of ours is on the host.",
    stop: () => host.stop(),
  };
}

const server = (host: LabHost): object => ({
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
});
