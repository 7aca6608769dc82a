import { shQuote } from "../shell/quote";
import type { Fields, Step } from "../shell/step";

/**
 * What we keep of a service on its host, each in a folder with a list `paths` and a tree `files`: `former`, before a change
 * that has not settled yet; `original-TIME`, of others, before an adoption or a removal; `moved-TIME`, drop-ins of others
 * that lay over it.
 */
export function keptFolder(service: string): string {
  return `/var/lib/pulumi-bots/${service}`;
}

/**
 * Copies the files at `paths` aside, each with all its attributes, and notes which of them were missing. A copy that is
 * there already is kept: it is of an earlier run that was killed before its change had settled, and older is right.
 * `manager` is noted with them: whose files they are.
 */
export function keepStep(service: string, copy: string, paths: readonly string[], manager = ""): Step {
  const folder = `${keptFolder(service)}/${copy}`;
  return {
    name: `keep the ${copy.replace(/-.*/, "")} files`,
    script: `
      folder=${shQuote(folder)}
      [ -d "$folder" ] && return 0
      rm -rf "$folder.new" || return 1
      # Dropping what another service has kept takes the folder above away while it is empty.
      mkdir -p "$folder.new/files" 2>/dev/null || mkdir -p "$folder.new/files" || return 1
      chmod 700 "$folder.new" || return 1
      # Of a full disk, the shell's own printf would only say "I/O error".
      printf '%s\\n' ${paths.map(shQuote).join(" ")} | cat >"$folder.new/paths" || return 1
      echo ${shQuote(manager)} | cat >"$folder.new/manager" || return 1
      for path in ${paths.map(shQuote).join(" ")}; do
        { [ -e "$path" ] || [ -L "$path" ]; } || continue
        mkdir -p "$folder.new/files\${path%/*}" && cp -a "$path" "$folder.new/files$path" || return 1
      done
      pb_sync
      mv "$folder.new" "$folder"`,
  };
}

/** Puts the former files back where they were; what was missing then is removed. Nothing kept: nothing was written. */
export function restoreStep(service: string): Step {
  const folder = `${keptFolder(service)}/former`;
  return {
    name: "put the former files back",
    script: `
      folder=${shQuote(folder)}
      [ -d "$folder" ] || return 0
      while IFS= read -r path; do
        kept="$folder/files$path"
        parent=\${path%/*}
        # It goes with the last file in it.
        [ ! -e "$kept" ] || [ -d "$parent" ] || (umask 022; mkdir -p "$parent") || return 1
        if [ -d "$kept" ] && [ ! -L "$kept" ]; then
          rm -rf "$path" && cp -a "$kept" "$path" || return 1
        elif [ -e "$kept" ] || [ -L "$kept" ]; then
          new="$parent/.\${path##*/}.pulumi-bots.former"
          rm -f "$new"
          cp -a "$kept" "$new" && mv -f "$new" "$path" || { rm -f "$new"; return 1; }
        else
          rm -rf "$path" || return 1
        fi
      done <"$folder/paths"
      pb_sync`,
  };
}

/** Emits `former` while a change has not settled: the manager of the files that were there before. */
export function formerThereStep(service: string): Step {
  return {
    name: "look for former files",
    quiet: true,
    script: `
      folder=${shQuote(`${keptFolder(service)}/former`)}
      [ -d "$folder" ] || return 0
      former=
      { read -r former <"$folder/manager"; } 2>/dev/null
      emit former "$former"`,
  };
}

/** Something that lies where a file of the service should be, and is no file that can be read. */
export interface Obstacle {
  path: string;
  /** In words: "a folder". */
  what: string;
}

/**
 * Emits `obstacles`: what lies at `paths` and is no file to be read. Managers read files and take anything else for nothing
 * at all, but it is something of somebody's, and a write would replace it.
 */
export function obstaclesStep(paths: readonly string[]): Step {
  return {
    name: "look for obstacles",
    quiet: true,
    script: `
      found=
      for path in ${paths.map(shQuote).join(" ")}; do
        what=
        if [ -d "$path" ]; then what="a folder"
        elif [ -f "$path" ]; then [ -r "$path" ] || what="a file that can't be read"
        elif [ -e "$path" ]; then what="no regular file"
        elif [ -L "$path" ]; then what="a link to a file that does not exist"
        fi
        [ -z "$what" ] || found="$found$path	$what
"
      done
      [ -z "$found" ] || emit obstacles "$found"
      return 0`,
  };
}

/** What {@link obstaclesStep} emitted. */
export function obstaclesIn(fields: Fields): Obstacle[] {
  const lines = (fields.get("obstacles") ?? "").split("\n").filter(Boolean);
  return lines.map((line) => ({
    path: line.slice(0, line.lastIndexOf("\t")),
    what: line.slice(line.lastIndexOf("\t") + 1),
  }));
}

/** A name for a copy that is kept for good: nothing else is ever called so. */
export function copyName(kind: "original" | "moved"): string {
  return `${kind}-${new Date().toISOString().replace(/[:.]/g, "-")}`;
}

/** Drops what was kept: `former` when a change has settled, the original too when its adoption has been undone. */
export function dropKeptStep(service: string, copies: readonly string[]): Step {
  const folder = keptFolder(service);
  const kept = copies.map((copy) => shQuote(`${folder}/${copy}`));
  return {
    name: "drop the kept files",
    quiet: true,
    script: `
      rm -rf ${kept.join(" ")} ${shQuote(folder)}/*.new || return 1
      rmdir ${shQuote(folder)} /var/lib/pulumi-bots 2>/dev/null
      return 0`,
  };
}

/** Emits `kept`: the folder with other people's files, when there are any: from before an adoption, or moved away. */
export function keptThereStep(service: string): Step {
  const folder = shQuote(keptFolder(service));
  return {
    name: "look for kept files",
    quiet: true,
    script: `for kept in ${folder}/original-* ${folder}/moved-*; do [ -d "$kept" ] && emit kept ${folder}; done; return 0`,
  };
}
