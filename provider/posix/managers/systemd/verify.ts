import { call } from "../../shell/library";
import type { HostFile, Step } from "../../shell/step";
import { unitName } from "./name";

interface Analyzer {
  tools: ReadonlySet<string>;
  systemdVersion: number;
}

/** Lets systemd-analyze(1) check the unit, if the host has it. */
export function verify(name: string, [unit]: readonly HostFile[], { tools, systemdVersion }: Analyzer): Step[] {
  if (!unit || !tools.has("systemd-analyze")) return [];
  const text = Buffer.from(unit.content).toString("base64");
  return [{ name: "verify", script: call("unit_verify", unitName(name), text, systemdVersion) }];
}
