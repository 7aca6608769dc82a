import type { AddressInfo } from "node:net";
import { Server, type AuthContext } from "ssh2";
import { Pool } from "../../provider/transports/pool";
import { hostKeyPair } from "../support/hostKey";
import { targetOf } from "../support/target";

const keys = hostKeyPair();

/** An SSH server on this computer. `cut` says at which request for a login it breaks the connection. */
async function serverThat(cut: (context: AuthContext, logins: number) => boolean) {
  const asked: string[] = [];
  let logins = 0;
  const server = new Server({ hostKeys: [keys.private] }, (client) => {
    logins++;
    client.on("error", () => {});
    client.on("authentication", (context) => {
      asked.push(context.method);
      if (cut(context, logins)) client.end();
      else if (context.method === "password") context.accept();
      else context.reject(["password"]);
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  const pool = new Pool();
  const login = { user: "u", password: "p", hostKey: keys.public };
  const target = targetOf({ host: "edi1", address: "127.0.0.1", port, connectTimeoutSeconds: 20, ...login });
  const close = () => (pool.close(), new Promise((done) => server.close(done)));
  return { connect: () => pool.transport(target), asked, close };
}

test("a connection that breaks during the login, before a password was sent, is made again", async () => {
  const { connect, asked, close } = await serverThat((_, logins) => logins === 1);
  await connect();
  expect(asked).toEqual(["none", "none", "password"]);
  await close();
});

test("one that breaks when the password was sent is no refusal, and the password is not sent once more", async () => {
  const { connect, asked, close } = await serverThat(({ method }) => method === "password");
  await expect(connect()).rejects.toMatchObject({
    kind: "unreachable",
    message: expect.stringContaining("the connection was lost during the login of u"),
  });
  expect(asked).toEqual(["none", "password"]);
  await close();
});
