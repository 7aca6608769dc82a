import { envelope, readEnvelope } from "../../provider/transports/winrm/envelope";
import { readFault } from "../../provider/transports/winrm/faults";
import { encryptionOf, readSealedBody, SEALED_TYPE, writeSealedBody } from "../../provider/transports/winrm/sealedBody";
import { escapeXml, FORBIDDEN, parseXml } from "../../provider/transports/winrm/xml";
import { run } from "../../provider/transports/winrm/run";
import { clientOf } from "../support/winrm/session";

describe("a sealed body ([MS-WSMV] 2.2.9.1)", () => {
  const signature = Buffer.alloc(16, 7);

  test("is written with the text's length in bytes", () => {
    const body = writeSealedBody(5, signature, Buffer.from("abcde")).toString("latin1");
    expect(body).toBe(
      "--Encrypted Boundary\r\n" +
        "\tContent-Type: application/HTTP-SPNEGO-session-encrypted\r\n" +
        "\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length=5\r\n" +
        "--Encrypted Boundary\r\n" +
        "\tContent-Type: application/octet-stream\r\n" +
        `\x10\0\0\0${signature.toString("latin1")}abcde--Encrypted Boundary--\r\n`,
    );
  });

  test("is read by its length, whatever lies in it", () => {
    for (const text of ["", "abc", "--Encrypted Boundary--\r\n", "application/octet-stream\r\n", "\r\n"]) {
      const sealed = Buffer.from(text);
      expect(readSealedBody(writeSealedBody(sealed.length, signature, sealed))).toEqual({ signature, sealed });
    }
  });

  test("may end without the two dashes, as pywinrm writes it", () => {
    const body = writeSealedBody(3, signature, Buffer.from("abc"))
      .toString("latin1")
      .replace(/--\r\n$/, "\r\n");
    expect(readSealedBody(Buffer.from(body, "latin1"))?.sealed.toString()).toBe("abc");
  });

  test("that is cut off, or lies about its length, is none", () => {
    const whole = writeSealedBody(3, signature, Buffer.from("abc"));
    const end = "--Encrypted Boundary--\r\n".length;
    for (let length = 0; length < whole.length - end + "--Encrypted Boundary".length; length++)
      expect(readSealedBody(whole.subarray(0, length))).toBeUndefined();
    for (const length of [0, 2, 4, 4000])
      expect(readSealedBody(writeSealedBody(length, signature, Buffer.from("abc")))).toBeUndefined();
  });

  test.each([
    [SEALED_TYPE, "ntlm"],
    ["application/soap+xml;charset=UTF-8", undefined],
    [undefined, undefined],
    [
      'multipart/encrypted;protocol="application/HTTP-Kerberos-session-encrypted";boundary="Encrypted Boundary"',
      "other",
    ],
    ['multipart/x-multi-encrypted;protocol="application/HTTP-CredSSP-session-encrypted"', "other"],
  ])("the encryption of %s is %s", (type, expected) => expect(encryptionOf(type)).toBe(expected));
});

describe("XML", () => {
  test("values come back as they were, through a parser", () => {
    const value = "a \"b\" 'c' & <d> ]]> \t\r\n ünï €日本 😀 \u0085\u2028 ";
    const document = parseXml(`<r a="${escapeXml(value)}">${escapeXml(value)}</r>`);
    expect(document.attributes["a"]).toBe(value);
    expect(document.text).toBe(value);
  });

  test("elements have the namespace that their prefix stands for", () => {
    const document = parseXml('<a:x xmlns:a="urn:1"><x xmlns="urn:2" a:Name="n"><![CDATA[<&>]]></x></a:x>');
    expect(document).toMatchObject({ uri: "urn:1", local: "x" });
    expect(document.children).toMatchObject([{ uri: "urn:2", local: "x", text: "<&>", attributes: { Name: "n" } }]);
  });

  test.each([
    ["a document that is cut off", "<a><b></b>"],
    ["a prefix that is not declared", "<p:a/>"],
    ["an entity of its own", '<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>'],
    ["an entity that nobody knows", "<a>&nbsp;</a>"],
    ["no document", ""],
    ["plain text", "Service Unavailable"],
  ])("%s is refused", (_, text) => expect(() => parseXml(text)).toThrow());

  test("what a document can't have is known", () => {
    for (const text of ["\0", "\x1B", "\uD800", "\uFFFE", "a\x7F\u0001"]) expect(FORBIDDEN.test(text)).toBe(true);
    for (const text of ["", "\t\r\n", "\x7F", "ünï 😀", "\uFFFD"]) expect(FORBIDDEN.test(text)).toBe(false);
  });
});

describe("an envelope", () => {
  test("has the header of [MS-WSMV]", () => {
    const { id, bytes } = envelope(
      {
        action: "urn:action",
        resource: "urn:resource?a=1&b=2",
        selectors: { ShellId: "1<2" },
        options: { WINRS_SKIP_CMD_SHELL: "TRUE" },
        body: "<rsp:Send/>",
        timeoutSeconds: 20,
      },
      "http://edi3:5985/wsman",
    );
    expect(bytes.toString().replace(id, "ID").replaceAll("><", ">\n<")).toMatchSnapshot();
    expect(readEnvelope(bytes).body.children).toMatchObject([{ local: "Send" }]);
  });

  test.each(["<html><body>Busy</body></html>", "<s:Envelope xmlns:s='urn:x'><s:Body/></s:Envelope>"])(
    "not an envelope: %s",
    (text) => expect(() => readEnvelope(Buffer.from(text))).toThrow("not a SOAP envelope"),
  );
});

describe("an invalid answer", () => {
  const asked = (host: Parameters<typeof clientOf>[0]) =>
    run(clientOf(host), { line: "x" }, new AbortController().signal).catch((error: unknown) => error);
  const soap = (body: string, relatesTo = "") =>
    '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing">' +
    `<s:Header>${relatesTo && `<a:RelatesTo>${relatesTo}</a:RelatesTo>`}</s:Header><s:Body>${body}</s:Body></s:Envelope>`;

  test.each([
    ["no XML", { body: "hello" }, /^the provider does not understand an answer of the host: /],
    ["no envelope", { body: "<html/>" }, "the provider does not understand an answer of the host: not a SOAP envelope"],
    [
      "of another message",
      { body: soap("", "uuid:1") },
      "an answer belongs to another message: is there a proxy in between?",
    ],
    ["without a shell", { body: soap("") }, "the host created a shell without an id"],
    ["a web server's page", { status: 500, body: "<html/>" }, /^WinRM answered with HTTP 500 and no fault/],
    ["a fault without code", { status: 500, body: soap("<s:Fault/>") }, "no message (WinRM fault 0)"],
  ])("%s", async (_, answer, reason) => {
    expect(await asked(() => answer)).toMatchObject({
      kind: "remote",
      reason: typeof reason === "string" ? reason : expect.stringMatching(reason),
    });
  });
});

test("a fault includes the message of the WMI provider", () => {
  // The form in which Windows answers to a Receive without a command.
  const text =
    '<b><s:Fault xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Code><s:Value>s:Receiver</s:Value></s:Code><s:Reason>' +
    '<s:Text xml:lang="">The parameter is incorrect.  </s:Text></s:Reason><s:Detail><f:WSManFault ' +
    'xmlns:f="http://schemas.microsoft.com/wbem/wsman/1/wsmanfault" Code="87" Machine="edi3"><f:Message>' +
    '<f:ProviderFault provider="Shell cmd plugin" path="winrscmd.dll">The parameter is incorrect. </f:ProviderFault>' +
    "</f:Message></f:WSManFault></s:Detail></s:Fault></b>";
  const fault = readFault(parseXml(text), "edi3");
  expect(fault).toMatchObject({ code: 87, kind: "remote" });
  expect(fault?.reason).toMatch(/bug in the provider: The parameter is incorrect\. \(WinRM fault 87\)$/);
});
