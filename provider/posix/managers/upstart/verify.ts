import { call } from "../../shell/library";
import type { HostFile, Step } from "../../shell/step";
import { parseJobFile } from "./jobFile";

/** Lets the host parse the scripts of the job, and the whole file if it has init-checkconf(8). */
export function verify([job]: readonly HostFile[]): Step[] {
  if (!job) return [];
  const scripts = parseJobFile(job.content).stanzas.flatMap(({ text }) => (text === undefined ? [] : [text]));
  const file = job.path.slice(job.path.lastIndexOf("/") + 1);
  const content = Buffer.from(job.content).toString("base64");
  return [{ name: "verify", script: call("job_verify", file, content, ...scripts) }];
}
