import { Client } from "../../../provider/transports/winrm/client";
import type { Answer } from "../../../provider/transports/winrm/connection";
import type { Logins } from "../../../provider/transports/winrm/login";
import { winRmTarget } from "../../../provider/transports/winrm/target";

/** A client whose host is a function that receives an envelope and returns the status and body of the answer. */
export function clientOf(host: (envelope: string) => { status?: number; body: string }): Client {
  const session = {
    isAlive: true,
    post: (envelope: Buffer): Promise<Answer> => {
      const { status = 200, body } = host(envelope.toString());
      return Promise.resolve({ status, headers: {}, body: Buffer.from(body) });
    },
    close: () => {},
  };
  const logins = { target: winRmTarget({ host: "edi3", password: "secret" }), open: () => Promise.resolve(session) };
  return new Client(logins as unknown as Logins);
}
