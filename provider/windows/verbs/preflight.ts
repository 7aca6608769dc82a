import { win32 } from "node:path";
import type { Issue } from "../../../model/errors";
import { formatPath, getAt, type Path } from "../../../model/props";
import type { Definition } from "../../../model/service";
import type { Lines, Pen, Step } from "../block/block";
import type { Driver } from "../managers/driver";

/** A shim of Chocolatey or Scoop starts the program that it stands for, and is no service itself. */
const SHIM = /\\(chocolatey\\bin|scoop\\shims)\\/i;

interface Need {
  path: Path;
  file: string;
  isFolder: boolean;
  message: string;
}

/** The path of the wrapper that the definition names. */
export function givenWrapper({ wrapper }: Driver, definition: Definition): string | undefined {
  return wrapper && (getAt(definition, wrapper.property) as string | undefined);
}

function needsOf(driver: Driver, definition: Definition): Need[] {
  const { command, workingDirectory, logs = {} } = definition;
  const program = givenWrapper(driver, definition);
  const folder = (path: Path, file: string, what: string): Need => ({
    ...{ path, file, isFolder: true },
    message: `${what} ${file} does not exist`,
  });
  const file = (path: Path, name: string): Need => ({
    ...{ path, file: name, isFolder: false },
    message: `${name} does not exist`,
  });
  return [
    ...(command?.[0] === undefined ? [] : [file(["command", 0], command[0])]),
    ...(workingDirectory === undefined ? [] : [folder(["workingDirectory"], workingDirectory, "the folder")]),
    ...Object.entries(logs).flatMap(([stream, log]) =>
      log === "discard" ? [] : [folder(["logs", stream], win32.dirname(log), "the folder")],
    ),
    ...(program === undefined ? [] : [file(driver.wrapper!.property, program)]),
  ];
}

/** Looks for what a definition needs, and for the wrapper. */
export function preflightStep(driver: Driver, definition: Definition): Step {
  const given = givenWrapper(driver, definition);
  const looks = needsOf(driver, definition).map(({ path, file, isFolder }): Lines => (pen) => [
    `if not exist "${pen.text(file)}${isFolder ? "\\" : ""}" echo ${MISSING}${formatPath(path)}#>>${pen.output}`,
  ]);
  const found =
    given === undefined ? (driver.wrapper?.candidates ?? []).map(candidate) : [existing((pen) => pen.text(given))];
  return { name: "check the host", commands: [...looks, ...found] };
}

const MISSING = "#missing ";
const PROGRAM = "#program ";

function candidate(path: string): Lines {
  if (path.includes("\\")) return existing(() => path);
  return (pen) => [
    `for %%P in (${path}) do @if not "%%~$PATH:P"=="" for %%Q in ("%%~$PATH:P") do @echo ${PROGRAM}%%~zQ %%~fQ#>>${pen.output}`,
  ];
}

function existing(path: (pen: Pen) => string): Lines {
  return (pen) => {
    const file = path(pen);
    return [`if exist "${file}" for %%P in ("${file}") do @echo ${PROGRAM}%%~zP %%~fP#>>${pen.output}`];
  };
}

/** What the host lacks, and the wrapper. */
export function preflightResult(
  { driver, definition, host }: { driver: Driver; definition: Definition; host: string },
  output: string,
): { missing: Issue[]; program: { path: string; size: number } | undefined } {
  const after = (head: string) =>
    output
      .split(/\r?\n/)
      .flatMap((line) => (line.startsWith(head) ? [line.slice(head.length, line.lastIndexOf("#"))] : []));
  const needs = needsOf(driver, definition);
  const missing = after(MISSING).map((property): Issue => {
    const need = needs.find(({ path }) => formatPath(path) === property);
    return { path: need?.path ?? [property], message: `${need?.message ?? "does not exist"} on ${host}` };
  });
  const programs = after(PROGRAM).map((line) => {
    const [size = "", ...path] = line.split(" ");
    return { path: path.join(" "), size: Number(size) };
  });
  return { missing, program: programs.find(({ path }) => !SHIM.test(path)) };
}
