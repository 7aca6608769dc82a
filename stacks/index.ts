import { program } from "./program";

/** What `pulumi up` runs in this project, and what `pulumi stack output` shows of it. */
export const { servers } = program();
