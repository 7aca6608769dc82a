import * as bots from "../index";
import type { LabHost } from "../lab";

/** The Pulumi program of the demo: the three Bots daemons of a host. */
export function botsDaemons(host: LabHost): void {
  const common = {
    connection: {
      host: host.name,
      address: host.address,
      port: host.port,
      user: "root",
      privateKeyFile: host.privateKeyFile,
      hostKey: host.hostKey,
    },
    workingDirectory: "/srv/bots",
    environment: { PATH: "/opt/bots/bin:/usr/bin:/bin", PYTHONUNBUFFERED: "1" },
    runAs: { user: "bots" },
    restart: { policy: "always", delaySeconds: 5 },
  } as const;
  const command = (program: string) => [`/opt/bots/bin/${program}`, "-c/srv/bots/config"];

  new bots.Service("web", {
    ...common,
    name: "bots-webserver",
    description: "Web interface of the Bots EDI translator",
    command: command("bots-webserver"),
    ready: { http: { url: `http://localhost:${host.ports.web}/login/`, headers: { Server: "bots-webserver" } } },
  });
  const queue = new bots.Service("queue", {
    ...common,
    name: "bots-jobqueueserver",
    description: "Job queue of the Bots EDI translator",
    command: command("bots-jobqueueserver"),
    ready: { tcp: host.ports.queue },
  });
  new bots.Service("dirmonitor", {
    ...common,
    name: "bots-dirmonitor",
    description: "Directory monitor of the Bots EDI translator",
    command: command("bots-dirmonitor"),
    requires: [queue.name],
  });
}
