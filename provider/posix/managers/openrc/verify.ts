import { shQuote } from "../../shell/quote";
import type { HostFile, Step } from "../../shell/step";
import { parseDepend } from "./depend";
import { DIVIDER } from "./machinery";

/**
 * Has the host's own shell read the script, and looks whether what it depends on is there: as a script, or as what one of
 * them provides (\`net\`). OpenRC refuses a start for a missing \`need\`; without one that is only used, or only to be started
 * before, it starts all the same, as most scripts count on: that is a remark.
 */
export function verify(_name: string, [script]: readonly HostFile[]): Step[] {
  if (!script) return [];
  const settings = script.content.slice(0, script.content.lastIndexOf(`\n${DIVIDER}\n`));
  const { dependencies } = parseDepend(settings.split("\n"));
  const others = dependencies.after.filter((name) => !dependencies.want.includes(name));
  const checks = Object.entries({ need: dependencies.need, use: dependencies.use, after: others }).flatMap(
    ([kind, names]) => names.map((name, i) => `known ${shQuote(name)} ${shQuote(`options.openrc.${kind}[${i}]`)}`),
  );
  return [
    {
      name: "verify",
      script: `
printf %s ${shQuote(script.content)} | sh -n || return
missing=
known() {
  [ -e "/etc/init.d/$1" ] || grep -qE "_(service|i?provide_[0-9]+)='$1'\\$" /run/openrc/deptree 2>/dev/null || {
    case $2 in options.openrc.need*) missing=1 ;; esac
    echo "$2: there is no service $1" >&2
  }
}
${checks.join("\n")}
[ -z "$missing" ]`,
    },
  ];
}
