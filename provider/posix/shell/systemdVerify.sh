# shellcheck shell=sh
# Checks a new unit before it is put in place.

# unit_verify UNIT BASE64 VERSION: lets systemd-analyze(1) read the unit in a folder of its own, under its real name. It is
# an error if systemd would ignore a line or not load the unit. The exit code does not show that: it is 0 for some values
# that are ignored, and with `--recursive-errors=no` it is 1 for a mere remark about a directive that systemd runs
# (`MemoryLimit=`, `KillMode=none`). The messages do: one about an ignored line says so, and one about a unit that is not
# loaded names no line of the file. Remarks go to stderr, for a warning.
unit_verify() {
  unit=$1
  folder=$(mktemp -d) || return
  file=$unit
  at=$folder/$unit
  # Documentation=man:... is valid even if man(1) or that page is not installed.
  set -- "$2" "$3" verify
  [ "$2" -lt 235 ] || set -- "$@" --man=no
  # From version 250 on, systemd-analyze can be told to ignore other units and the drop-ins on the host.
  if [ "$2" -ge 250 ]; then
    set -- "$@" --recursive-errors=no
    SYSTEMD_UNIT_PATH=$folder
    export SYSTEMD_UNIT_PATH
    # The name after the colon is the name under which the file is read. It may contain a colon itself.
    case $unit in *:*) file=unit at=$folder/unit:$unit ;; esac
  fi
  put "$folder/$file" root root 0644 "$1" || { rm -rf "$folder"; return 1; }
  shift 2
  said=$(timeout -k 5 60 systemd-analyze "$@" "$at" 2>&1 >/dev/null </dev/null)
  rc=$?
  rm -rf "$folder"
  [ $rc != 124 ] || { echo "systemd-analyze verify: did not finish within 60 seconds" >&2; return 1; }
  judged=$(printf '%s\n' "$said" | unit_judge "$unit")
  about=$(unit_judged iru)
  [ $rc = 0 ] || [ -n "$(unit_judged iu)" ] || about=$(unit_judged iruo)
  [ -z "$about" ] || printf '%s\n' "$about" >&2
  [ -z "$(unit_judged i)" ] || return 1
  [ $rc = 0 ] || { [ -z "$(unit_judged uo)" ] && [ -n "$(unit_judged r)" ]; }
}

# unit_judge UNIT: prints each message with a letter in front: i (ignored line), r (remark), u (the unit as a whole), o
# (something else).
unit_judge() {
  while IFS= read -r line; do
    about=${line#"$1"}
    at=$1
    case $line in /*/"$1"*) about=${line#*/"$1"}; at=/etc/systemd/system/$1 ;; esac
    case $line in
      "" | "Accepting user/group name "*) continue ;;
      /*/"$1"* | "$1":*)
        case $about in
          *[Ii]gnor*) letter=i ;;
          :[0-9]*) letter=r ;;
          *) letter=u ;;
        esac
        ;;
      *) letter=o; at=; about=$line ;;
    esac
    printf '%s\n' "$letter$at$about"
  done
}

# unit_judged LETTERS: prints the messages with one of these letters.
unit_judged() { printf '%s\n' "$judged" | sed -n "s/^[$1]//p"; }
