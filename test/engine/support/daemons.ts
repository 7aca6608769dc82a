import type { LabHost } from "../../../lab";

/** A connection to a lab host, as a program would say it. */
export function connectionTo(host: LabHost, more: object = {}): Record<string, unknown> {
  return {
    host: host.name,
    address: host.address,
    port: host.port,
    user: "root",
    privateKeyFile: host.privateKeyFile,
    hostKey: host.hostKey,
    ...more,
  };
}

/** A small daemon for tests that are not about Bots: sleeps for ever. */
export const sleeper = ["/bin/sleep", "infinity"];

/** The three Bots daemons of a lab host, as services of a YAML program. */
export function botsDaemons(host: LabHost): Record<string, object> {
  const common = {
    connection: connectionTo(host),
    workingDirectory: "/srv/bots",
    environment: { PATH: "/opt/bots/bin:/usr/bin:/bin", PYTHONUNBUFFERED: "1" },
    runAs: { user: "bots" },
    restart: { policy: "always", delaySeconds: 5 },
  };
  const daemon = (properties: object) => ({ type: "bots:index:Service", properties: { ...common, ...properties } });
  return {
    web: daemon({
      name: "bots-webserver",
      description: "Web interface of the Bots EDI translator",
      command: ["/opt/bots/bin/bots-webserver", "-c/srv/bots/config"],
      ready: { http: { url: `http://localhost:${host.ports.web}/login/`, headers: { Server: "bots-webserver" } } },
    }),
    queue: daemon({
      name: "bots-jobqueueserver",
      description: "Job queue of the Bots EDI translator",
      command: ["/opt/bots/bin/bots-jobqueueserver", "-c/srv/bots/config"],
      ready: { tcp: host.ports.queue },
    }),
    dirmonitor: daemon({
      name: "bots-dirmonitor",
      description: "Directory monitor of the Bots EDI translator",
      command: ["/opt/bots/bin/bots-dirmonitor", "-c/srv/bots/config"],
      requires: ["${queue.name}"],
    }),
  };
}
