import type { ManagerRules } from "../../rules";
import { validateName, validateStartMode } from "./validate";

/** What the rules of all managers of Windows have in common: the service control manager decides it. */
export const scmRules = {
  platform: "windows",
  startModes: ["automatic", "delayed", "manual", "disabled"],
  validateStartMode,
  validateName,
} satisfies Partial<ManagerRules>;

/** A PowerShell command that shows the last events of a program in a log of Windows. */
export const eventsOf = (log: "Application" | "System", provider: string): string =>
  `Get-WinEvent -MaxEvents 100 -FilterHashtable @{ LogName = '${log}'; ProviderName = '${provider}' }`;

/** Starts, stops and failures of services are events of the service control manager. */
export const scmEvents = (): string => eventsOf("System", "Service Control Manager");
