# shellcheck shell=sh
# Answers: a session emits fields, and tells when what it emits is not whole.

# pb_which COMMAND: prints where a program is, also behind a function of ours.
pb_which() {
  case $pb_wrapped in
    *" $1 "*) (unset -f "$1"; command -v "$1") ;;
    *) command -v "$1" ;;
  esac
}

# have COMMAND
have() { pb_which "$1" >/dev/null 2>&1; }

# pb_unread WHY: what this step emits is not whole. The frame says why. When it can't be written (the disk is full), the
# signal still tells the main shell, from any subshell.
pb_unread() {
  { printf '\n%s x %s\n' "$pb_nonce" "$1" >&3; kill -USR1 $$; } 2>/dev/null
  return 1
}

# pb_tool NAME, right after it has run: output that is empty because the tool is missing or was killed is no answer, also
# where the caller looks at no exit code. 141 is SIGPIPE: nobody wanted more.
pb_tool() {
  pb_rc=$?
  case $pb_rc in
    126 | 127) pb_unread "$1 can't be run on this host (exit code $pb_rc)" ;;
    141) ;;
    129 | 13[0-9] | 14[0-9] | 15[0-9]) pb_unread "$1 was killed (signal $((pb_rc - 128)))" ;;
  esac
  return "$pb_rc"
}

# base64 [-d]
base64() {
  if [ "$pb_base64" = base64 ]; then command base64 "$@"
  elif [ $# -eq 0 ]; then openssl enc -base64
  else { fold -w 64; echo; } | openssl enc -base64 -d
  fi
  pb_tool "$pb_base64"
}

# emit KEY VALUE: any bytes. Printable ASCII goes as it is, the rest as base64: most values cost no process. Each field
# tells its length: of a line that was torn, the rest is not taken for the whole.
emit() {
  case $2 in
    *[!\ -~]*) pb_words=$(printf %s "$2" | base64) || pb_unread "base64 failed" || return 1; pb_encoded "$1" "${#2}" ;;
    *) printf '%s = %s %s %s\n' "$pb_nonce" "$1" "${#2}" "$2" >&3 || pb_unwritten ;;
  esac
}

# emit_stdin KEY
emit_stdin() {
  pb_words=$(base64) || pb_unread "base64 failed" || return 1
  pb_encoded "$1" -
}

# pb_encoded KEY BYTES: emits $pb_words. The lines of base64 become one by being split into words and joined without blanks.
pb_encoded() {
  pb_key=$1 pb_bytes=$2
  # shellcheck disable=SC2086 # words
  set -- $pb_words
  pb_ifs=${IFS-unset}
  IFS=
  pb_words="$*"
  if [ "$pb_ifs" = unset ]; then unset IFS; else IFS=$pb_ifs; fi
  printf '%s : %s %s:%s %s\n' "$pb_nonce" "$pb_key" "$pb_bytes" "${#pb_words}" "$pb_words" >&3 || pb_unwritten
}

# pb_unwritten: a field could not be written.
pb_unwritten() { pb_unread "the answer could not be written to $pb_where: is that file system full?"; }

# emit_file KEY PATH: 1, and nothing is emitted, when there is no such file. One that can't be read is not absent.
emit_file() {
  [ -f "$2" ] || return 1
  if pb_roots "$2"; then pb_words=$(base64 <"$2")
  else pb_words=$(pb_read "$2" '' cat && echo .) && pb_words=$(printf %s "${pb_words%.}" | base64)
  fi || { [ ! -e "$2" ] || pb_unread "$2 could not be read"; return 1; }
  pb_encoded "$1" -
}

# text_of PATH: sets $text to what is in a file; empty, and 1, when there is no such file.
text_of() {
  text=
  [ -f "$1" ] || return 1
  if pb_roots "$1"; then text=$(cat "$1"); else text=$(pb_read "$1" '' cat); fi || { text=; [ ! -e "$1" ] || pb_unread "$1 could not be read"; return 1; }
}

# pb_link PATH: prints where a link leads
pb_link() {
  if have readlink; then readlink "$1"; else pb_ls=$(ls -ld "$1") && echo "${pb_ls#* -> }"; fi
}

# emit_link KEY PATH: where a link leads; 1, and nothing is emitted, when it is none.
emit_link() {
  [ -L "$2" ] || return 1
  pb_said=$(pb_link "$2") || { [ ! -L "$2" ] || pb_unread "the link $2 could not be read"; return 1; }
  emit "$1" "$pb_said"
}

# emit_stat KEY PATH...: owner, mode and path of those that are there, a line for each
emit_stat() {
  pb_key=$1
  shift
  for pb_path; do
    shift
    if [ -e "$pb_path" ] || [ -L "$pb_path" ]; then set -- "$@" "$pb_path"; fi
  done
  pb_said=
  [ $# -eq 0 ] || pb_said=$(stat -c '%U:%G %a %n' "$@") || pb_unread "stat failed for $*" || return 1
  emit "$pb_key" "$pb_said"
}
