import type { Fields } from "../../shell/step";

/** Where systemd takes drop-ins of a unit from in /etc: those written by hand, and those of `systemctl set-property`. */
export const dropInFolders = (unit: string) => [
  `/etc/systemd/system/${unit}.d`,
  `/etc/systemd/system.control/${unit}.d`,
];

export interface DropIn {
  path: string;
  text: string;
}

/** What `emit_drop_ins` emitted, in systemd's order: by file name, whatever the folder. */
export function dropInsIn(fields: Fields): DropIn[] {
  const found = [...fields].flatMap(([key, path]): DropIn[] => {
    const text = /^drop-in\.\d+\.path$/.test(key) ? fields.get(key.replace("path", "text")) : undefined;
    return text === undefined ? [] : [{ path, text }];
  });
  const fileName = ({ path }: DropIn) => path.slice(path.lastIndexOf("/") + 1);
  return found.sort((a, b) => (fileName(a) < fileName(b) ? -1 : 1));
}
