import { readFileSync } from "node:fs";
import { createHash } from "node:crypto";
import type { Issue } from "../../../model/errors";
import { getAt } from "../../../model/props";
import type { Definition } from "../../../model/service";
import { expandHome } from "../../transports/files";
import type { Carrier } from "../carrier";
import type { Wrapper } from "../managers/driver";

/** A program on the computer that runs Pulumi, for the provider's folder on the host. */
export interface Upload {
  /** On the host, in the folder of the provider's programs. */
  name: string;
  data: Buffer;
  sha256: string;
}

/** Where uploaded programs lie on a host. Only administrators can write in it. */
export const PROGRAMS = "C:\\Program Files\\pulumi-bots\\bin";

export const uploadPath = ({ name }: Upload): string => `${PROGRAMS}\\${name}`;

/** The wrapper that the definition gives for hosts that have none; undefined when it gives none. */
export function uploadOf(
  { upload: wanted }: Wrapper,
  definition: Definition,
  carrier: Pick<Carrier, "upload">,
): Upload | { issue: Issue } | undefined {
  const file = wanted && (getAt(definition, wanted.property) as string | undefined);
  if (wanted === undefined || file === undefined) return undefined;
  const issue = (message: string) => ({ issue: { path: wanted.property, message } });
  if (carrier.upload === undefined)
    return issue("needs SSH: over WinRM, put the file on the host yourself, or set options.nssm.path");
  try {
    const data = readFileSync(expandHome(file));
    if (data.toString("latin1", 0, 2) !== "MZ") return issue(`${file} is not a program of Windows`);
    return { name: wanted.name, data, sha256: createHash("sha256").update(data).digest("hex") };
  } catch (error) {
    return issue(`can't be read on the computer that runs Pulumi: ${(error as Error).message}`);
  }
}
