import { shQuote } from "../../../model/quote";
import type { HostFile, Step } from "../../../model/step";
import { ETC, unitName } from "./name";
import { put } from "../common/put";

interface Analyzer {
  tools: ReadonlySet<string>;
  systemdVersion: number;
}

/**
 * Lets systemd-analyze(1) read the unit in a folder of its own, under its real name. Unknown keys and bad values are
 * mere remarks to it ("ignoring") and leave its exit code 0: a line of our file that has no effect is an error. What it
 * says beyond that (`User=nobody` is not safe, `syslog` is obsolete) does no harm: it goes to stderr, for a warning.
 */
export function verify(name: string, [unit]: readonly HostFile[], facts: Analyzer): Step[] {
  if (!unit || !facts.tools.has("systemd-analyze")) return [];
  const file = shQuote(unitName(name));
  // From 250 on we can have it look at nothing else: neither at other units, nor at drop-ins that lie on the host.
  const alone = facts.systemdVersion >= 250;
  const path = alone ? 'env SYSTEMD_UNIT_PATH="$folder" ' : "";
  // Documentation=man:... is right also where man(1) or that page is not installed.
  const options = `${facts.systemdVersion >= 235 ? " --man=no" : ""}${alone ? " --recursive-errors=no" : ""}`;
  const analyze = `${path}systemd-analyze verify${options}`;
  const script = `
folder=$(mktemp -d) || return
${put(unit, `"$folder"/${file}`)} || { rm -rf "$folder"; return 1; }
said=$(timeout -k 5 60 ${analyze} "$folder"/${file} 2>&1 >/dev/null </dev/null)
rc=$?
rm -rf "$folder"
about=$(printf '%s\\n' "$said" | while IFS= read -r line; do
  case $line in
    "$folder"/${file}*) printf '%s\\n' "${ETC}\${line#"$folder"}" ;;
    ${file}:*) printf '%s\\n' "$line" ;;
  esac
done)
[ $rc = 0 ] || about=\${about:-$said}
[ -z "$about" ] || printf '%s\\n' "$about" >&2
[ $rc = 0 ] && ! printf '%s\\n' "$about" | grep -qi ignor`;
  return [{ name: "verify", script }];
}
