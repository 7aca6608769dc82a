import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Pool } from "../../provider/transports/pool";
import { winRmTarget } from "../../provider/transports/winrm/target";

test("callers share one attempt, and later ones get its error", async () => {
  let attempts = 0;
  const server = createServer((_, response) => {
    attempts++;
    response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const target = winRmTarget({ host: "edi3", address: "127.0.0.1", port, password: "p" });
  const pool = new Pool();
  const both = await Promise.allSettled([pool.winRm(target), pool.winRm(target)]);
  const later = await Promise.allSettled([pool.winRm(target)]);
  const reason = { kind: "unreachable", reason: expect.stringContaining("there is no WinRM at /wsman") as string };
  for (const outcome of [...both, ...later]) expect(outcome).toMatchObject({ status: "rejected", reason });
  expect(attempts).toBe(1);
  pool.close();
  await new Promise((resolve) => server.close(resolve));
});
