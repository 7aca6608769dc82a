import type { Step } from "../../shell/step";
import { call } from "../../shell/library";

/** Removes our comment lines from the head of a file and leaves the rest unchanged. */
export const releaseStep = (path: string): Step => ({
  name: "take out our comment",
  script: call("release_file", path),
});
