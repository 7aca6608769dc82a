import { shQuote } from "../../shell/quote";
import type { HostFile, Step } from "../../shell/step";
import { put } from "../common/put";
import { parseJobFile } from "./jobFile";

/**
 * Lets the host's own shell read the scripts of the job (`sh -n`), and init-checkconf(8) the whole file where it is there and
 * can run: it starts an upstart of its own for that, which it can't everywhere. What the two leave behind, in the folder for
 * temporary files and below the home, goes with ours.
 */
export function verify([job]: readonly HostFile[]): Step[] {
  if (!job) return [];
  const scripts = parseJobFile(job.content).stanzas.flatMap(({ text }) => (text === undefined ? [] : [text]));
  const name = shQuote(job.path.slice(job.path.lastIndexOf("/") + 1));
  const script = `
for body in ${scripts.map(shQuote).join(" ")}; do
  printf '%s\\n' "$body" | sh -n || return
done
have init-checkconf || return 0
folder=$(mktemp -d) || return 0
${put(job, `"$folder"/${name}`)} || { rm -rf "$folder"; return 1; }
said=$(HOME=$folder TMPDIR=$folder; export HOME TMPDIR; pb_bounded 60 init-checkconf "$folder"/${name} 2>&1 </dev/null)
rm -rf "$folder"
case $said in
  *"syntax invalid"*) printf '%s\\n' "$said" >&2; return 1 ;;
esac`;
  return [{ name: "verify", script }];
}
