import { existsSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { hostProcesses } from "../../lab/cgroups";
import { hostPaths } from "../../lab/paths";
import { startWindowsHost } from "../../lab/windows/host";
import type { WindowsHost } from "../../lab/windows/types";
import { describeWith } from "../support/requirements";
import { byForeignClients } from "../support/winrm/foreign";

/** What the Windows host of the lab is worth: clients that are not ours do with it what they do with Windows. */
describeWith(["windows"], "a Windows host of the lab", () => {
  let host: WindowsHost;
  beforeAll(async () => void (host = await startWindowsHost({ nssm: true })));
  afterAll(() => host?.stop());

  /** A command that both clients run, with the same outcome. */
  async function run(line: string, environment: Record<string, string> = {}) {
    const [first, second] = await byForeignClients(host, { line, environment });
    expect(second).toEqual(first);
    return first!;
  }
  const sc = "C:\\windows\\system32\\sc.exe";
  async function until(is: () => boolean | Promise<boolean>) {
    while (!(await is())) await sleep(100);
  }
  const isRunning = async () => / +STATE +: 4 +RUNNING/.test((await host.run("sc.exe query ticker")).stdout);

  test("gives exit codes of 32 bits", async () => {
    expect(await run("exit 70000")).toEqual({ stdout: "", stderr: "", code: 70000 });
    expect(await run("exit -1073741510")).toMatchObject({ code: 0xc000013a });
  });

  test("takes values as they are, in the environment and from there on command lines", async () => {
    const value = "a \"b\" %OS% 100% ^ & | <x> 'z' ünï €日本 😀 \\";
    const record = 'C:\\lab\\ticker.exe --record C:\\lab\\record.txt "--out" "%GREETING%" --exit 3';
    expect(await run(record, { GREETING: "grüß €日本", VALUE: value, EMPTY: "" })).toMatchObject({ code: 3 });
    const lines = readFileSync(`${host.root}/lab/record.txt`, "utf8").split("\n");
    expect(lines).toEqual(expect.arrayContaining(["grüß €日本", `VALUE=${value}`, "EMPTY="]));
  });

  test("tells what is not there as Windows does", async () => {
    expect(await run("nothing.exe")).toMatchObject({ code: 9009 });
    await expect(host.run("nothing.exe")).rejects.toThrow(`nothing.exe can't be started on ${host.name}: error 2`);
  });

  test("keeps a service under NSSM, which is back after a reboot", async () => {
    const parameters = "HKLM\\SYSTEM\\CurrentControlSet\\Services\\ticker\\Parameters";
    const add = (name: string, data: string) => `reg.exe add ${parameters} /v ${name} /d "${data}" /f`;
    for (const line of [
      `${sc} create ticker binPath= C:\\tools\\nssm.exe start= auto`,
      add("Application", "C:\\lab\\ticker.exe"),
      add("AppParameters", "--listen " + host.ports.spare[0]),
      `${sc} start ticker`,
    ])
      expect((await host.run(line)).code).toBe(0);
    await until(isRunning);
    await host.reboot();
    await until(isRunning);
    expect((await fetch(`http://127.0.0.1:${host.ports.spare[0]}`)).status).toBe(200);
  });

  test("ends what a deleted shell has started, and nothing else", async () => {
    const before = hostProcesses(host.name).length;
    await run("C:\\lab\\ticker.exe --child --exit 0");
    await until(() => hostProcesses(host.name).length === before);
  });

  test("is stopped with all that is in it", async () => {
    await host.stop();
    expect(hostProcesses(host.name)).toEqual([]);
    expect(existsSync(hostPaths(host.name).folder)).toBe(false);
  });
});
