import type { Step } from "../shell/step";
import { call } from "../shell/library";

/** Ends what another shell of ours runs: the process that it has said it is. */
export const stopStep = ({ pid, born }: { pid: string; born: string }): Step => ({
  name: "stop",
  script: call("pb_stop_shell", pid, born),
});
