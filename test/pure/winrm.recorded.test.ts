import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { recordings } from "../../lab/windows/python";
import { NS } from "../../provider/transports/winrm/envelope";
import { run, type WinRmCommand } from "../../provider/transports/winrm/run";
import { find, findAll, parseXml, type Element } from "../../provider/transports/winrm/xml";
import { describeWith } from "../support/requirements";
import { clientOf } from "../support/winrm/session";

interface Exchange {
  request: string;
  response: string;
  transport_error?: { code: number };
}

/** What Windows looks at in a request, but for identifiers and time limits. */
function essence(xml: string) {
  const root = parseXml(xml);
  const header = find(root, [NS.soap, "Header"])!;
  const text = (...name: readonly [string, string]) => find(header, name)?.text;
  const body = find(root, [NS.soap, "Body"])!;
  return {
    action: text(NS.addressing, "Action"),
    resource: text(NS.wsman, "ResourceURI"),
    replyTo: find(header, [NS.addressing, "ReplyTo"], [NS.addressing, "Address"])?.text,
    envelopeSize: text(NS.wsman, "MaxEnvelopeSize"),
    selectors: findAll(header, [NS.wsman, "SelectorSet"], [NS.wsman, "Selector"]).map(
      ({ attributes }) => attributes["Name"],
    ),
    body: body.children.map(outline),
    streams: findAll(body, [NS.shell, "Send"], [NS.shell, "Stream"]).map(({ text }) => text),
  };
}

/** The names of an element and of what is in it, without those that a client may leave out. */
const outline = ({ uri, local, children }: Element): unknown => {
  const optional = ["Arguments", "IdleTimeOut"];
  return [uri, local, ...children.filter((child) => !optional.includes(child.local)).map(outline)];
};

/** Plays what Windows answered to pypsrp, and compares what is asked. */
function played(name: string) {
  const path = join(recordings(), `test_winrs_${name}.yml`);
  const exchanges = (parse(readFileSync(path, "utf8")) as { messages: Exchange[] }).messages;
  const host = (envelope: string) => {
    const { request, response, transport_error: error } = exchanges.shift()!;
    expect(essence(envelope)).toEqual(essence(request));
    const id = (xml: string) => /MessageID>([^<]+)</.exec(xml)![1]!;
    return { status: error?.code ?? 200, body: response.replace(id(request), id(envelope)) };
  };
  return { client: clientOf(host), left: exchanges };
}

describeWith(["winrm"], "what Windows answered to pypsrp", () => {
  const send = async (name: string, command: WinRmCommand) => {
    const { client, left } = played(name);
    const { code, stdout, stderr } = await run(client, command, new AbortController().signal);
    expect(left).toEqual([]);
    return { code, stdout: stdout.toString(), stderr: stderr.toString() };
  };

  test("both streams, and an exit code", async () => {
    const result = await send("stderr_rc", { line: "cmd.exe /c echo out && echo err>&2 && exit 1" });
    expect(result).toEqual({ code: 1, stdout: "out \r\n", stderr: "err \r\n" });
  });

  test("a program that is silent for longer than an operation may take", async () => {
    const result = await send("operation_timeout", { line: "powershell.exe …" });
    expect(result).toEqual({ code: 0, stdout: "hi\nhi again\n", stderr: "" });
  });

  test("UTF-8, by the code page that was asked for", async () => {
    const result = await send("unicode", { line: "powershell.exe Write-Host こんにちは" });
    expect(result).toEqual({ code: 0, stdout: "こんにちは\n", stderr: "" });
  });

  test("input", async () => {
    const { client, left } = played("send");
    // Ours goes in one message, pypsrp's in two.
    left.splice(2, 1);
    const stdin = Buffer.from('Write-Host "output 2";');
    const result = await run(client, { line: "powershell.exe -", stdin }, new AbortController().signal);
    expect(result).toMatchObject({ code: 0, hasGap: false });
    expect(result.stdout.toString()).toBe("output 1\noutput 2\n");
  });

  test("a command that no longer exists", async () => {
    const { client, left } = played("bad_cmd_id");
    left.splice(3, 1); // the signal: ours deletes the shell at once
    const error: unknown = await run(client, { line: "cmd.exe /c echo hi" }, new AbortController().signal).catch(
      (e: unknown) => e,
    );
    expect(error).toMatchObject({
      kind: "lostConnection",
      message:
        "edi3: the remote shell or its command no longer exists: the host or its WinRM service was restarted, or the shell " +
        "was idle for too long: The Windows Remote Shell received a request to perform an operation on a command identifier that does " +
        "not exist. Either the command has completed execution or the client specified an invalid command identifier. " +
        "(WinRM fault 2150858843)",
    });
    expect(left).toEqual([]);
  });
});
