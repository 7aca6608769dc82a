import type { ManagerRules } from "../../rules";
import type { Connections } from "../connections";

/** The dependencies of the service lifecycle. */
export interface Context {
  readonly connections: Connections;
  readonly managers: ReadonlyMap<string, ManagerRules>;
}
