import type { Path } from "../../../../model/props";
import { consequences } from "../common/consequence";
import type { Consequence } from "../../../manager";
import type { ScriptManagerName } from "./name";

/** A script is read anew with each call; whether somebody watches over a process is settled when it starts. */
export function consequence(manager: ScriptManagerName): (path: Path) => Consequence {
  // The order is in the links.
  const others = consequences(manager, { restart: "restart", requires: "enable" }, ([option]) =>
    option === undefined || option === "pidFile" ? "restart" : "enable",
  );
  return (path) => {
    const [property, part] = path;
    const aboutLater = property === "restart" && (part === "delaySeconds" || part === "maxAttempts");
    return aboutLater ? "reload" : others(path);
  };
}
