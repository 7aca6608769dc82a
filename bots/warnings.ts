import { daemons, type Daemon } from "./daemons";
import { folder, isWindows, type BotsEnvironment } from "./environment";

/** Warnings about daemons that will run but not do their work. */
export function warnings(environment: BotsEnvironment, on: ReadonlySet<Daemon>): string[] {
  const { flavour, bin, config, name = "default" } = environment;
  const all: string[] = [];
  if (flavour === "classic" && (on.has("jobQueue") || on.has("dirMonitor"))) {
    all.push(classicQueue(on, isWindows(environment)));
  }
  if (on.has("dirMonitor") && !on.has("jobQueue")) {
    all.push(
      `${daemons.dirMonitor.program} passes every file to a job queue server, but daemons.jobQueue is off: ` +
        "unless another job queue server runs on that host, the files are not processed",
    );
  }
  if (config === false) all.push(flavour === "classic" ? withoutConfig : withoutConfig4(name, isWindows(environment)));
  if (flavour === "4.x" && on.has("jobQueue") && /\s/.test(bin)) {
    all.push(
      `bots.bin contains a space ("${bin}"): the job queue of Bots 4.x can't be configured to trust a program there`,
    );
  }
  return isWindows(environment) ? [...all, ...onWindows(environment, on)] : all;
}

/** Observed in 3.3.1: jobs go into one list, and the threads that run them wait for another list. */
function classicQueue(on: ReadonlySet<Daemon>, windows: boolean): string {
  const { jobQueue, dirMonitor } = daemons;
  const monitor = on.has("dirMonitor")
    ? `; so a file that ${dirMonitor.program} detects is not processed: it stays where it is until bots-engine runs by other means`
    : "";
  const instead = windows
    ? "Run bots-engine from the Task Scheduler"
    : "Run bots-engine from a timer, or use Bots 4.x, where the queue works";
  return `${jobQueue.program} of classic Bots (3.3.1) accepts jobs but never runs them${monitor}. ${instead}`;
}

/** Read in the sources of Bots 4.0.0a3 (dirmonitor.py, job2queue.py); nobody has run it on Windows for this package. */
function onWindows({ flavour, bin, path, config }: BotsEnvironment, on: ReadonlySet<Daemon>): string[] {
  const { jobQueue, dirMonitor } = daemons;
  const isOnShare = [bin, path, config].some((at) => typeof at === "string" && /^[\\/]{2}/.test(at));
  return [
    ...(flavour === "4.x" && on.has("dirMonitor")
      ? [
          `${dirMonitor.program} of Bots 4.0.0a3 does not notice new files on Windows: it queues only the files that are there when ` +
            "it starts. Run bots-engine from the Task Scheduler",
        ]
      : []),
    ...(flavour === "4.x" && on.has("jobQueue")
      ? [
          `${jobQueue.program} of Bots 4.x does not find bots-engine by the PATH on Windows: name ` +
            `${folder(bin)}\\bots-engine in authorized_tasks of [jobqueue] in bots.ini`,
        ]
      : []),
    ...(isOnShare
      ? [
          "a directory of Bots is on a network share, which LocalSystem and the other system accounts usually can't open",
        ]
      : []),
  ];
}

const withoutConfig =
  "environment.config is false, so the programs get no -c: classic Bots then reads the config folder inside its own Python " +
  "package, whatever environment.path is. The ports given here must match the bots.ini in that folder";

const withoutConfig4 = (name: string, windows: boolean) =>
  "environment.config is false, so the programs get no -c: Bots 4.x then reads $BOTS_CONFIG_DIR, or else " +
  `~/.bots/env/${name}/config of the user it runs as, which it creates if it is missing` +
  (windows ? ". LocalSystem has its home in C:\\Windows\\System32\\config\\systemprofile" : "");
