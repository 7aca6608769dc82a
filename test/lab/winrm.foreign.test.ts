import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { python } from "../../lab/windows/python";
import { describeWith } from "../support/requirements";
import { certificate } from "../support/winrm/certificate";
import { servers, shells } from "../support/winrm/transport";

/** What the service of the lab is worth: clients that are not ours, and that work with Windows, get right answers from it. */
describeWith(["winrm"], "pywinrm and pypsrp", () => {
  const { start } = servers();

  test.each([
    ["sealed, accepted by pyspnego", { acceptor: "spnego" }],
    ["sealed, accepted by gss-ntlmssp", { acceptor: "gss-ntlmssp" }],
    ["in chunks, a few bytes at a time", { chunked: true, receiveBytes: 3 }],
    ["over TLS, bound to the channel", { tls: certificate() }],
  ] as const)("%s", async (_, options) => {
    const server = await start(options);
    const url = `${"tls" in options ? "https" : "http"}://127.0.0.1:${server.port}/wsman`;
    const script = join(__dirname, "../support/winrm/foreign.py");
    const { stdout } = await promisify(execFile)(python(), ["-W", "ignore", script, url, server.user, server.password]);
    expect(JSON.parse(stdout)).toEqual([
      ["grüß <&>", "error\n", 7],
      ["grüß", "", 9],
    ]);
    expect(await shells(server)).toBe(0);
  });
});
