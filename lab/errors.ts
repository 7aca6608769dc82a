/** What went wrong in the lab, in words for the person at the keyboard. */
export class LabError extends Error {
  override name = "LabError";
}
