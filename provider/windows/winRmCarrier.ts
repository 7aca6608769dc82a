import { HostError } from "../../model/errors";
import { deleteKey, setText } from "../transports/winrm/registry";
import { invoke } from "../transports/winrm/wmi";
import type { WinRmTransport } from "../transports/winrm";
import { FAULT, WsManFault } from "../transports/winrm/faults";
import { BlockError, readOutcome, render, type Block, type Outcome } from "./block/block";
import { carry } from "./block/carrier";
import { printing, unprinted, type Printing } from "./block/printed";
import type { Account, Carrier, Gathered, Gatherer } from "./carrier";
import { BatchReader } from "./reading/batchReader";
import { EitherReader, Refusal } from "./reading/eitherReader";
import { WmiReader } from "./reading/wmiReader";
import { deleteKeyBlock, setTextBlock } from "./registryBlocks";

/** What is known of a login. */
interface Known {
  /** Whether the host refuses WMI. */
  wmi: Refusal;
  printing: Printing;
}

const known = new WeakMap<WinRmTransport, Known>();

/** Reads through WMI, or by a batch file where that is refused, and carries blocks in the environment of a remote shell. */
export class WinRmCarrier implements Carrier, Gatherer {
  readonly reader: EitherReader;
  readonly #known: Known;

  constructor(private readonly transport: WinRmTransport) {
    this.#known = known.get(transport) ?? { wmi: new Refusal(refusalOf), printing: "type" };
    known.set(transport, this.#known);
    this.reader = new EitherReader(new WmiReader(transport), new BatchReader(this), this.#known.wmi);
  }

  get host(): string {
    return this.transport.host;
  }

  async run(block: Block, signal: AbortSignal): Promise<Outcome> {
    const { environment, line } = carry(block.nonce, this.#rendered(block));
    const { stdout, stderr, hasGap } = await this.transport.run({ environment, line }, signal);
    const outcome = readOutcome(block.nonce, stdout.toString());
    if (outcome !== undefined) return outcome;
    if (hasGap)
      throw new HostError("lostConnection", this.host, "an answer of the host was lost, and the result with it");
    const said = `${stdout.toString()}${stderr.toString()}`.trim();
    throw new HostError("remote", this.host, `the host did not run the provider's batch file: ${said || "no output"}`);
  }

  async gather(block: Block, files: readonly string[], signal: AbortSignal): Promise<Gathered> {
    const how = this.#known.printing;
    const outcome = await this.run(printing(block, files, how), signal);
    const found = unprinted(block, files, how, outcome.output);
    if (found !== undefined) return { outcome: { ...outcome, output: found.output }, files: found.texts };
    // Only reads have files, so this may be repeated.
    this.#known.printing = "certutil";
    return this.gather(block, files, signal);
  }

  async setAccount({ service, user, password }: Account, signal: AbortSignal): Promise<number> {
    const args = { StartName: user, StartPassword: password };
    const call = { className: "Win32_Service", method: "Change", args, selectors: { Name: service } };
    return (await invoke(this.transport, call, signal)).returnValue;
  }

  #rendered(block: Block) {
    try {
      return render(block);
    } catch (error) {
      if (!(error instanceof BlockError)) throw error;
      throw new HostError("remote", this.host, error.message, { cause: error });
    }
  }

  setText(path: string, name: string, text: string, signal: AbortSignal): Promise<void> {
    return this.#known.wmi.unlessRefused(
      () => setText(this.transport, { path, name, text }, signal),
      () => this.run(setTextBlock(path, name, text), signal).then(() => {}),
    );
  }

  deleteKey(path: string, signal: AbortSignal): Promise<void> {
    return this.#known.wmi.unlessRefused(
      () => deleteKey(this.transport, path, signal),
      () => this.run(deleteKeyBlock(path), signal).then(() => {}),
    );
  }
}

/** Why the host refuses WMI; undefined for any other error. */
function refusalOf(error: unknown): string | undefined {
  if (!(error instanceof WsManFault && error.code === FAULT.wmiDenied)) return undefined;
  return `${error.host} refuses WMI to this login (rights on the namespaces root/cimv2 and root/standardcimv2), so the provider reads it by a remote shell with reg.exe, sc.exe and PowerShell, which security software may report`;
}
