import type { Step } from "../shell/step";
import { call } from "../shell/library";

/** Ends another of the provider's shells and what it runs. `pid` and `born`: what that shell reported as its process. */
export const stopStep = ({ pid, born }: { pid: string; born: string }): Step => ({
  name: "stop",
  script: call("pb_stop_shell", pid, born),
});
