import { randomBytes } from "node:crypto";

/** A text that nobody can guess, for names and marks. */
export const newNonce = (): string => randomBytes(12).toString("hex");
