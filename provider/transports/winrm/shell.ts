import { HostError } from "../../../model/errors";
import type { Client } from "./client";
import { NS, type Message } from "./envelope";
import { FAULT, WsManFault } from "./faults";
import { escapeXml, find, findAll, FORBIDDEN, type Element } from "./xml";

export interface ShellOptions {
  /** Environment variables of the programs in the shell. Secrets go here, because they must not appear in a command line. */
  environment?: Readonly<Record<string, string>>;
  workingDirectory?: string;
}

/** The answer to a Receive. */
export interface Output {
  streams: { name: string; data: Buffer }[];
  /** Set once the command has ended: 32 bits, unsigned. */
  exitCode: number | undefined;
}

const RESOURCE = `${NS.shell}/cmd`;
/** The host answers each request within this time. */
const OPERATION_SECONDS = 20;
/** How long the host keeps a shell that nobody uses. */
const IDLE_SECONDS = 180;
/** The code page of the programs' output: UTF-8. */
const CODE_PAGE = "65001";
/** Bytes in one Send. Base64 adds a third, and the smallest limit for an envelope is 150 KB. */
export const SEND_BYTES = 90_000;

/** A remote shell ([MS-WSMV] 3.1.4): the programs of one operation run in it. */
export class Shell {
  private constructor(
    private readonly client: Client,
    readonly id: string,
    /** Whether the host uses the ids that we choose. If so, we know the id of a command whose answer was lost. */
    readonly takesIds: boolean,
  ) {}

  /** We choose `id`, so that we can delete the shell when the answer is lost. */
  static async create(client: Client, id: string, options: ShellOptions, signal: AbortSignal): Promise<Shell> {
    const body = await client.call(creation(client.host, id, options), signal).catch((error: unknown) => {
      // The host does not know the attribute ShellId, and has created nothing.
      if (error instanceof WsManFault && error.code === FAULT.schema)
        return client.call(creation(client.host, undefined, options), signal);
      throw error;
    });
    const selectors = [
      [NS.transfer, "ResourceCreated"],
      [NS.addressing, "ReferenceParameters"],
      [NS.wsman, "SelectorSet"],
      [NS.wsman, "Selector"],
    ] as const;
    const given = findAll(body, ...selectors).find(({ attributes }) => attributes["Name"] === "ShellId");
    const made = (given ?? find(body, [NS.shell, "Shell"], [NS.shell, "ShellId"]))?.text.trim();
    if (!made) throw new HostError("remote", client.host, "the host created a shell without an id");
    return new Shell(client, made, made.toUpperCase() === id.toUpperCase());
  }

  /** A shell of which only the id is known. */
  static known(client: Client, id: string): Shell {
    return new Shell(client, id, true);
  }

  /** Starts a program by its command line, without cmd.exe in between. Returns the id of the command. */
  async command(line: string, id: string, hasInput: boolean, signal: AbortSignal): Promise<string> {
    check(this.client.host, "the command line", line);
    const options = { WINRS_CONSOLEMODE_STDIN: hasInput ? "FALSE" : "TRUE", WINRS_SKIP_CMD_SHELL: "TRUE" };
    const chosen = this.takesIds ? ` CommandId="${id}"` : "";
    const text = `<rsp:CommandLine${chosen}><rsp:Command>${escapeXml(line)}</rsp:Command></rsp:CommandLine>`;
    const body = await this.#ask("Command", text, signal, options);
    const given = find(body, [NS.shell, "CommandResponse"], [NS.shell, "CommandId"])?.text.trim();
    if (!given) throw new HostError("remote", this.client.host, "the host started a command without an id");
    return given;
  }

  /** Writes to the program's standard input, at most `SEND_BYTES`. */
  async send(command: string, data: Buffer, isEnd: boolean, signal: AbortSignal): Promise<void> {
    const end = isEnd ? ' End="true"' : "";
    const stream = `<rsp:Stream Name="stdin" CommandId="${command}"${end}>${data.toString("base64")}</rsp:Stream>`;
    await this.#ask("Send", `<rsp:Send>${stream}</rsp:Send>`, signal);
  }

  /** Waits for output or the exit. The host sends each byte once: the output in a lost answer is lost. */
  async receive(command: string, signal: AbortSignal): Promise<Output> {
    const wanted = `<rsp:DesiredStream CommandId="${command}">stdout stderr</rsp:DesiredStream>`;
    const text = `<rsp:Receive>${wanted}</rsp:Receive>`;
    const body = await this.#ask("Receive", text, signal, { WSMAN_CMDSHELL_OPTION_KEEPALIVE: "TRUE" });
    const response = find(body, [NS.shell, "ReceiveResponse"]);
    if (response === undefined)
      throw new HostError("remote", this.client.host, "the provider does not understand the host's answer to Receive");
    return { streams: findAll(response, [NS.shell, "Stream"]).map(streamOf), exitCode: this.#exitCode(response) };
  }

  #exitCode(response: Element): number | undefined {
    const state = find(response, [NS.shell, "CommandState"]);
    if (!state?.attributes["State"]?.endsWith("/CommandState/Done")) return undefined;
    const text = find(state, [NS.shell, "ExitCode"])?.text.trim() ?? "";
    // A missing exit code does not mean 0.
    if (!/^-?\d{1,10}$/.test(text))
      throw new HostError("remote", this.client.host, "the program ended, and the host reported no exit code");
    return Number(text) >>> 0;
  }

  /** Acknowledges the end of a command's output ([MS-WSMV] 2.2.4.38). Kills a command that still runs. */
  async terminate(command: string, signal: AbortSignal): Promise<void> {
    const code = `<rsp:Code>${NS.shell}/signal/terminate</rsp:Code>`;
    await this.#ask("Signal", `<rsp:Signal CommandId="${command}">${code}</rsp:Signal>`, signal);
  }

  /** Deletes the shell and kills the programs in it. Succeeds if the shell no longer exists. */
  async delete(signal: AbortSignal): Promise<void> {
    const message = { ...this.#message("", undefined), action: `${NS.transfer}/Delete` };
    await this.client.call(message, signal).catch((error: unknown) => {
      if (!(error instanceof WsManFault && error.code === FAULT.gone)) throw error;
    });
  }

  #ask(verb: string, body: string, signal: AbortSignal, options?: Record<string, string>): Promise<Element> {
    return this.client.call({ ...this.#message(body, options), action: `${NS.shell}/${verb}` }, signal);
  }

  #message(body: string, options: Record<string, string> | undefined): Omit<Message, "action"> {
    const selectors = { ShellId: this.id };
    return { resource: RESOURCE, selectors, body, timeoutSeconds: OPERATION_SECONDS, ...(options && { options }) };
  }
}

function creation(host: string, id: string | undefined, options: ShellOptions): Message {
  const variables = Object.entries(options.environment ?? {}).map(([name, value]) => {
    check(host, "the name of a variable", name);
    check(host, `the value of ${name}`, value);
    return `<rsp:Variable Name="${escapeXml(name)}">${escapeXml(value)}</rsp:Variable>`;
  });
  const folder = options.workingDirectory;
  if (folder !== undefined) check(host, "the working directory", folder);
  const parts = [
    variables.length > 0 ? `<rsp:Environment>${variables.join("")}</rsp:Environment>` : "",
    folder === undefined ? "" : `<rsp:WorkingDirectory>${escapeXml(folder)}</rsp:WorkingDirectory>`,
    `<rsp:IdleTimeOut>PT${IDLE_SECONDS}S</rsp:IdleTimeOut>`,
    "<rsp:InputStreams>stdin</rsp:InputStreams><rsp:OutputStreams>stdout stderr</rsp:OutputStreams>",
  ];
  return {
    action: `${NS.transfer}/Create`,
    resource: RESOURCE,
    options: { WINRS_NOPROFILE: "TRUE", WINRS_CODEPAGE: CODE_PAGE },
    body: `<rsp:Shell${id === undefined ? "" : ` ShellId="${id}"`}>${parts.join("")}</rsp:Shell>`,
    timeoutSeconds: OPERATION_SECONDS,
  };
}

function check(host: string, what: string, text: string): void {
  const found = FORBIDDEN.exec(text)?.[0];
  if (found === undefined) return;
  const code = found.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0");
  throw new HostError("remote", host, `${what} has the character U+${code}, which WinRM can't carry`);
}

const streamOf = ({ attributes, text }: Element) => ({
  name: attributes["Name"] ?? "",
  data: Buffer.from(text, "base64"),
});
