import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { LabError } from "../../lab";
import { startWindowsHost } from "../../lab/windows/host";
import { missingForWindows } from "../../lab/windows/wine";
import type { WindowsHost } from "../../lab/windows/types";
import { say } from "./say";
import type { Stage } from "./story";

const DAEMONS = ["bots-webserver", "bots-jobqueueserver", "bots-dirmonitor"];
/** The variable with the password of the login: a secret is not written into a configuration. */
const PASSWORD = "EDI1_PASSWORD";

/** A throw-away Windows host: Wine, with NSSM. The programs of Bots are stand-ins, because Wine has no Python for Windows. */
export async function windowsStage(): Promise<Stage> {
  const missing = missingForWindows();
  if (missing.length > 0) throw new LabError(`The demo can't start a Windows host here:\n  ${missing.join("\n  ")}`);
  say(
    "A throw-away Windows host boots on this computer",
    "Wine's service control manager and the real NSSM, over WinRM; stand-ins for the programs of Bots, since Wine has no Python",
  );
  const host = await startWindowsHost({ name: "edi1", nssm: true });
  const scripts = join(host.root, "Bots/Scripts");
  mkdirSync(scripts, { recursive: true });
  mkdirSync(join(host.root, "Program Files/nssm"));
  copyFileSync(join(host.root, "tools/nssm.exe"), join(host.root, "Program Files/nssm/nssm.exe"));
  for (const daemon of DAEMONS) copyFileSync(join(host.root, "lab/ticker.exe"), join(scripts, `${daemon}.exe`));
  process.env[PASSWORD] = host.password;
  const [web = 0, queue = 0] = host.ports.spare;
  const printed = async (line: string) => (await host.run(line)).stdout.replace(/\r/g, "");
  return {
    server: server(host, web, queue),
    show: async () => {
      const states = await host.services();
      const pages = { "web interface": `${web}/login/`, "job queue": `${queue}/` };
      const asked = Object.entries(pages).map(async ([what, page]) => {
        const [head = "no answer"] = (await printed(`curl.exe http://127.0.0.1:${page}`)).split("\n");
        return `the ${what} answers: ${head}`;
      });
      return [...DAEMONS.map((name) => `${name.padEnd(20)} ${states[name]}`), ...(await Promise.all(asked))].join("\n");
    },
    stopByHand: { command: "sc.exe stop bots-jobqueueserver", run: () => host.run("sc.exe stop bots-jobqueueserver") },
    left: async () => {
      const services = Object.keys(await host.services()).filter((name) => name.includes("bots"));
      const keys = await printed("reg.exe query HKLM\\SOFTWARE\\pulumi-bots /s");
      return [...services, ...keys.split("\n").filter((line) => line.startsWith("    "))].join("\n");
    },
    nothingLeft: "No service and no registry value of ours is on the host.",
    stop: () => host.stop(),
  };
}

const server = (host: WindowsHost, web: number, queue: number): object => ({
  connection: { type: "winrm", address: host.address, port: host.port, user: host.user, passwordEnv: PASSWORD },
  bots: { existing: true, flavour: "4.x", bin: "C:\\Bots\\Scripts" },
  environment: { path: "C:\\Bots", web: { port: web }, queue: { port: queue } },
  daemons: {
    webserver: { environment: { LISTEN: `${web} 200 bots-webserver` } },
    jobQueue: { environment: { LISTEN: `${queue} 501 bots-jobqueueserver` } },
    dirMonitor: true,
  },
});
