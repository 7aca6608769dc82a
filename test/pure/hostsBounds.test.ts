import { PassThrough } from "node:stream";
import { Conversation, MOST } from "../../provider/posix/host/conversation";
import { elevate } from "../../provider/posix/host/become";
import { MOST_PRINTED } from "../../provider/transports/exec";
import { shCommand } from "../../provider/posix/shell/quote";
import { LocalTransport } from "../../provider/transports/local";
import type { Channel, Command, ExecResult, Transport } from "../../provider/transports/transport";
import { abortError } from "../../provider/transports/abort";

const NONCE = "c0ffee";
const chunk = Buffer.alloc(64 * 1024, "x");

/** The near end of a channel; the test is the host. */
function fakeChannel() {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  let aborted = 0;
  const channel: Channel = { stdin, stdout, stderr, closed: new Promise(() => {}), abort: () => void aborted++ };
  stdin.resume();
  return { channel, stdout, stderr, aborted: () => aborted };
}

function talk(startSeconds?: number) {
  const far = fakeChannel();
  const conversation = new Conversation("edi1", far.channel, NONCE, startSeconds);
  conversation.send("");
  const say = (line: string) => far.stdout.write(`${NONCE} ${line}\n`);
  return { ...far, conversation, say };
}

/** Writes until the channel is closed; how much it took. */
async function flood(stream: PassThrough, aborted: () => number, most: number): Promise<number> {
  let sent = 0;
  for (; aborted() === 0 && sent < 3 * most; sent += chunk.length) {
    stream.write(chunk);
    await new Promise(setImmediate);
  }
  return sent;
}

test("a login that prints without end is cut off after a megabyte, and the error says so", async () => {
  const { conversation, stdout, aborted } = talk();
  expect(await flood(stdout, aborted, MOST.login)).toBeLessThanOrEqual(MOST.login + 2 * chunk.length);
  await expect(conversation.ready()).rejects.toMatchObject({
    kind: "remote",
    message: expect.stringMatching(
      /^edi1: the login shell printed more than 1 MiB before it ran the provider's script/,
    ),
  });
});

test("an answer without end is cut off, between lines and within one", async () => {
  for (const line of ["", `${NONCE} = k 9 `]) {
    const { conversation, stdout, aborted, say } = talk();
    say("hello 1 2");
    say("facts 0");
    say("ready");
    await conversation.ready();
    const running = conversation.run([{ name: "read the unit", script: ":" }]);
    running.catch(() => {});
    say("b 0");
    stdout.write(line);
    expect(await flood(stdout, aborted, MOST.block)).toBeLessThanOrEqual(MOST.block + 2 * chunk.length);
    await expect(running).rejects.toMatchObject({
      kind: "remote",
      message: expect.stringMatching(/answer is larger than 32 MiB, during `read the unit`/),
    });
  }
});

test("stderr without end is cut off", async () => {
  const { conversation, stderr, aborted } = talk();
  expect(await flood(stderr, aborted, MOST.stderr)).toBeLessThanOrEqual(MOST.stderr + 2 * chunk.length);
  await expect(conversation.ready()).rejects.toMatchObject({ message: expect.stringContaining("to stderr") });
});

test("after its end a conversation takes nothing more", async () => {
  const { conversation, stdout, say } = talk();
  conversation.abandon(abortError("edi1", AbortSignal.abort(), "reading"));
  say("hello 1 2");
  stdout.write(chunk);
  await new Promise(setImmediate);
  expect(conversation.process).toBeUndefined();
  await expect(conversation.run([])).rejects.toMatchObject({ kind: "cancelled" });
});

test("a login that hangs ends when the user's own limit for connecting has passed", async () => {
  const { conversation, stdout, aborted } = talk(0.05);
  stdout.write("Enter your token: ");
  await expect(conversation.run([])).rejects.toMatchObject({
    kind: "timeout",
    message: expect.stringMatching(/login shell did not run the provider's script within 0.05 s.*Enter your token:$/s),
  });
  expect(aborted()).toBe(1);
});

test("a program that prints more than it may is cut off", async () => {
  const local = new LocalTransport("here");
  for (const to of ["", ">&2"])
    await expect(local.exec({ command: shCommand("sh", "-c", `cat /dev/zero ${to}`) })).rejects.toMatchObject({
      kind: "remote",
      message: "here: the program printed more than 1 MiB and was stopped",
    });
  const { stdout } = await local.exec({ command: shCommand("head", "-c", String(MOST_PRINTED), "/dev/zero") });
  expect(stdout).toHaveLength(MOST_PRINTED);
});

describe("sudo", () => {
  const result = (code: number, stderr: string): ExecResult => ({
    code,
    stdout: Buffer.alloc(0),
    stderr: Buffer.from(stderr),
  });
  /** A host that answers as it is told; `undefined`: never. */
  const host = (answers: (command: Command) => ExecResult | undefined): Transport => ({
    open: () => Promise.reject(new Error("not asked for")),
    close: () => {},
    exec: ({ command, signal }) =>
      new Promise((resolve, reject) => {
        const answer = answers(command);
        if (answer) return resolve(answer);
        signal!.addEventListener("abort", () => reject(abortError("edi1", signal!, "running a program")));
      }),
  });
  const become = { method: "sudo" as const, password: "p" };

  test("that hangs ends at the limit, and the error says whether it is sudo or the login shell", async () => {
    const sudo = elevate(
      host((command) => (command.line === "true" ? result(0, "") : undefined)),
      "edi1",
      become,
      0.05,
    );
    await expect(sudo).rejects.toMatchObject({
      kind: "timeout",
      message: expect.stringMatching(/^edi1: sudo did not answer .* within 0.05 s/),
    });
    const shell = elevate(
      host(() => undefined),
      "edi1",
      become,
      0.05,
    );
    await expect(shell).rejects.toMatchObject({
      kind: "timeout",
      message: expect.stringMatching(/the login shell did not run a command/),
    });
  }, 15_000);

  test.each<[number, string, string, RegExp]>([
    [1, "sudo: sh: command not found", "authentication", /^edi1: sudo does not find `sh`: check secure_path/],
    [127, "env: »sudo“: Datei oder Verzeichnis nicht gefunden", "authentication", /^edi1: sudo is not installed/],
    [126, "env: 'sudo': Permission denied", "authentication", /can't be executed by this login/],
    [
      1,
      "sudo: Account or password is expired, reset your password and try again",
      "authentication",
      /account of this login has expired/,
    ],
    [1, "Sorry, try again.", "authentication", /refused the password/],
    [1, "sudo: ldap_sasl_bind_s(): Can't contact LDAP server", "remote", /^edi1: sudo failed \(exit code 1\)/],
  ])("exit code %i, %j: %s", async (code, said, kind, words) => {
    const work = elevate(
      host(() => result(code, said)),
      "edi1",
      become,
      5,
    );
    await expect(work).rejects.toMatchObject({ kind, message: expect.stringMatching(words) });
  });
});
