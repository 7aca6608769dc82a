import type { Fields } from "../../shell/step";

/** The directories in /etc with a unit's drop-ins: those written by hand, and those of `systemctl set-property`. */
export const dropInFolders = (unit: string) => [
  `/etc/systemd/system/${unit}.d`,
  `/etc/systemd/system.control/${unit}.d`,
];

export interface DropIn {
  path: string;
  text: string;
}

/** The output of `emit_drop_ins`, in systemd's order: by file name, regardless of the directory. */
export function dropInsIn(fields: Fields): DropIn[] {
  const found = [...fields].flatMap(([key, path]): DropIn[] => {
    const text = /^drop-in\.\d+\.path$/.test(key) ? fields.get(key.replace("path", "text")) : undefined;
    return text === undefined ? [] : [{ path, text }];
  });
  const fileName = ({ path }: DropIn) => path.slice(path.lastIndexOf("/") + 1);
  return found.sort((a, b) => (fileName(a) < fileName(b) ? -1 : 1));
}
