/** Which line of Bots: `classic` is every release up to 3.3.1, `4.x` the new one. They differ in more than they say. */
export type Flavour = "classic" | "4.x";

/** The long-running programs of Bots. */
export type Daemon = "webserver" | "jobQueue" | "dirMonitor";

interface DaemonFacts {
  /** The console script, without the `.py` that it ended with up to Bots 3.2; also the usual name of the service. */
  program: string;
  displayName: string;
  description: string;
  /**
   * Who is ended with it. The web server and the job queue have engines as their children: one that is killed in the
   * middle of a run leaves a locked database and a crash recovery, so it may finish.
   */
  stopMode: "process" | "mixed";
}

/** What each daemon is, in the order in which they start. */
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

/** The ports that Bots takes when its bots.ini says nothing else. */
export const defaultPorts = { web: 8080, queue: 28082 } as const;
