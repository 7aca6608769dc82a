import { shQuote } from "../../shell/quote";
import type { HostFile, Step } from "../../shell/step";
import { ETC, unitName } from "./name";
import { put } from "../common/put";

interface Analyzer {
  tools: ReadonlySet<string>;
  systemdVersion: number;
}

/**
 * Lets systemd-analyze(1) read the unit in a folder of its own, under its real name. What systemd would ignore or would not
 * load is an error. Its exit code does not tell: it is 0 for some values that are ignored, and with `--recursive-errors=no`
 * it is 1 for a mere remark about a directive that systemd runs (`MemoryLimit=`, `KillMode=none`). The words tell: what is
 * ignored says so, and a unit that is not loaded has a line that names no line of the file. Remarks go to stderr, for a warning.
 */
export function verify(name: string, [unit]: readonly HostFile[], facts: Analyzer): Step[] {
  if (!unit || !facts.tools.has("systemd-analyze")) return [];
  const file = shQuote(unitName(name));
  // From 250 on we can have it look at nothing else: neither at other units, nor at drop-ins that lie on the host.
  const alone = facts.systemdVersion >= 250;
  const path = alone ? 'env SYSTEMD_UNIT_PATH="$folder" ' : "";
  // Documentation=man:... is right also where man(1) or that page is not installed.
  const options = `${facts.systemdVersion >= 235 ? " --man=no" : ""}${alone ? " --recursive-errors=no" : ""}`;
  // What follows a colon is the name under which the file is read, and that name may have one.
  const renamed = alone && name.includes(":");
  const analyze = `${path}systemd-analyze verify${options}`;
  const script = `
unit=${file}
folder=$(mktemp -d) || return
${put(unit, `"$folder/${renamed ? "unit" : "$unit"}"`)} || { rm -rf "$folder"; return 1; }
said=$(timeout -k 5 60 ${analyze} "$folder/${renamed ? "unit:" : ""}$unit" 2>&1 >/dev/null </dev/null)
rc=$?
rm -rf "$folder"
[ $rc != 124 ] || { echo "systemd-analyze verify: not done within 60 seconds" >&2; return 1; }
# Each line with a letter in front: i(gnored), r(emark), u(nit as a whole), o(ther things).
judged=$(printf '%s\\n' "$said" | while IFS= read -r line; do
  about=\${line#"$unit"}
  at=$unit
  case $line in /*/"$unit"*) about=\${line#*/"$unit"}; at=${ETC}/$unit ;; esac
  case $line in
    ""|"Accepting user/group name "*) continue ;;
    /*/"$unit"*|"$unit":*)
      case $about in
        *[Ii]gnor*) letter=i ;;
        :[0-9]*) letter=r ;;
        *) letter=u ;;
      esac ;;
    *) letter=o; at=; about=$line ;;
  esac
  printf '%s\\n' "$letter$at$about"
done)
of() { printf '%s\\n' "$judged" | sed -n "s/^[$1]//p"; }
about=$(of iru)
[ $rc = 0 ] || [ -n "$(of iu)" ] || about=$(of iruo)
[ -z "$about" ] || printf '%s\\n' "$about" >&2
[ -z "$(of i)" ] || return 1
[ $rc = 0 ] || { [ -z "$(of uo)" ] && [ -n "$(of r)" ]; }`;
  return [{ name: "verify", script }];
}
