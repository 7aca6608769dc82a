import type { ManagerName } from "../../model/service";
import type { Manager } from "./manager";
import { systemd } from "./systemd";

export { definitionHash } from "./definitionHash";

/** Every service manager that we can drive. */
export const MANAGERS: Readonly<Record<ManagerName, Manager>> = { systemd };
