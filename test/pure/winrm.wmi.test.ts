import type { Message } from "../../provider/transports/winrm/envelope";
import { readKey, subkeys } from "../../provider/transports/winrm/registry";
import { invoke, query, type WmiClient } from "../../provider/transports/winrm/wmi";
import { parseXml } from "../../provider/transports/winrm/xml";

const CIMV2 = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/cimv2";
const NAMES =
  'xmlns:n="http://schemas.xmlsoap.org/ws/2004/09/enumeration" xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd" ' +
  `xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:cim="http://schemas.dmtf.org/wbem/wscim/1/common"`;
const { signal } = new AbortController();

/** A host that gives answers in turn, and keeps what it was asked. */
function host(answer: (message: Message, i: number) => string) {
  const asked: Message[] = [];
  const client: WmiClient = {
    host: "edi3",
    call: (message) => {
      asked.push(message);
      return Promise.resolve(parseXml(`<Body ${NAMES}>${answer(message, asked.length - 1)}</Body>`));
    },
  };
  return { client, asked };
}

/** The shapes that Windows 2008 R2 and 2012 answer in: one item at first, then the others. */
test("a query goes on until the host says that there are no more items", async () => {
  const fragment = (name: string) => `<w:XmlFragment><Name>${name}</Name><ProcessId>4</ProcessId></w:XmlFragment>`;
  const { client, asked } = host(
    (_, i) =>
      [
        `<n:EnumerateResponse><n:EnumerationContext>uuid:1</n:EnumerationContext><w:Items>${fragment("a")}</w:Items></n:EnumerateResponse>`,
        `<n:PullResponse><n:EnumerationContext>uuid:2</n:EnumerationContext><n:Items>${fragment("b")}${fragment("c")}</n:Items></n:PullResponse>`,
        `<n:PullResponse><n:Items>${fragment("d")}</n:Items><n:EndOfSequence/></n:PullResponse>`,
      ][i]!,
  );
  const items = await query(client, "SELECT Name, ProcessId FROM Win32_Service WHERE Name < 'x'", signal);
  expect(items.map(({ Name }) => Name)).toEqual(["a", "b", "c", "d"]);
  expect(asked.map(({ action }) => action.split("/").at(-1))).toEqual(["Enumerate", "Pull", "Pull"]);
  expect(asked[0]).toMatchObject({ resource: `${CIMV2}/*` });
  expect(asked[0]!.body).toContain("WHERE Name &#60; &#39;x&#39;</w:Filter>");
  // Every answer brings a new context.
  expect(asked.slice(1).map(({ body }) => /<n:EnumerationContext>(.*?)</.exec(body)?.[1])).toEqual([
    "uuid:1",
    "uuid:2",
  ]);
});

test.each([
  ["an empty context", "<n:EnumerationContext/><w:Items/><w:EndOfSequence/>"],
  ["no context", "<w:Items/>"],
])("a query ends with %s", async (_, content) => {
  const { client, asked } = host(() => `<n:EnumerateResponse>${content}</n:EnumerateResponse>`);
  expect(await query(client, "SELECT * FROM Win32_Process", signal)).toEqual([]);
  expect(asked).toHaveLength(1);
});

test("values: texts, nothing, lists and times, in whatever namespace", async () => {
  const item =
    `<p:Win32_Service xmlns:p="${CIMV2}/Win32_Service" xsi:type="p:Win32_Service_Type"><p:Name>web</p:Name><p:Description xsi:nil="true"/>` +
    "<p:DisplayName></p:DisplayName><p:Groups>a</p:Groups><p:Groups>b</p:Groups><p:Groups>c</p:Groups>" +
    "<p:CreationDate><cim:Datetime>2013-04-15T16:28:44.7884Z</cim:Datetime></p:CreationDate></p:Win32_Service>";
  const { client } = host(
    () => `<n:EnumerateResponse><w:Items>${item}</w:Items><w:EndOfSequence/></n:EnumerateResponse>`,
  );
  expect(await query(client, "SELECT * FROM Win32_Service", signal)).toEqual([
    {
      Name: "web",
      Description: null,
      DisplayName: "",
      Groups: ["a", "b", "c"],
      CreationDate: "2013-04-15T16:28:44.7884Z",
    },
  ]);
});

const output = (method: string, content: string, className = "StdRegProv") =>
  `<p:${method}_OUTPUT xmlns:p="${CIMV2}/${className}">${content}</p:${method}_OUTPUT>`;

test("a method gets its arguments, and its failure is a result", async () => {
  const { client, asked } = host(() => output("StartService", "<p:ReturnValue>10</p:ReturnValue>", "Win32_Service"));
  const call = { className: "Win32_Service", method: "StartService", args: { a: "<&>" }, selectors: { Name: "web" } };
  expect(await invoke(client, call, signal)).toEqual({ returnValue: 10, outputs: {} });
  expect(asked).toEqual([
    {
      action: `${CIMV2}/Win32_Service/StartService`,
      resource: `${CIMV2}/Win32_Service`,
      selectors: { Name: "web" },
      body: `<c:StartService_INPUT xmlns:c="${CIMV2}/Win32_Service"><c:a>&#60;&#38;&#62;</c:a></c:StartService_INPUT>`,
      timeoutSeconds: 20,
    },
  ]);
});

test.each(["", output("EnumKey", "<p:sNames>a</p:sNames>"), "<Other/>"])(
  "an answer without a result is an error: %s",
  async (body) => {
    const { client } = host(() => body);
    const call = { className: "StdRegProv", method: "EnumKey", args: {} };
    await expect(invoke(client, call, signal)).rejects.toThrow(
      "edi3: the provider does not understand the answer of StdRegProv.EnumKey",
    );
  },
);

test("a key is read value by value, each by the method of its type", async () => {
  const ok = "<p:ReturnValue>0</p:ReturnValue>";
  const answers: Record<string, string> = {
    EnumValues: `${ok}${["a", "b", "c", "d", "e", "f", "g"].map((name) => `<p:sNames>${name}</p:sNames>`).join("")}${[1, 2, 3, 4, 7, 11, 8].map((type) => `<p:Types>${type}</p:Types>`).join("")}`,
    GetStringValue: `${ok}<p:sValue>text</p:sValue>`,
    GetExpandedStringValue: `${ok}<p:sValue>C:\\Windows</p:sValue>`,
    GetBinaryValue: `${ok}<p:uValue>1</p:uValue><p:uValue>255</p:uValue>`,
    GetDWORDValue: `${ok}<p:uValue>4294967295</p:uValue>`,
    GetMultiStringValue: `${ok}<p:sValue>one</p:sValue>`,
    GetQWORDValue: "<p:ReturnValue>1</p:ReturnValue>",
  };
  const { client, asked } = host(({ action }) =>
    output(action.split("/").at(-1)!, answers[action.split("/").at(-1)!]!),
  );
  expect(await readKey(client, "SYSTEM\\x", signal)).toEqual([
    { name: "a", type: 1, data: "text" },
    { name: "b", type: 2, data: "C:\\Windows" },
    { name: "c", type: 3, data: Buffer.from([1, 255]) },
    { name: "d", type: 4, data: 4294967295n },
    { name: "e", type: 7, data: ["one"] },
    // f has gone meanwhile, and g is of a type that nothing reads.
  ]);
  expect(asked[1]!.body).toContain("<c:hDefKey>2147483650</c:hDefKey><c:sSubKeyName>SYSTEM\\x</c:sSubKeyName>");
});

test("a key that is not there, one that may not be read, and its subkeys", async () => {
  const returning = (value: number, more = "") =>
    host(({ action }) => output(action.split("/").at(-1)!, `<p:ReturnValue>${value}</p:ReturnValue>${more}`)).client;
  expect(await readKey(returning(2), "x", signal)).toBeUndefined();
  expect(await readKey(returning(0), "x", signal)).toEqual([]);
  await expect(readKey(returning(5), "x", signal)).rejects.toThrow(
    "edi3: WMI can't access the registry key HKLM\\x: access was denied",
  );
  await expect(subkeys(returning(6), "x", signal)).rejects.toThrow("StdRegProv.EnumKey returned 6");
  expect(await subkeys(returning(0, "<p:sNames>a</p:sNames>"), "x", signal)).toEqual(["a"]);
  expect(await subkeys(returning(2), "x", signal)).toBeUndefined();
});
