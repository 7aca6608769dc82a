import type { Step } from "../../shell/step";
import { call } from "../../shell/library";

/** Takes our comment lines out of the head of a file, which stays as it is otherwise. */
export const releaseStep = (path: string): Step => ({
  name: "take out our comment",
  script: call("release_file", path),
});
