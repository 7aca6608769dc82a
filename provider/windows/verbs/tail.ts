import type { Definition } from "../../../model/service";
import { SYSTEM, type Lines, type Step } from "../block/block";

/** Bytes of a log file that is printed: batch files can only print a whole one. */
const MOST_LOG = 262_144;
/** Events of the service control manager and of NSSM that are printed. */
const EVENTS = 5;

/** Prints the end of a service's log: its log files, and the latest events about it. */
export function tailStep(name: string, { logs = {} }: Definition): Step {
  const files = [...new Set([logs.stdout, logs.stderr ?? logs.stdout])];
  return {
    name: "read the log",
    commands: [
      ...files.flatMap((file) => (file === undefined || file === "discard" ? [] : [print(file)])),
      events(name),
    ],
  };
}

function print(file: string): Lines {
  return (pen) => {
    const [path, scratch] = [pen.text(file), pen.file("copy.txt")];
    return [
      'set "SIZE=0"',
      `if exist "${path}" for %%F in ("${path}") do @set "SIZE=%%~zF"`,
      'if "!SIZE!"=="" set "SIZE=0"', // Wine does not expand the variable in the list
      `if !SIZE! GTR ${MOST_LOG} echo the log is too long to be shown: ${path}>>${pen.output}`,
      // A copy, because `type` can't open a file that its program has open for writing.
      `if !SIZE! LEQ ${MOST_LOG} copy /y "${path}" ${scratch} >nul 2>nul`,
      `if exist ${scratch} type ${scratch} >>${pen.output}`,
      `del /q ${scratch} 2>nul`,
    ];
  };
}

function events(name: string): Lines {
  return (pen) => {
    const query = pen.text(
      `*[System[Provider[@Name='Service Control Manager' or @Name='nssm']] and EventData[Data='${name.replace(/'/g, "")}']]`,
    );
    const log = (channel: string) =>
      `<nul ${SYSTEM}\\wevtutil.exe qe ${channel} "/q:${query}" /c:${EVENTS} /rd:true /f:text >>${pen.output} 2>nul`;
    return [log("System"), log("Application")];
  };
}
