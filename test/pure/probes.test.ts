import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { probeResult, probeStep } from "../../provider/posix/host/probes";
import type { Ready } from "../../schema/ready";
import { emitted, withPrelude } from "../support/shell";

jest.setTimeout(120_000);

/** Runs a script beside us: the server that it asks is in this process. */
function run(script: string, env: NodeJS.ProcessEnv): Promise<Map<string, string>> {
  return new Promise((resolve) => {
    const child = spawn("sh", ["-s"], { env, stdio: ["pipe", "pipe", "inherit"] });
    let out = "";
    child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
    child.on("close", () => resolve(emitted(out)));
    child.stdin.end(withPrelude(script));
  });
}

describe("the same answer for a URL, whichever program the host has", () => {
  const folder = mkdtempSync(join(tmpdir(), "pulumi-bots-probes-"));
  const home = join(folder, "home");
  let server: Server;
  let port: number;
  let asked: { url: string | undefined; authorization: string | undefined }[] = [];

  beforeAll(async () => {
    mkdirSync(home);
    writeFileSync(join(home, ".curlrc"), 'fail\nuser-agent = "x"\nheader = "Authorization: Basic eDp5"\n');
    writeFileSync(join(home, ".netrc"), "machine localhost login x password y\n", { mode: 0o600 });
    writeFileSync(join(home, ".wgetrc"), "header = Authorization: Basic eDp5\n");
    for (const name of ["busybox", "real"]) mkdirSync(join(folder, name));
    symlinkSync("/bin/busybox", join(folder, "busybox", "wget"));
    // Not a shim, which looks for its settings in the home folder.
    const python = execFileSync("python3", ["-c", "import sys; print(sys.executable)"], { encoding: "utf8" }).trim();
    symlinkSync(python, join(folder, "real", "python3"));
    server = createServer(({ url, headers }, answer) => {
      asked.push({ url, authorization: headers.authorization });
      answer.setHeader("Server", "mine");
      answer.writeHead(url?.startsWith("/none") ? 404 : 200).end();
    });
    await new Promise<void>((done) => server.listen(0, "::", done));
    port = (server.address() as AddressInfo).port;
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
    rmSync(folder, { recursive: true });
  });
  beforeEach(() => void (asked = []));

  const probe = async (tool: string, http: Ready["http"] & object) => {
    const name = tool === "BusyBox" ? "wget" : tool;
    const only = `have() { case $1 in curl | python3 | wget) [ "$1" = ${name} ] ;; *) command -v "$1" >/dev/null ;; esac; }`;
    const { script } = probeStep({ http }, { name: "", script: `processes=${process.pid}` });
    const first = `PATH=${join(folder, tool === "BusyBox" ? "busybox" : "real")}:$PATH`;
    const proxy = "http://127.0.0.1:1";
    const env = { ...process.env, HOME: home, http_proxy: proxy, https_proxy: proxy, ALL_PROXY: proxy };
    const result = probeResult({ http }, await run(`${first}\n${only}\n${script}`, env));
    return "reason" in result ? result.reason : "ready";
  };

  const urls: [string, string, string][] = [
    ["brackets and braces", "localhost", "/a?b[]=1&c={x,y}&d[0-9]=2"],
    ["escapes", "localhost", "/a%20b/%5Bc%5D?q=%7B1%7D"],
    ["IPv6", "[::1]", "/health?x=[1]"],
    ["another address of the loopback", "127.0.0.2", "/health"],
  ];
  for (const tool of ["curl", "python3", "wget", "BusyBox"]) {
    test.each(urls)(`${tool}: %s`, async (_, host, path) => {
      const url = `http://${host}:${port}${path}`;
      expect(await probe(tool, { url: `${url}#top`, headers: { Server: "mine" } })).toBe("ready");
      const escaped = path.replace("{", "%7B").replace("}", "%7D");
      expect(asked).toEqual([{ url: escaped, authorization: undefined }]);
    });

    test(`${tool}: an answer that is no success is one, too`, async () => {
      const url = `http://localhost:${port}/none?a[]={1,2}`;
      const headers = tool === "BusyBox" ? {} : { Server: "mine" }; // it shows none of an error
      expect(await probe(tool, { url, status: 404, headers })).toBe("ready");
      expect(await probe(tool, { url })).toBe(`GET ${url} answers 404`);
      expect(new Set(asked.map((request) => request.url))).toEqual(new Set(["/none?a[]=%7B1,2%7D"]));
    });
  }

  test("what comes before the answer is not it", () => {
    const http = { url: "http://localhost/" };
    const early = "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\n";
    expect(
      probeResult(
        { http },
        new Map([
          ["port", "own"],
          ["http", early],
        ]),
      ),
    ).toEqual({ ready: true });
  });
});

describe("a port that is not the service's", () => {
  let listener: ChildProcess;
  let ports: number[];

  beforeAll(async () => {
    const program = `
      const { createServer } = require("node:net");
      const open = () => new Promise((done) => { const s = createServer().listen(0, "127.0.0.1", () => done(s.address().port)); });
      Promise.all([open(), open()]).then((ports) => console.log(ports.join(" ")));`;
    listener = spawn(process.execPath, ["-e", program], { stdio: ["ignore", "pipe", "inherit"] });
    const line = await new Promise<Buffer>((done) => listener.stdout!.once("data", done));
    ports = line
      .toString()
      .trim()
      .split(" ")
      .map(Number)
      .sort((a, b) => a - b);
  });
  afterAll(() => listener.kill());

  const probe = async (tcp: number, processes: string) => {
    const { script } = probeStep({ tcp }, { name: "", script: `processes="${processes}"` });
    return probeResult({ tcp }, await run(script, process.env));
  };

  test("a port of the service counts, whichever of its processes has it", async () => {
    expect(await probe(ports[1]!, `${process.pid} ${listener.pid}`)).toEqual({ ready: true });
  });

  test("nothing listens there: the ports of the service are named", async () => {
    expect(await probe(9, `${listener.pid}`)).toEqual({
      ready: false,
      stranger: false,
      reason: `nothing listens on port 9; the service's processes listen on ${ports.join(", ")}`,
    });
    expect(await probe(9, "999999999")).toMatchObject({
      reason: "nothing listens on port 9; the service's processes listen on no TCP port",
    });
  });

  test("somebody else listens there: both are named", async () => {
    expect(await probe(ports[0]!, "999999999")).toEqual({
      ready: false,
      stranger: true,
      reason: `port ${ports[0]} is held by another program: pid ${listener.pid} (node); the service's processes listen on no TCP port`,
    });
  });
});
