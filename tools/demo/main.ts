import { Command } from "commander";
import { Interrupted } from "./interruption";
import { linuxStage } from "./linux";
import { ownStory, type OwnHost } from "./own";
import { say } from "./say";
import { story } from "./story";
import { windowsStage } from "./windows";

new Command("npm run demo --")
  .description("Runs the Bots daemons as services: on a throw-away host, or on one of yours")
  .option("--host <user@machine>", "a host of yours that has Bots on it; asks before it changes anything")
  .option("--windows", "on a throw-away Windows host: Wine, with stand-ins for the programs of Bots")
  .option("--identity <file>", "private key for that host; default: the SSH agent, or ~/.ssh/id_ed25519 and the like")
  .option(
    "--sudo-password-env <variable>",
    "environment variable with the password for sudo there; default: sudo asks for no password",
  )
  .option("--bin <folder>", "where the Bots programs are on that host", "/opt/bots/bin")
  .option("--path <folder>", "the Bots environment on that host", "/srv/bots")
  .option("--web-port <port>", "[webserver] port in its bots.ini", "8080")
  .option("--run-as <user>", "the user that Bots runs as there", "bots")
  .option("--yes", "do not ask: create the service and remove it again")
  .action(async ({ host, windows, ...options }: Omit<OwnHost, "host"> & { host?: string; windows?: boolean }) => {
    if (host !== undefined) return ownStory({ host, ...options });
    await story(windows === true ? windowsStage : linuxStage);
    say("Now your own host", "it asks before it changes anything, and can remove the service again");
    console.log(`  npm run demo -- --host deploy@edi1.example.com --bin /opt/bots/bin --path /srv/bots

  Or for good: see "Your own servers" in README.md.`);
  })
  .parseAsync()
  .catch((error: unknown) => {
    if (error instanceof Interrupted) return console.error("\nInterrupted.");
    console.error(`\n${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  });
