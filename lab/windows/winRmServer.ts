import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LabError } from "../errors";
import { WinRmControl, winRmArguments, type WinRmServerOptions } from "./control";
import { python, servicePath } from "./python";

/** A WinRM service on this computer. lab/windows/wsman/__main__.py says which parts of it are real. */
export interface WinRmServer extends Pick<WinRmControl, "events" | "until" | "answer"> {
  readonly port: number;
  readonly user: string;
  readonly password: string;
  stop(): Promise<void>;
}

export async function startWinRmServer(options: WinRmServerOptions = {}): Promise<WinRmServer> {
  const [user, password] = ["Administrator", "Pässword 1 €"];
  const folder = mkdtempSync(join(tmpdir(), "winrm-"));
  const file = (name: string, content: string) => {
    const path = join(folder, name);
    writeFileSync(path, content, { mode: 0o600 });
    return path;
  };
  const users = file("users", `:${user}:${password}\n`);
  const args = [servicePath(), "--users", users, ...winRmArguments(options, file)];
  const child = spawn(python(), args, { stdio: ["pipe", "pipe", "pipe"] });
  let stderr = "";
  child.stderr.on("data", (data: Buffer) => (stderr += data.toString()));
  const exited = once(child, "exit");
  const control = new WinRmControl();
  const port = await Promise.race([
    control.attach(child.stdout, child.stdin),
    exited.then(() => {
      throw new LabError(`the WinRM service did not start: ${stderr}`);
    }),
  ]);
  const stop = async () => {
    child.stdin.end();
    await exited;
    rmSync(folder, { recursive: true });
  };
  return {
    ...{ port, user, password, stop },
    events: () => control.events(),
    until: (fits) => control.until(fits),
    answer: (on, what) => control.answer(on, what),
  };
}
