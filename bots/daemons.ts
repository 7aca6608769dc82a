/** The release line of Bots: `classic` is every release up to 3.3.1, `4.x` is Bots 4. They differ more than documented. */
export type Flavour = "classic" | "4.x";

/** The long-running programs of Bots. */
export type Daemon = "webserver" | "jobQueue" | "dirMonitor";

interface DaemonFacts {
  /** The console script without its suffix (`.py` up to Bots 3.2). Also the default name of the service. */
  program: string;
  displayName: string;
  description: string;
  /**
   * Which processes a stop ends. Engines are children of the web server and the job queue. An engine that is killed in the
   * middle of a run leaves a locked database and needs crash recovery, so it may finish.
   */
  stopMode: "process" | "mixed";
}

/** The daemons, in the order of their start. */
export const daemons: Readonly<Record<Daemon, DaemonFacts>> = {
  webserver: {
    program: "bots-webserver",
    displayName: "Bots Webserver",
    description: "Web interface of the Bots EDI translator",
    stopMode: "process",
  },
  jobQueue: {
    program: "bots-jobqueueserver",
    displayName: "Bots Job Queue",
    description: "Job queue of the Bots EDI translator",
    stopMode: "process",
  },
  dirMonitor: {
    program: "bots-dirmonitor",
    displayName: "Bots Directory Monitor",
    description: "Directory monitor of the Bots EDI translator",
    stopMode: "mixed",
  },
};

/** The default ports in bots.ini. */
export const defaultPorts = { web: 8080, queue: 28082 } as const;
