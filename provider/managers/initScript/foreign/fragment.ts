import { INTERPRETERS, SHELLS } from "./interpreters";

/**
 * Reads what an init script that is not ours depends on, for one name: `n`, its path in `script`. Nothing of it is run.
 * Emits `foreign.boot`, `foreign.private` (not everybody may read the script), `foreign.file.N.*` (files that the script may read), `foreign.programs` (all that its words may
 * mean), `foreign.pidfile.N.*`, `foreign.process.PID.*` (processes whose program the script or those files may mean),
 * `foreign.passwd` and `foreign.group`.
 */
export const foreignFragment = `
f_nl='
'
f_soh=$(printf '\\001')
f_text=$(tr -d '\\000' <"$script")
emit "$n/foreign.boot" "$(cat /proc/sys/kernel/random/boot_id)"
case $(ls -ldL "$script") in ???????r*) ;; *) emit "$n/foreign.private" yes ;; esac

# Files that the script reads: by name, or as a word after . or source.
f_i=0
f_before=
set -f
f_sourced=
for f_word in $(printf '%s\\n' "$f_text" | tr -s ' \\t;&|(){}"'"'" '\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n'); do
  case $f_before in . | source) case $f_word in /*) f_sourced="$f_sourced $f_word" ;; esac ;; esac
  f_before=$f_word
done
set +f
f_all=$f_text
for f_file in /etc/default/* /etc/sysconfig/* $f_sourced; do
  [ -f "$f_file" ] && [ -r "$f_file" ] || continue
  f_base=\${f_file##*/}
  [ "$f_base" = "$n" ] || case $f_text in *"$f_base"*) ;; *) continue ;; esac
  case $f_file in /lib/* | /usr/lib/* | /etc/init.d/* | /etc/rc.d/* | /etc/rc.status) continue ;; esac
  emit "$n/foreign.file.$f_i.path" "$f_file"
  emit_file "$n/foreign.file.$f_i.text" "$f_file"
  case $(ls -ldL "$f_file") in ???????r*) ;; *) emit "$n/foreign.file.$f_i.private" yes ;; esac
  f_all=$f_all$f_nl$(tr -d '\\000' <"$f_file")
  f_i=$((f_i + 1))
done

# Programs and folders among the words.
f_words=$(printf '%s\\n' "$f_all" | tr -cs 'A-Za-z0-9_.+/@-' '\\n' | sort -u)
f_folders='/usr/local/sbin /usr/local/bin /usr/sbin /usr/bin /sbin /bin'
for f_word in $f_words; do
  case $f_word in /bin | /sbin | /usr/bin | /usr/sbin | /usr/local/* | */ | *..*) ;; /*/*) [ ! -d "$f_word" ] || f_folders="$f_folders $f_word" ;; esac
done
f_programs=
for f_word in $f_words "$n" "$n.py"; do
  case $f_word in
  /*) [ -f "$f_word" ] && [ -x "$f_word" ] && f_programs=$f_programs$f_word$f_nl ;;
  [A-Za-z]*)
    for f_folder in $f_folders; do
      [ -x "$f_folder/$f_word" ] && [ -f "$f_folder/$f_word" ] && f_programs=$f_programs$f_folder/$f_word$f_nl
    done ;;
  esac
done
emit "$n/foreign.programs" "$f_programs"

# f_process PID: nothing when it ends meanwhile, or lives in another root (a container).
f_process() {
  [ ! -r "/proc/$1/root" ] || [ "/proc/$1/root" -ef / ] || return 0
  f_uid= f_gid= f_umask=
  while read -r f_key f_a f_b f_rest; do
    case $f_key in Uid:) f_uid=$f_b ;; Gid:) f_gid=$f_b ;; Umask:) f_umask=$f_a ;; esac
  done <"/proc/$1/status" || return 0
  { read -r f_stat <"/proc/$1/stat"; } || return 0
  f_cwd=$(readlink "/proc/$1/cwd")
  f_exe=$(readlink "/proc/$1/exe")
  f_out=$(readlink "/proc/$1/fd/1")
  f_err=$(readlink "/proc/$1/fd/2")
  emit_file "$n/foreign.process.$1.argv" "/proc/$1/cmdline" || return 0
  emit "$n/foreign.process.$1.cwd" "$f_cwd"
  emit "$n/foreign.process.$1.exe" "$f_exe"
  emit "$n/foreign.process.$1.stdout" "$f_out"
  emit "$n/foreign.process.$1.stderr" "$f_err"
  emit "$n/foreign.process.$1.user" "$(have getent && getent passwd "$f_uid")"
  set -- "$1" \${f_stat##*) }
  emit "$n/foreign.process.$1.facts" "$2 $3 \${21} $f_uid $f_gid $f_umask"
} 2>/dev/null

# A process whose program is named in the script or its files: of an interpreter, what it interprets.
f_candidate() {
  case \${f_0##*/} in
  ${[...INTERPRETERS, ...SHELLS].join(" | ")}) set -- "$f_0" "$f_1" "$f_2" ;;
  *) set -- "$f_0" ;;
  esac
  for f_base in "$@"; do
    f_base=\${f_base##*/}
    case $f_base in "$n" | "$n".*) f_process "$f_pid"; return ;; ${SHELLS.join(" | ")} | -* | '' | ? | ??) continue ;; esac
    case $f_all in *"\${f_base%.*}"*) f_process "$f_pid"; return ;; esac
  done
}

# One look at all command lines: a NUL becomes the end of a line, an end of line \\001.
head -c 4096 /dev/null /proc/[0-9]*/cmdline 2>/dev/null | tr '\\000\\n' '\\n\\001' | {
  f_pid= f_0= f_1= f_2= f_i=9
  while IFS= read -r f_line; do
    case $f_line in
    *"==> /proc/"*"<==$f_soh"*)
      [ -z "$f_pid" ] || f_candidate
      f_pid=\${f_line##*"==> /proc/"}
      f_pid=\${f_pid%%/*}
      f_0=\${f_line##*"<==$f_soh"} f_1= f_2= f_i=1 ;;
    *)
      case $f_i in 1) f_1=$f_line ;; 2) f_2=$f_line ;; esac
      f_i=$((f_i + 1)) ;;
    esac
  done
  [ -z "$f_pid" ] || f_candidate
}

f_i=0
for f_file in /var/run/*.pid /run/*.pid /var/run/*/*.pid /run/*/*.pid $f_words; do
  case $f_file in /*.pid | /*[Pp][Ii][Dd]) ;; *) continue ;; esac
  [ -f "$f_file" ] && [ -r "$f_file" ] || continue
  f_base=\${f_file##*/}
  f_base=\${f_base%.pid}
  [ "$f_base" = "$n" ] || case $f_all in *"$f_base"*) ;; *) continue ;; esac
  f_pid=$(head -c 64 "$f_file" | tr -c '0-9\\n' ' ' | { read -r f_a f_b; echo "$f_a"; })
  emit "$n/foreign.pidfile.$f_i.path" "$f_file"
  emit "$n/foreign.pidfile.$f_i.pid" "$f_pid"
  case $f_pid in '' | 0*) ;; *) [ ! -d "/proc/$f_pid" ] || f_process "$f_pid" ;; esac
  f_i=$((f_i + 1))
done
emit_file "$n/foreign.passwd" /etc/passwd
emit_file "$n/foreign.group" /etc/group
true
`;
