import type { Issue } from "../../../../../model/errors";
import type { Path } from "../../../../../model/props";
import type { Definition } from "../../../../../model/service";
import type { Directives } from "../directives";
import type { Assignment, Section } from "../unitFile";

/** A directive, the property that sets it, and whether `options.systemd` may add more lines of it. */
export interface Ownership {
  section: Section;
  name: string;
  path: Path;
  shared?: boolean;
}

/** What the lines depend on besides the definition. */
export interface RenderContext {
  environmentFile: string;
  systemdVersion: number;
}

export interface ParseContext {
  environmentFile: string;
  /** The content of that file. Undefined when it does not exist. */
  environmentText?: string;
}

/** A part of a definition and its directives. `parse` moves values from the directives into the definition. */
export interface Mapping {
  readonly owns: readonly Ownership[];
  check(definition: Definition): Issue[];
  render(definition: Definition, context: RenderContext): Assignment[];
  parse(directives: Directives, definition: Definition, context: ParseContext): void;
}
