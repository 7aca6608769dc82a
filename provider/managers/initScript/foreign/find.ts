import { shQuote } from "../../../../model/quote";
import type { Live } from "../../../../model/service";
import { INTERPRETERS, SHELLS } from "./interpreters";

/** What the functions of {@link FIND} work with: names, paths, the command line, and the process that was seen. */
export function settings(name: string, live: Pick<Live, "definition"> | Live | undefined): string {
  const { command, options } = live?.definition ?? {};
  const state = live !== undefined && "state" in live ? live.state : undefined;
  const pidFile = options?.lsb?.pidFile ?? `/var/run/${name}.pid`;
  // One argument a line, as f_argv gives them; an end of line within one is \001.
  const lines = (command ?? []).map((word) => `${word.replaceAll("\n", "\x01")}\n`).join("");
  return [
    `n=${shQuote(name)} script=${shQuote(`/etc/init.d/${name}`)} pidfile=${shQuote(pidFile)}`,
    `program=${shQuote(command?.[0] ?? "")} command=${shQuote(lines)}`,
    `f_known=${shQuote(state?.incarnation?.split("@").slice(0, 2).join(" ") ?? "")}`,
  ].join("\n");
}

/**
 * Shell functions that find the processes of a service by what the kernel says of them. `f_find` sets `processes`;
 * `f_remember` keeps pids with their start times in `f_list`; `f_stranger` looks into the pid file.
 */
export const FIND = `
f_nl='
'
f_list= # "PID START" a line: what is to end

# f_born PID: its start time; fails when it has ended, a zombie too.
f_born() {
  { read -r f_stat <"/proc/$1/stat"; } 2>/dev/null || return 1
  set -- \${f_stat##*) }
  [ "$1" != Z ] && [ "$1" != X ] || return 1
  shift 19
  f_start=$1
}

# f_here PID: it lives in this root, not in a container's.
f_here() { [ ! -r "/proc/$1/root" ] || [ "/proc/$1/root" -ef / ]; }

f_argv() { f_words=$(tr '\\000\\n' '\\n\\001' <"/proc/$1/cmdline" 2>/dev/null; echo .); f_words=\${f_words%.}; }

# f_same PID: its command line is that of the definition. The program may be called by a relative path, or by its name.
f_same() {
  f_argv "$1"
  f_first=\${f_words%%"$f_nl"*}
  f_rest=\${f_words#*"$f_nl"}
  [ "$f_words" = "$command" ] && return
  if [ "$f_rest" = "\${command#*"$f_nl"}" ]; then
    f_program "$1" "$f_first" && return
  fi
  case \${f_first##*/} in ${[...INTERPRETERS, ...SHELLS].join(" | ")}) ;; *) return 1 ;; esac
  while :; do
    f_first=\${f_rest%%"$f_nl"*}
    case $f_first in -c | -e | -m | '') return 1 ;; -*) f_rest=\${f_rest#*"$f_nl"} ;; *) break ;; esac
  done
  [ "\${f_rest#*"$f_nl"}" = "\${command#*"$f_nl"}" ] || return 1
  [ "$f_first" = "$program" ] || f_program "$1" "$f_first"
}

# f_program PID WORD: WORD, as that process was called by it, is the program.
f_program() {
  case $2 in
  /*) return 1 ;;
  */*) [ "$(readlink "/proc/$1/cwd")/$2" -ef "$program" ] ;;
  *) [ "$2" = "\${program##*/}" ] && [ "/proc/$1/exe" -ef "$program" ] ;;
  esac
}

# Sets processes. Most command lines are ruled out without a process of their own: read drops the NULs between the words.
f_find() {
  processes=
  [ -n "$command" ] || { f_known_only; return 0; }
  for f_dir in /proc/[0-9]*; do
    f_line=
    { IFS= read -r f_line <"$f_dir/cmdline"; } 2>/dev/null
    case $f_line in *"\${program##*/}"*) ;; *) continue ;; esac
    f_pid=\${f_dir#/proc/}
    f_born "$f_pid" && f_here "$f_pid" && f_same "$f_pid" && processes="$processes$f_pid "
  done
  processes=\${processes% }
}

f_known_only() {
  processes=
  f_pid=\${f_known%% *}
  [ -n "$f_pid" ] && f_born "$f_pid" && [ "$f_known" = "$f_pid $f_start" ] && processes=$f_pid
}

# f_remember PIDS
f_remember() {
  for f_pid in "$@"; do
    f_born "$f_pid" || continue
    case $f_nl$f_list in *"$f_nl$f_pid $f_start$f_nl"*) ;; *) f_list=$f_list$f_pid' '$f_start$f_nl ;; esac
  done
}

# All processes of the service, also one that was seen and has changed its command line since.
f_remember_service() {
  f_find
  f_remember $processes
  f_known_only
  f_remember $processes
}

# Does the pid file name a process that is there, and not one of ours? Sets f_pid.
f_stranger() {
  f_pid=
  [ -f "$pidfile" ] && { read -r f_pid f_other <"$pidfile"; } 2>/dev/null
  case $f_pid in '' | *[!0-9]*) return 1 ;; esac
  f_born "$f_pid" || return 1
  case $f_nl$f_list in *"$f_nl$f_pid $f_start$f_nl"*) return 1 ;; esac
  [ -n "$command" ] && f_same "$f_pid" && return 1
  true
}
`;
