import { consequences } from "../common/consequence";

/** A supervisor keeps what it was started with, as the program does. */
export const consequence = consequences("openrc", { restart: "restart" }, ([option]) =>
  option === undefined || option === "runlevel" ? "enable" : "reload",
);
