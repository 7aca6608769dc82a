import { shQuote } from "../../shell/quote";
import type { Step } from "../../shell/step";

/**
 * Takes our comment lines out of the head of a file, which stays as it is otherwise: owner, mode, and whatever was changed in
 * it by hand. Text that looks like ours further down is somebody's value.
 */
export function releaseStep(path: string): Step {
  const ours = ["# pulumi-bots: ", "# Managed by Pulumi (", "# pulumi-bots-machinery: "];
  const script = `
file=${shQuote(path)}
[ ! -L "$file" ] || file=$(readlink -f "$file")
[ -f "$file" ] || return 0
pb_temporary "\${file%/*}/.\${file##*/}.pulumi-bots" || return
if cp -p "$file" "$pb_temp" && sed -e '1,/^[^#]/{' ${ours.map((start) => `-e '/^${start}/d'`).join(" ")} -e '}' "$file" >"$pb_temp" &&
  [ -s "$pb_temp" ] && pb_sync "$pb_temp" && mv -f "$pb_temp" "$file"
then pb_sync "\${file%/*}"
else
  rm -f "$pb_temp"
  echo "release $file: failed, the file is as it was" >&2
  return 1
fi`;
  return { name: "take out our comment", script };
}
