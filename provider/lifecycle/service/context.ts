import type { ManagerRules } from "../../rules";
import type { Connections } from "../connections";

/** What the lifecycle of a service rests on. */
export interface Context {
  readonly connections: Connections;
  readonly managers: ReadonlyMap<string, ManagerRules>;
}
