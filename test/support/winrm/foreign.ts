import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { python } from "../../../lab/windows/python";
import type { RunResult } from "../../../lab";

interface Server {
  port: number;
  user: string;
  password: string;
}

async function run(script: string, server: Server, tls: boolean, args: string[]): Promise<unknown> {
  const url = `${tls ? "https" : "http"}://127.0.0.1:${server.port}/wsman`;
  const all = [join(__dirname, script), url, server.user, server.password, ...args];
  const { stdout } = await promisify(execFile)(python(), ["-W", "ignore", ...all]);
  return JSON.parse(stdout);
}

/** A command of a service of the lab, by pywinrm and by pypsrp. */
export async function byForeignClients(
  server: Server,
  command: { line: string; environment?: Record<string, string>; input?: string },
  tls = false,
): Promise<RunResult[]> {
  const { line, environment = {}, input = "" } = command;
  return (await run("foreign.py", server, tls, [line, JSON.stringify(environment), input])) as RunResult[];
}

type Texts = Record<string, string | string[]>;

/** The items of a WQL query, or the outputs of a method, by pypsrp. A value that occurs several times is a list. */
export async function wmiByPypsrp(server: Server, ...question: string[]): Promise<Texts[]> {
  const found = (await run("foreignWmi.py", server, false, question)) as [string, string][] | [string, string][][];
  const items = question.length === 1 ? (found as [string, string][][]) : [found as [string, string][]];
  return items.map((pairs) => {
    const item: Texts = {};
    for (const [name, text] of pairs) item[name] = name in item ? [item[name]!, text].flat() : text;
    return item;
  });
}
