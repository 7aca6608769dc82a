import { HostError } from "../../model/errors";
import type { WmiClient } from "../../provider/transports/winrm/wmi";
import { parseXml } from "../../provider/transports/winrm/xml";
import { WmiReader } from "../../provider/windows/reading/wmiReader";

const ENUMERATION = "http://schemas.xmlsoap.org/ws/2004/09/enumeration";
const WSMAN = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd";

/** WMI that answers each query with one listener, after so many connections that break. */
function wmi(broken: number): WmiClient & { asked: number } {
  const item = "<LocalAddress>0.0.0.0</LocalAddress><LocalPort>8080</LocalPort><OwningProcess>7</OwningProcess>";
  const answer = `<b><n:EnumerateResponse xmlns:n="${ENUMERATION}" xmlns:w="${WSMAN}"><w:Items><w:XmlFragment>${item}</w:XmlFragment></w:Items><w:EndOfSequence/></n:EnumerateResponse></b>`;
  const client = {
    host: "edi3",
    asked: 0,
    call: () => {
      if (client.asked++ < broken)
        return Promise.reject(new HostError("lostConnection", "edi3", "the connection broke"));
      return Promise.resolve(parseXml(answer));
    },
  };
  return client;
}

test("promise 7: a read changes nothing, and is repeated once when its connection was lost", async () => {
  const client = wmi(1);
  const listeners = await new WmiReader(client).listeners(AbortSignal.timeout(9000));
  expect(listeners).toEqual([{ address: "0.0.0.0", port: 8080, pid: 7 }]);
  expect(client.asked).toBe(2);
});

test("a host whose connections keep breaking is an error", async () => {
  await expect(new WmiReader(wmi(9)).listeners(AbortSignal.timeout(9000))).rejects.toThrow("the connection broke");
});
