import { program } from "./program";

/** The program of this project. Its export is the output of the stack. */
export const { servers } = program();
