import { ownerVariable, currentOwner } from "../../lab/records";
import { missingForLab } from "../../lab/requirements";
import { sweep } from "../../lab/sweep";
import { beginTimes } from "./times";

/** Hosts belong to the whole run, not to the worker that starts one. Those that a killed run has left are removed first. */
export default function setup(): void {
  beginTimes();
  if (missingForLab().length > 0) return;
  process.env[ownerVariable] = JSON.stringify(currentOwner());
  sweep();
}
