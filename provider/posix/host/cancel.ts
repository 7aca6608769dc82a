import type { Step } from "../shell/step";
import { sh } from "./sh";

/**
 * Ends what another shell of ours runs: the processes below it, not those that it started as daemons (they are no longer
 * below it), then, if it must be, the shell. Arguments: pid and start time of that shell.
 */
export const STOP: Step = {
  name: "stop",
  script: sh`
pb_there() { [ "$(pb_born "$1")" = "$2" ]; }

kill -TERM "$1" 2>/dev/null # begins no further step
for pb_signal in TERM KILL; do
  pb_there "$1" "$2" || return 0
  for pb_pid in $(pb_below "$1"); do kill "-$pb_signal" "$pb_pid" 2>/dev/null; done
  for pb_try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
    pb_there "$1" "$2" || return 0
    sleep 0.2 2>/dev/null || sleep 1
  done
done
kill -KILL "$1"
`,
};
