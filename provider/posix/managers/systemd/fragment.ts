import type { Fragment } from "../../shell/step";
import { emitDropIns } from "../common/dropIns";
import { SECRETS_FOLDER } from "../common/secrets";
import { ETC, RUNTIME } from "./name";
import { STATE_PROPERTIES } from "./state";

const PROPERTIES = ["Id", "Names", "FragmentPath", "SourcePath", "DropInPaths", "UnitFileState", ...STATE_PROPERTIES];

/** Folders beside /etc whose links are there at every boot: those of packages, and what generators make anew each time. */
const LASTING = [
  ...["/usr/local/lib", "/usr/lib", "/lib"].map((folder) => `${folder}/systemd/system`),
  ...["/run/systemd/generator", "/run/systemd/generator.early", "/run/systemd/generator.late"],
];

/**
 * Reads, for all names: systemd's state in one call, and the files themselves, whose text is what counts (systemd may
 * not have loaded it yet). Per name it emits `show`, `link` and `unit` (in /etc), `fragment` (the unit file when it is
 * another one), `drop-in.N.path` and `drop-in.N.text`, `environment`, `stat`, `modes` (of what
 * links lead to), `links` (what starts it at every boot) and `runtime-links` (what starts it until the next one).
 */
export const fragment: Fragment = {
  name: "systemd",
  script: `
nl='
'
emit_modes() {
  pb_key=$1
  shift
  for pb_path; do
    shift
    [ ! -e "$pb_path" ] || set -- "$@" "$pb_path"
  done
  pb_said=
  [ $# -eq 0 ] || pb_said=$(stat -L -c '%U:%G %a %n' "$@") || pb_unread "stat failed for $*" || return 1
  emit "$pb_key" "$pb_said"
}
units=
for n in "$@"; do units="$units $n.service"; done
rest=$(timeout -k 5 60 systemctl --no-pager show -p ${PROPERTIES.join(",")} -- $units) || return
for n in "$@"; do
  block=$nl\${rest%%"$nl$nl"*}$nl
  rest=\${rest#*"$nl$nl"}
  emit "$n/show" "$block"
  id=\${block#*"\${nl}Id="}
  id=\${id%%"$nl"*}
  source=\${block#*"\${nl}FragmentPath="}
  source=\${source%%"$nl"*}
  own=${ETC}/$n.service
  emit_link "$n/link" "$own"
  emit_file "$n/unit" "$own"
  [ "$source" = "$own" ] || [ -z "$source" ] || emit_file "$n/fragment" "$source"${emitDropIns('"$id"')}
  emit_file "$n/environment" "${SECRETS_FOLDER}/$n.env"
  emit_stat "$n/stat" "$own" "\${source:-$own}" "${SECRETS_FOLDER}/$n.env"
  emit_modes "$n/modes" "$own" "\${source:-$own}" ${ETC}/"$id.d"/*.conf ${ETC}.control/"$id.d"/*.conf
  links= runtime=
  for folder in ${ETC} ${[...LASTING, RUNTIME].join(" ")}; do
    for link in "$folder"/*.wants/"$id" "$folder"/*.requires/"$id" "$folder"/*.upholds/"$id"; do
      if [ ! -L "$link" ]; then continue
      elif [ "$folder" = ${RUNTIME} ]; then runtime="$runtime$link$nl"
      else links="$links$link$nl"
      fi
    done
  done
  emit "$n/links" "$links"
  emit "$n/runtime-links" "$runtime"
done`,
};
