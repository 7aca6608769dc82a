import { stopHostsOf } from "../../lab/hosts";
import { currentOwner } from "../../lab/records";
import { missingForLab } from "../../lab/requirements";

/** Stops the hosts that tests of this run have left. In a worker, jest runs no exit handlers. */
export default function teardown(): void {
  if (missingForLab().length === 0) stopHostsOf(currentOwner());
}
