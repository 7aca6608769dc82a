import { win32 } from "node:path";
import { argvOf } from "./imagePath";

/**
 * The file with the settings of a service of WinSW: beside its program, or named by its only argument. Undefined for other
 * services, and for a WinSW that was given another name. See docs/xml-config-file.md of winsw/winsw.
 */
export function winswFile(imagePath: string): string | undefined {
  const [program = "", file, ...more] = argvOf(imagePath);
  if (!/^winsw[^\\]*\.exe$/i.test(win32.basename(program)) || more.length > 0) return undefined;
  if (file === undefined) return program.replace(/exe$/i, "xml");
  return /\.xml$/i.test(file) ? file : undefined;
}
