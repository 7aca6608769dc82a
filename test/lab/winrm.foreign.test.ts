import { describeWith } from "../support/requirements";
import { certificate } from "../support/winrm/certificate";
import { byForeignClients } from "../support/winrm/foreign";
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
    const line = 'printf "%s" "$GREETING <&>"; cat; echo error >&2; exit 7';
    const command = { line, environment: { GREETING: "grüß" }, input: " grüß" };
    const answer = { stdout: "grüß <&> grüß", stderr: "error\n", code: 7 };
    expect(await byForeignClients(server, command, "tls" in options)).toEqual([answer, answer]);
    expect(await shells(server)).toBe(0);
  });
});
