import { X509Certificate } from "node:crypto";
import { Pool } from "../../provider/transports/pool";
import { Ntlm } from "../../provider/transports/winrm/ntlm";
import { winRmTarget } from "../../provider/transports/winrm/target";
import { describeWith } from "../support/requirements";
import { certificate } from "../support/winrm/certificate";
import { connect, connectionTo, failure, servers } from "../support/winrm/transport";

/** Logs in with what a test makes of it. */
function spoil(change: (login: Ntlm["login"], authenticate: (login: Ntlm["login"]) => Authenticated) => Authenticated) {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called on an object of its own
  const { authenticate } = Ntlm.prototype;
  const spy = jest.spyOn(Ntlm.prototype, "authenticate").mockImplementation(function (this: Ntlm, token) {
    return change(this.login, (login) => authenticate.call(new Ntlm(login), token));
  });
  return () => {
    expect(spy).toHaveBeenCalledTimes(1);
    spy.mockRestore();
  };
}
type Authenticated = ReturnType<Ntlm["authenticate"]>;

describeWith(["winrm"], "a login by NTLM", () => {
  const { start, connect: open } = servers();

  describe.each(["spnego", "gss-ntlmssp"] as const)("accepted by %s", (acceptor) => {
    test("messages are sealed both ways, and the next ones too", async () => {
      const server = await start({ acceptor });
      const transport = await open(server);
      for (const code of [0, 7, 255]) {
        const result = await transport.run({
          line: `cat; echo 'ünï €日本 <&>"'; exit ${code}`,
          stdin: Buffer.alloc(0),
        });
        expect(result).toMatchObject({ code, hasGap: false });
        expect(result.stdout.toString()).toBe('ünï €日本 <&>"\n');
      }
      expect((await server.events()).filter(({ event }) => event === "login")).toEqual([
        { event: "login", accepted: true },
      ]);
    });

    test("all users of a pool share one connection", async () => {
      const server = await start({ acceptor });
      const pool = new Pool();
      const [one, other] = await Promise.all([1, 2].map(() => pool.winRm(winRmTarget(connectionTo(server)))));
      expect(one).toBe(other);
      expect(await one!.run({ line: "echo x", stdin: Buffer.alloc(0) })).toMatchObject({ code: 0 });
      expect((await server.events()).filter(({ event }) => event === "login")).toHaveLength(1);
      pool.close();
    });

    test("a wrong password is refused, and never tried again", async () => {
      const server = await start({ acceptor });
      const error = await failure(connect(server, { password: "wrong" }));
      expect(error).toMatchObject({ kind: "authentication", host: "edi3" });
      expect(error.reason).toMatch(
        /^the host refused the login of "Administrator": .* because Windows locks accounts$/,
      );
      expect(await server.events()).toHaveLength(1);
    });

    test("an unknown user is refused", async () => {
      const server = await start({ acceptor });
      expect((await failure(connect(server, { user: "EDI\\nobody" }))).kind).toBe("authentication");
    });

    test("a wrong message integrity code is refused", async () => {
      const server = await start({ acceptor });
      const restore = spoil((login, authenticate) => {
        const { message, sealing } = authenticate(login);
        message[72]! ^= 1;
        return { message, sealing };
      });
      expect((await failure(connect(server))).kind).toBe("authentication");
      restore();
    });
  });
});

describeWith(["winrm"], "WinRM over TLS", () => {
  const { start, connect: open } = servers();
  const tls = certificate();
  const fingerprint = new X509Certificate(tls.certificate).fingerprint256;
  const started = (() => {
    let server: ReturnType<typeof start> | undefined;
    return () => (server ??= start({ tls, basic: true }));
  })();

  test.each([
    ["the fingerprint", { fingerprintSha256: fingerprint }],
    [
      "the fingerprint in small letters, without colons",
      { fingerprintSha256: fingerprint.replaceAll(":", "").toLowerCase() },
    ],
    ["its authority", { caCertificate: tls.certificate }],
    ["nothing, as the user wants it", { insecureSkipVerify: true }],
  ])("checked by %s, NTLM is bound to the channel", async (_, settings) => {
    const transport = await open(await started(), { tls: settings });
    expect((await transport.run({ line: "echo over TLS" })).stdout.toString()).toBe("over TLS\n");
  });

  test.each([
    ["another channel", certificate().certificate, /do not match/],
    ["none", undefined, /not present/],
  ])("a login that is bound to %s is refused", async (_, pem, reason) => {
    const other = pem === undefined ? undefined : new X509Certificate(pem).raw;
    const restore = spoil((login, authenticate) => authenticate({ ...login, certificate: other }));
    const error = await failure(connect(await started(), { tls: { fingerprintSha256: fingerprint } }));
    expect(error.kind).toBe("authentication");
    restore();
    expect((await (await started()).events()).at(-1)).toMatchObject({
      accepted: false,
      reason: expect.stringMatching(reason),
    });
  });

  test("Basic", async () => {
    const settings = { authentication: "basic", tls: { fingerprintSha256: fingerprint } } as const;
    const transport = await open(await started(), settings);
    expect((await transport.run({ line: "exit 5" })).code).toBe(5);
  });

  test("Basic with a wrong password is refused, and never tried again", async () => {
    const settings = { authentication: "basic", password: "wrong", tls: { fingerprintSha256: fingerprint } } as const;
    const transport = await open(await started(), settings);
    const first = await failure(transport.run({ line: "exit 5" }));
    expect(first.kind).toBe("authentication");
    expect(await failure(transport.run({ line: "exit 5" }))).toBe(first);
  });

  test("another certificate than the pinned one gets nothing, and the error shows the right one", async () => {
    const server = await started();
    const before = (await server.events()).length;
    const error = await failure(connect(server, { tls: { fingerprintSha256: "ab".repeat(32) } }));
    expect(error.kind).toBe("hostKey");
    expect(error.reason).toBe(
      `the host shows another certificate than the expected one: SHA-256 ${fingerprint}. If the certificate was replaced, set tls.fingerprintSha256 to this value`,
    );
    expect(await server.events()).toHaveLength(before);
  });

  test("a self-signed certificate is refused", async () => {
    const error = await failure(connect(await started(), { tls: {} }));
    expect(error.kind).toBe("hostKey");
    expect(error.reason).toBe(
      `the host's certificate is not trusted: it is self-signed. If SHA-256 ${fingerprint} is its fingerprint, set tls.fingerprintSha256 to this value`,
    );
  });

  test.each<[string, Parameters<typeof certificate>, RegExp]>([
    ["for another host", ["DNS:edi9"], /it is valid for DNS:edi9, not for 127\.0\.0\.1/],
    ["that has expired", ["IP:127.0.0.1", -1], /it has expired/],
  ])("a certificate %s is refused", async (_, options, message) => {
    const other = certificate(...options);
    const server = await start({ tls: other });
    const error = await failure(connect(server, { tls: { caCertificate: other.certificate } }));
    expect(error).toMatchObject({ kind: "hostKey", reason: expect.stringMatching(message) });
  });

  test("a port without TLS says so", async () => {
    const error = await failure(connect(await start(), { tls: { insecureSkipVerify: true } }));
    expect(error.kind).toBe("unreachable");
    expect(error.reason).toMatch(/TLS/);
  });
});
