import { randomBytes } from "node:crypto";
import { AV } from "./avPairs";
import { channelBinding } from "./channelBinding";
import { hmacMd5 } from "./digest";
import { authenticateMessage, negotiateMessage, readChallenge, setMic } from "./messages";
import { Rc4 } from "./rc4";
import { answeredInfo, credentialsOf, fileTime, passwordKey, respond } from "./response";
import { Sealing } from "./sealing";

export interface Login {
  user: string;
  password: string;
  /** Name of the service to log in to: `HTTP/name`. */
  spn: string;
  /** The host's certificate in DER form. Undefined without TLS. */
  certificate: Buffer | undefined;
}

/** One NTLMv2 login on one connection ([MS-NLMP] 3.1.5). */
export class Ntlm {
  readonly #negotiate = negotiateMessage();

  constructor(readonly login: Login) {}

  get negotiate(): Buffer {
    return this.#negotiate;
  }

  /** Answers the host's challenge. `sealing` encrypts the messages after the login. Throws an `NtlmError`. */
  authenticate(token: Buffer): { message: Buffer; sealing: Sealing } {
    const challenge = readChallenge(token);
    const time = challenge.targetInfo.find(({ id }) => id === AV.timestamp)?.value;
    const { user, password, spn, certificate } = this.login;
    const credentials = credentialsOf(user, password);
    const { bytes: response, sessionBaseKey } = respond(
      passwordKey(credentials),
      challenge.serverChallenge,
      randomBytes(8),
      time ?? fileTime(Date.now()),
      answeredInfo(challenge.targetInfo, {
        hasMic: time !== undefined,
        spn,
        channelBinding: certificate && channelBinding(certificate),
      }),
    );
    const sessionKey = randomBytes(16);
    const encryptedSessionKey = new Rc4(sessionBaseKey).update(sessionKey);
    const message = authenticateMessage({ ...credentials, flags: challenge.flags, response, encryptedSessionKey });
    if (time) setMic(message, hmacMd5(sessionKey, this.#negotiate, challenge.bytes, message));
    return { message, sealing: new Sealing(sessionKey) };
  }
}
