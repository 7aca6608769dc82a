import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { python } from "../../../lab/windows/python";
import type { RunResult } from "../../../lab";

/** A command of a service of the lab, by pywinrm and by pypsrp. */
export async function byForeignClients(
  server: { port: number; user: string; password: string },
  command: { line: string; environment?: Record<string, string>; input?: string },
  tls = false,
): Promise<RunResult[]> {
  const url = `${tls ? "https" : "http"}://127.0.0.1:${server.port}/wsman`;
  const { line, environment = {}, input = "" } = command;
  const args = [url, server.user, server.password, line, JSON.stringify(environment), input];
  const script = join(__dirname, "foreign.py");
  const { stdout } = await promisify(execFile)(python(), ["-W", "ignore", script, ...args]);
  return JSON.parse(stdout) as RunResult[];
}
