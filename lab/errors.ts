/** An error of the lab that the CLI prints without a stack trace. */
export class LabError extends Error {
  override name = "LabError";
}
