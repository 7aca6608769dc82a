import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { hostProcesses } from "../../lab/cgroups";
import { hostPaths } from "../../lab/paths";
import { startWindowsHost } from "../../lab/windows/host";
import type { WindowsHost } from "../../lab/windows/types";
import { describeWith } from "../support/requirements";
import { byForeignClients, wmiByPypsrp } from "../support/winrm/foreign";

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
  const isRunning = async () => (await host.services())["ticker"] === "RUNNING";

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

  test("reports missing things as Windows does", async () => {
    expect(await run("nothing.exe")).toMatchObject({ code: 9009 });
    await expect(host.run("nothing.exe")).rejects.toThrow("nothing.exe can't be started: error 2");
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

  test("has what Wine's sc.exe lacks", async () => {
    const lines = async (line: string) => (await run(line)).stdout.split("\r\n").map((text) => text.trim());
    const create = `${sc} create web binPath= "\\"C:\\Program Files\\web.exe\\" -a" depend= RpcSs/ticker DisplayName= "Web of Bots"`;
    for (const line of [
      `${create} obj= "NT AUTHORITY\\NetworkService" start= delayed-auto`,
      `${sc} description web "serves"`,
      `${sc} failure web reset= 60 actions= restart/1000//0`,
      `${sc} failureflag web 1`,
      `${sc} sidtype web unrestricted`,
      `${sc} config web error= ignore`,
    ])
      expect(await host.run(line)).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/^\[SC\] \w+ SUCCESS\r\n$/),
      });
    expect(await lines(`${sc} qc web`)).toEqual(
      expect.arrayContaining([
        "START_TYPE         : 2   AUTO_START  (DELAYED)",
        'BINARY_PATH_NAME   : "C:\\Program Files\\web.exe" -a',
        "DEPENDENCIES       : RpcSs",
        ": ticker",
        "SERVICE_START_NAME : NT AUTHORITY\\NetworkService",
      ]),
    );
    expect(await lines("reg.exe query HKLM\\SYSTEM\\CurrentControlSet\\Services\\web")).toEqual(
      expect.arrayContaining([
        "DelayedAutostart    REG_DWORD    0x1",
        "FailureActions    REG_BINARY    3C00000000000000000000000200000014000000" +
          "01000000E8030000" +
          "0000000000000000",
        "FailureActionsOnNonCrashFailures    REG_DWORD    0x1",
        "ServiceSidType    REG_DWORD    0x1",
        'ImagePath    REG_EXPAND_SZ    "C:\\Program Files\\web.exe" -a',
      ]),
    );
    expect(await lines(`${sc} queryex web`)).toEqual(
      expect.arrayContaining(["WIN32_EXIT_CODE    : 1077  (0x435)", "PID                : 0"]),
    );
  });

  test.each([
    [1057, 'create other binPath= x obj= ".\\bots"'],
    [1060, "query nothing"],
    [1062, "stop web"],
    [1073, "create web binPath= x"],
    [123, "create a/b binPath= x"],
    [1639, "create other start= sometimes binPath= x"],
    [0, "delete web"],
    [1060, "delete web"],
  ])("sc.exe exits with %i for: %s", async (code, words) => {
    expect(await host.run(`sc.exe ${words}`)).toMatchObject({ code });
  });

  test("has certutil.exe", async () => {
    const certutil = async (words: string) => (await host.run(`certutil.exe ${words}`)).code;
    expect(await certutil("-f -encode C:\\tools\\nssm.exe C:\\lab\\text")).toBe(0);
    expect(await certutil("-decode C:\\lab\\text C:\\lab\\copy.exe")).toBe(0);
    expect(await certutil("-decode C:\\lab\\text C:\\lab\\copy.exe")).toBe(0x80070050);
    const { stdout } = await host.run("certutil.exe -hashfile C:\\lab\\copy.exe SHA256");
    const hash = createHash("sha256").update(readFileSync(`${host.root}/tools/nssm.exe`));
    expect(stdout.split("\r\n")[1]).toBe(hash.digest("hex"));
  });

  test("answers queries of WMI about services and processes", async () => {
    await host.run(
      `${sc} create query binPath= "C:\\lab\\ticker.exe -a" DisplayName= "größe €" depend= RpcSs start= delayed-auto`,
    );
    const [service, ...others] = await wmiByPypsrp(host, "SELECT * FROM Win32_Service WHERE Name = 'QUERY'");
    expect(others).toEqual([]);
    expect(service).toMatchObject({
      ...{ Name: "query", DisplayName: "größe €", PathName: "C:\\lab\\ticker.exe -a", StartName: "LocalSystem" },
      ...{ State: "Stopped", StartMode: "Auto", DelayedAutoStart: "true", ProcessId: "0", ExitCode: "1077" },
    });
    const running = await wmiByPypsrp(
      host,
      "SELECT State, ProcessId, Name FROM Win32_Service WHERE State='Running' AND Name<>'x'",
    );
    const processes = await wmiByPypsrp(host, "SELECT ProcessId, CreationDate FROM Win32_Process");
    // In this order, which is not the query's, as Windows gives them; and on several pages.
    for (const item of running) expect(Object.keys(item)).toEqual(["Name", "ProcessId", "State"]);
    expect(running.length).toBeGreaterThan(2);
    expect(processes.length).toBeGreaterThan(6);
    expect(processes.map(({ ProcessId }) => ProcessId)).toEqual(
      expect.arrayContaining(running.map(({ ProcessId }) => ProcessId)),
    );
    for (const { CreationDate } of processes)
      expect(Math.abs(Date.parse(CreationDate as string) - Date.now())).toBeLessThan(3_600_000);
    expect(await wmiByPypsrp(host, "SELECT CSName, Version FROM Win32_OperatingSystem")).toEqual([
      { CSName: host.name.toUpperCase(), Version: "10.0.18362" },
    ]);
    expect(await wmiByPypsrp(host, "SELECT Name FROM Win32_Service WHERE Name LIKE 'nobody%'")).toEqual([]);
    for (const invalid of ["Nothing FROM Win32_Service", "* FROM Win32_Nothing", "* WHERE"])
      await expect(wmiByPypsrp(host, `SELECT ${invalid}`)).rejects.toThrow("2150858778");
  });

  test("has the registry in WMI", async () => {
    const registry = async (method: string, args: object) =>
      (
        await wmiByPypsrp(
          host,
          "StdRegProv",
          method,
          JSON.stringify({ hDefKey: 2147483650, sSubKeyName: "SOFTWARE\\lab", ...args }),
        )
      )[0];
    const ok = { ReturnValue: "0" };
    expect(await registry("CreateKey", {})).toEqual(ok);
    expect(await registry("EnumValues", {})).toEqual({ ...ok, sNames: "", Types: "" });
    for (const [method, value] of [
      ["SetStringValue", { sValueName: "text", sValue: "größe €\t\\ %OS%" }],
      ["SetExpandedStringValue", { sValueName: "expanded", sValue: "<%OS%>" }],
      ["SetMultiStringValue", { sValueName: "list", sValue: ["A=1", "B=x y"] }],
      ["SetDWORDValue", { sValueName: "number", uValue: 4294967295 }],
      ["SetQWORDValue", { sValueName: "large", uValue: "18446744073709551615" }],
      ["SetBinaryValue", { sValueName: "bytes", uValue: [0, 255, 13] }],
    ] as const)
      expect(await registry(method, value)).toEqual(ok);
    const get = (type: string, sValueName: string) => registry(`Get${type}Value`, { sValueName });
    expect(await get("String", "text")).toEqual({ ...ok, sValue: "größe €\t\\ %OS%" });
    expect(await get("ExpandedString", "expanded")).toEqual({ ...ok, sValue: "<Windows_NT>" });
    expect(await get("MultiString", "list")).toEqual({ ...ok, sValue: ["A=1", "B=x y"] });
    expect(await get("DWORD", "number")).toEqual({ ...ok, uValue: "4294967295" });
    expect(await get("QWORD", "large")).toEqual({ ...ok, uValue: "18446744073709551615" });
    expect(await get("Binary", "bytes")).toEqual({ ...ok, uValue: ["0", "255", "13"] });
    expect(await get("String", "nothing")).toEqual({ ReturnValue: "1" });
    expect(await get("String", "number")).toEqual({ ReturnValue: "2147749893" });
    expect(await registry("EnumKey", { sSubKeyName: "SOFTWARE\\nothing" })).toEqual({ ReturnValue: "2" });
    expect((await registry("EnumKey", { sSubKeyName: "SOFTWARE" }))!["sNames"]).toEqual(
      expect.arrayContaining(["lab"]),
    );
    expect(await registry("DeleteValue", { sValueName: "text" })).toEqual(ok);
    expect(await registry("DeleteKey", {})).toEqual(ok);
    expect(await registry("DeleteKey", {})).toEqual({ ReturnValue: "2" });
  });

  test("ends what a deleted shell has started, and nothing else", async () => {
    const before = hostProcesses(host.name).length;
    await run("C:\\lab\\ticker.exe --child --exit 0");
    await until(() => hostProcesses(host.name).length === before);
  });

  test("refuses or lacks what a test asks for", async () => {
    const strict = await startWindowsHost({ winRm: { deniesShells: true, deniesWmi: true } });
    const old = await startWindowsHost({ winRm: { oldWmi: true, noTemp: true } });
    try {
      await expect(byForeignClients(strict, { line: "exit 0" })).rejects.toThrow("2150859180");
      await expect(wmiByPypsrp(strict, "SELECT Name FROM Win32_Service")).rejects.toThrow("2150859013");
      const query = "SELECT Name, DelayedAutoStart FROM Win32_Service";
      await expect(wmiByPypsrp(old, query)).rejects.toThrow("2150858778");
      const [{ stdout } = { stdout: "" }] = await byForeignClients(old, { line: "echo %TEMP%" });
      expect(stdout.trim()).toBe("C:\\nowhere");
    } finally {
      await strict.stop();
      await old.stop();
    }
  });

  test("is stopped with all that is in it", async () => {
    await host.stop();
    expect(hostProcesses(host.name)).toEqual([]);
    expect(existsSync(hostPaths(host.name).folder)).toBe(false);
  });
});
