import type { Facts } from "../platform";

/** Facts about a Windows host. */
export interface WindowsFacts extends Facts {
  /** Such as 20348 (Windows Server 2022). */
  build: number;
  /** When the host booted, in seconds, by its own clock. Only times of the same host can be compared with it. */
  boot: number;
}
