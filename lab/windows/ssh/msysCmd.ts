import { spawn } from "node:child_process";
import { launch } from "../launcher";

/** cmd.exe as a program of MSYS starts it: an argument that looks like a path of Unix becomes one of Windows. */
const isKept = process.env["MSYS_NO_PATHCONV"] !== undefined;
const args = process.argv
  .slice(2)
  .map((argument) =>
    isKept ? argument : argument.replace(/^\/([a-z])(?=\/|$)/, (_, drive: string) => `${drive.toUpperCase()}:/`),
  )
  .map((argument) => (/\s/.test(argument) ? `"${argument}"` : argument));
const { argv, code } = launch(process.env["WINEPREFIX"]!, ["C:\\windows\\system32\\cmd.exe", ...args].join(" "));
const [program, ...rest] = argv;
spawn(program, rest, { cwd: "/", stdio: "inherit" }).on("close", () => process.exit((code() ?? 1) & 0xff));
