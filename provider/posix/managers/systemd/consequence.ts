import { consequences } from "../common/consequence";

/** Directives of [Service] that are about the next start or stop, not about the process that runs. */
const ABOUT_LATER =
  /^(Restart|StartLimit|Timeout|Kill|FinalKillSignal$|SendSIG|ExecReload$|ExecStop|Success|SuccessExitStatus$)/;

export const consequence = consequences("systemd", {}, ([section, directive]) => {
  if (section === "install") return "enable";
  return section === "unit" || (directive && ABOUT_LATER.test(String(directive))) ? "reload" : "restart";
});
