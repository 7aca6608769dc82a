import { HostError } from "../../model/errors";
import { deleteKey, setText } from "../transports/winrm/registry";
import type { WinRmTransport } from "../transports/winrm";
import { BlockError, readOutcome, render, type Block, type Outcome } from "./block/block";
import { carry } from "./block/carrier";
import type { Carrier } from "./carrier";
import { WmiReader } from "./reading/wmiReader";

/** Reads through WMI, and carries blocks in the environment of a remote shell. */
export class WinRmCarrier implements Carrier {
  readonly reader: WmiReader;

  constructor(private readonly transport: WinRmTransport) {
    this.reader = new WmiReader(transport);
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

  #rendered(block: Block) {
    try {
      return render(block);
    } catch (error) {
      if (!(error instanceof BlockError)) throw error;
      throw new HostError("remote", this.host, error.message, { cause: error });
    }
  }

  setText(path: string, name: string, text: string, signal: AbortSignal): Promise<void> {
    return setText(this.transport, { path, name, text }, signal);
  }

  deleteKey(path: string, signal: AbortSignal): Promise<void> {
    return deleteKey(this.transport, path, signal);
  }
}
