/** The folder of the running blocks, as SFTP and as Windows have it. */
const SFTP_RUN = "/C:/Program Files/pulumi-bots/run";
const WINDOWS_RUN = "C:\\Program Files\\pulumi-bots\\run";

export const RUN_PARENTS = ["/C:/Program Files/pulumi-bots", SFTP_RUN] as const;
export const runFolder = (nonce: string): string => `${SFTP_RUN}/${nonce}`;

/**
 * How the login shells of OpenSSH for Windows (`DefaultShell` in the registry) run a batch file. In any other shell than its own
 * a line runs the same file or nothing: PowerShell prints a text in quotes, or finds no program if its quotes got lost, and cmd.exe
 * finds neither `&` nor `MSYS_NO_PATHCONV=1`.
 */
export const LOGIN_SHELLS: readonly ((nonce: string) => string)[] = [
  (nonce) => `"${WINDOWS_RUN}\\${nonce}\\op.cmd"`, // cmd.exe
  (nonce) => `& '${WINDOWS_RUN}\\${nonce}\\op.cmd'`, // PowerShell
  // A bash of MSYS (Git) would take /d for a path.
  (nonce) => `MSYS_NO_PATHCONV=1 cmd.exe /d /c '${WINDOWS_RUN}\\${nonce}\\op.cmd'`,
];
