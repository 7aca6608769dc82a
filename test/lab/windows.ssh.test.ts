import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client, type ClientChannel, type ConnectConfig } from "ssh2";
import { exec } from "../../lab/exec";
import { sshCommand } from "../../lab/summary";
import { startWindowsHost } from "../../lab/windows/host";
import type { WindowsHost } from "../../lab/windows/types";
import { describeWith } from "../support/requirements";

/** The SSH service of a Windows host of the lab: OpenSSH's own clients work with it. */
describeWith(["windows"], "SSH on a Windows host of the lab", () => {
  const folder = mkdtempSync(join(tmpdir(), "windows-"));
  let host: WindowsHost;
  beforeAll(async () => void (host = await startWindowsHost()));
  afterAll(async () => {
    await host?.stop();
    rmSync(folder, { recursive: true });
  });
  const openSsh = () => sshCommand({ address: host.address, ...host.ssh }, host.user);

  /** The exit code of a command, whole: that of OpenSSH's client on Linux has 8 bits. */
  async function exitCode(login: ConnectConfig, command: string): Promise<number> {
    const client = new Client();
    client.connect({ host: host.address, port: host.ssh.port, username: host.user, ...login });
    await once(client, "ready");
    try {
      const channel = await new Promise<ClientChannel>((resolve, reject) =>
        client.exec(command, (error, opened) => (error ? reject(error) : resolve(opened))),
      );
      const exited = once(channel, "exit");
      channel.end();
      channel.resume();
      return ((await exited) as [number])[0];
    } finally {
      client.end();
    }
  }

  test("runs commands of OpenSSH's client by cmd.exe", async () => {
    const [ssh, ...args] = openSsh();
    const command = 'C:\\windows\\system32\\find.exe "text" & echo %OS%>&2 & exit 7';
    const { code, stdout, stderr } = await exec(ssh!, [...args, command], { input: "a text\n" });
    expect({ code, stdout: stdout.trim(), stderr: stderr.trim() }).toEqual({
      code: 7,
      stdout: "a text",
      stderr: "Windows_NT",
    });
  });

  test("gives exit codes of 32 bits, to a key as to a password", async () => {
    expect(await exitCode({ privateKey: host.ssh.privateKey }, "exit 70000")).toBe(70000);
    expect(await exitCode({ password: host.password }, "exit -1073741510")).toBe(0xc000013a);
    await expect(exitCode({ password: "wrong" }, "exit 0")).rejects.toThrow("authentication methods failed");
  });

  test("has drive C: for OpenSSH's sftp, where upper and lower case are the same", async () => {
    const [sent, got, batch] = ["sent", "got", "batch"].map((name) => join(folder, name)) as [string, string, string];
    writeFileSync(sent, Buffer.from("ünï\r\n\0".repeat(50_000)));
    const [, ...args] = openSsh().slice(0, -1);
    const sftp = async (...lines: string[]) => {
      writeFileSync(batch, lines.join("\n"));
      const options = args.map((arg) => (arg === "-p" ? "-P" : arg));
      return exec("sftp", ["-b", batch, ...options, `${host.user}@${host.address}`]);
    };
    const moved = await sftp(
      ...["mkdir /C:/lab/Sub", `put ${sent} /C:/LAB/sub/x.txt`, "rename /C:/lab/Sub/X.TXT /C:/lab/Sub/y.txt"],
      ...[`get /c:/lab/sub/Y.txt ${got}`, "ls /C:/lab/sub"],
    );
    expect(moved).toMatchObject({ code: 0, stdout: expect.stringContaining("y.txt") });
    expect(readFileSync(got).equals(readFileSync(sent))).toBe(true);
    expect(readFileSync(join(host.root, "lab/Sub/y.txt")).equals(readFileSync(sent))).toBe(true);
    expect((await sftp("rename /C:/lab/Sub/y.txt /C:/lab/ticker.exe")).stderr).toContain("Failure");
    expect((await sftp("get /D:/x.txt")).stderr).toContain("not found");
    expect(await sftp("rm /C:/lab/sub/y.txt", "rmdir /C:/lab/sub")).toMatchObject({ code: 0 });
  });
});
