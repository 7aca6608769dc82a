import { closeSync, fstatSync, lstatSync, mkdirSync, openSync, readSync, readdirSync, renameSync } from "node:fs";
import { existsSync, rmSync, rmdirSync, truncateSync, utimesSync, writeSync, type Stats } from "node:fs";
import { join } from "node:path";
import { utils, type Attributes, type SFTPWrapper } from "ssh2";
import { onDrive, wholePath } from "./drive";

const { STATUS_CODE, flagsToString } = utils.sftp;

type Open = { file: number } | { folder: string; isRead: boolean };

/**
 * SFTP, version 3, over drive C:. As on Windows there are no modes (a change of them is taken and does nothing), and no file is
 * renamed onto another. Extensions, such as OpenSSH's rename that overwrites, can't be had: ssh2's server announces none.
 */
export function serveSftp(sftp: SFTPWrapper, root: string): void {
  const handles = new Map<number, Open>();
  let last = 0;

  const add = (open: Open): Buffer => {
    handles.set(++last, open);
    const handle = Buffer.alloc(4);
    handle.writeUInt32BE(last);
    return handle;
  };
  const opened = (handle: Buffer): Open => {
    const open = handles.get(handle.length === 4 ? handle.readUInt32BE() : 0);
    if (!open) throw new Error("no such handle");
    return open;
  };
  const fileOf = (handle: Buffer): number => {
    const open = opened(handle);
    if (!("file" in open)) throw new Error("it is a folder");
    return open.file;
  };
  const place = (path: string): string => {
    const found = onDrive(root, path);
    if (found === undefined) throw Object.assign(new Error("no such drive"), { code: "ENOENT" });
    return found;
  };
  /** Answers a request with what `work` gives, or with why it failed. */
  const answer = (id: number, work: () => void) => {
    try {
      work();
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      const missing = code === "ENOENT" || code === "ENOTDIR";
      const status = missing ? "NO_SUCH_FILE" : code === "EACCES" ? "PERMISSION_DENIED" : "FAILURE";
      sftp.status(id, STATUS_CODE[status]);
    }
  };
  const done = (id: number, work: () => unknown) =>
    answer(id, () => {
      work();
      sftp.status(id, STATUS_CODE.OK);
    });

  sftp.on("end", () => sftp.end());
  sftp.on("OPEN", (id, path, flags) =>
    answer(id, () => sftp.handle(id, add({ file: openSync(place(path), flagsToString(flags) ?? "r") }))),
  );
  sftp.on("READ", (id, handle, offset, length) =>
    answer(id, () => {
      const data = Buffer.alloc(Math.min(length, 256 * 1024));
      const got = readSync(fileOf(handle), data, 0, data.length, offset);
      if (got === 0) sftp.status(id, STATUS_CODE.EOF);
      else sftp.data(id, data.subarray(0, got));
    }),
  );
  sftp.on("WRITE", (id, handle, offset, data) =>
    done(id, () => writeSync(fileOf(handle), data, 0, data.length, offset)),
  );
  sftp.on("CLOSE", (id, handle) =>
    done(id, () => {
      const open = opened(handle);
      handles.delete(handle.readUInt32BE());
      if ("file" in open) closeSync(open.file);
    }),
  );
  sftp.on("FSTAT", (id, handle) => answer(id, () => sftp.attrs(id, attributes(fstatSync(fileOf(handle))))));
  const stat = (id: number, path: string) => answer(id, () => sftp.attrs(id, attributes(lstatSync(place(path)))));
  sftp.on("STAT", stat);
  sftp.on("LSTAT", stat);
  sftp.on("SETSTAT", (id, path, attrs) => done(id, () => change(place(path), attrs)));
  sftp.on("FSETSTAT", (id, handle) => done(id, () => opened(handle)));
  sftp.on("OPENDIR", (id, path) =>
    answer(id, () => {
      const folder = place(path);
      readdirSync(folder);
      sftp.handle(id, add({ folder, isRead: false }));
    }),
  );
  sftp.on("READDIR", (id, handle) =>
    answer(id, () => {
      const open = opened(handle);
      if (!("folder" in open) || open.isRead) return sftp.status(id, STATUS_CODE.EOF);
      open.isRead = true;
      const names = readdirSync(open.folder).map((filename) => {
        const attrs = attributes(lstatSync(join(open.folder, filename)));
        return { filename, longname: filename, attrs };
      });
      if (names.length === 0) sftp.status(id, STATUS_CODE.EOF);
      else sftp.name(id, names);
    }),
  );
  sftp.on("MKDIR", (id, path) => done(id, () => mkdirSync(place(path))));
  sftp.on("RMDIR", (id, path) => done(id, () => rmdirSync(place(path))));
  sftp.on("REMOVE", (id, path) => done(id, () => rmSync(place(path))));
  sftp.on("RENAME", (id, from, to) =>
    done(id, () => {
      if (existsSync(place(to))) throw new Error("it is there already");
      renameSync(place(from), place(to));
    }),
  );
  sftp.on("REALPATH", (id, path) => {
    const filename = wholePath(path);
    sftp.name(id, [{ filename, longname: filename, attrs: {} as Attributes }]);
  });
}

/** SFTP has no other permissions for a file of Windows: a user who can read it can do everything else too. */
function attributes(stats: Stats): Attributes {
  const [atime, mtime] = [stats.atimeMs, stats.mtimeMs].map((ms) => Math.floor(ms / 1000));
  return { mode: (stats.mode & 0o170000) | 0o666, uid: 0, gid: 0, size: stats.size, atime: atime!, mtime: mtime! };
}

function change(path: string, { size, atime, mtime }: Partial<Attributes>): void {
  if (size !== undefined) truncateSync(path, size);
  if (atime !== undefined && mtime !== undefined) utimesSync(path, atime, mtime);
  lstatSync(path);
}
