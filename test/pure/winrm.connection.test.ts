import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { once } from "node:events";
import { HostError } from "../../model/errors";
import { Connection } from "../../provider/transports/winrm/connection";
import { winRmTarget } from "../../provider/transports/winrm/target";
import { Deadline } from "../../provider/transports/retry";

const body = "<answer>".padEnd(200, "x");
const whole = `HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
const chunked =
  `HTTP/1.1 500 Fault\r\nTransfer-Encoding: chunked\r\n\r\n` +
  `${(100).toString(16)}\r\n${body.slice(0, 100)}\r\n${(100).toString(16)}\r\n${body.slice(100)}\r\n0\r\n\r\n`;

/** A server on which a test decides what is written, and when it ends. */
let server: Server;
let port: number;
let onRequest: (socket: Socket) => void;
let connections = 0;
beforeAll(async () => {
  server = createServer((socket) => {
    connections++;
    socket.on("error", () => {});
    socket.on("data", (data) => {
      if (data.includes("end of the request")) onRequest(socket);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  port = (server.address() as AddressInfo).port;
});
afterAll(() => server.close());

const signal = new AbortController().signal;
const open = (timeout = signal) => {
  const target = winRmTarget({ host: "edi3", address: "127.0.0.1", port, password: "secret" });
  return Connection.open(target, new Deadline(5), timeout);
};
const post = (connection: Connection, by = signal) => connection.post({}, Buffer.from("end of the request"), by);
async function failure(work: Promise<unknown>): Promise<HostError> {
  const error: unknown = await work.then(
    () => undefined,
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(HostError);
  return error as HostError;
}

describe("an answer", () => {
  test.each([
    ["of a known length", whole, 200],
    ["in chunks", chunked, 500],
  ])("%s arrives whole, and the connection goes on", async (_, answer, status) => {
    onRequest = (socket) => void socket.write(answer);
    const connection = await open();
    for (let i = 0; i < 3; i++) expect(await post(connection)).toMatchObject({ status, body: Buffer.from(body) });
    connection.close();
  });

  test.each([
    ["of a known length", whole],
    ["in chunks", chunked],
  ])("%s that is cut at any byte counts as lost", async (_, answer) => {
    for (let length = 0; length < answer.length; length++) {
      onRequest = (socket) => void socket.end(answer.slice(0, length));
      const connection = await open();
      expect((await failure(post(connection))).kind).toBe("lostConnection");
      expect(connection.isAlive).toBe(false);
    }
  });

  test("whose end is only that of the connection counts as lost, since it may have been cut", async () => {
    onRequest = (socket) => void socket.end(`HTTP/1.1 200 OK\r\n\r\n${body}`);
    expect(await failure(post(await open()))).toMatchObject({ kind: "lostConnection" });
  });

  test("without end is given up", async () => {
    onRequest = (socket) =>
      void socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n${"x".repeat(5_000_000)}`);
    expect(await failure(post(await open()))).toMatchObject({
      kind: "remote",
      reason: "an answer is longer than 4 MiB",
    });
  });

  test("that is not HTTP counts as lost", async () => {
    onRequest = (socket) => void socket.write("SSH-2.0-OpenSSH_9.2\r\n");
    expect(await failure(post(await open()))).toMatchObject({ kind: "lostConnection" });
  });
});

test("a connection that the host has closed is not replaced by another one", async () => {
  onRequest = (socket) => void socket.end(whole);
  const connection = await open();
  const before = connections;
  await post(connection);
  // The host's end is there with the answer or after it.
  expect(await failure(post(connection).then(() => post(connection)))).toMatchObject({ kind: "lostConnection" });
  expect(connection.isAlive).toBe(false);
  expect(connections).toBe(before);
});

test("a cancelled request does not wait for its answer", async () => {
  const cancel = new AbortController();
  onRequest = () => cancel.abort();
  const connection = await open();
  expect(await failure(post(connection, cancel.signal))).toMatchObject({
    kind: "cancelled",
    reason: "cancelled while waiting for an answer",
  });
  expect(connection.isAlive).toBe(false);
});
