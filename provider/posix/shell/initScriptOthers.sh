# shellcheck shell=sh disable=SC2086
# What an init script of somebody else depends on. Nothing of the script is run. $x_hints holds paths of pid files to look
# at.

# x_private PATH: are there users who may not read it?
x_private() {
  x_ls=$(ls -ldL "$1")
  case $x_ls in ???????r*) return 1 ;; esac
}

# script_words NAME: prints what the words of a script and its files may mean: paths, in which each variable is replaced by
# whatever is assigned to it anywhere. They are only hints what to look at on the host. Also prints `= DAEMON PATH` if the
# variable DAEMON, which Debian's own scripts use, has only one value.
script_words() {
  awk -v n="$1" '
    function add(name, value, i) {
      gsub(/["'\'']/, "", value)
      if (value == "") return
      for (i = 1; i <= count[name]; i++) if (values[name, i] == value) return
      if (count[name] < 4) values[name, ++count[name]] = value
    }
    function expand(word, depth, before, inside, after, name, fallback, i) {
      if (total > 2000) return
      if (!match(word, /[$][{][^}]*[}]|[$][A-Za-z_0][A-Za-z0-9_]*/)) {
        if (word !~ /^\/[^$`*?]*$/ || word in seen) return
        seen[word] = 1
        total++
        print word
        return
      }
      if (depth > 5) return
      before = substr(word, 1, RSTART - 1)
      inside = substr(word, RSTART, RLENGTH)
      after = substr(word, RSTART + RLENGTH)
      gsub(/[$\173\175]/, "", inside)
      name = inside
      sub(/[^A-Za-z0-9_].*/, "", name)
      fallback = substr(inside, length(name) + 1)
      if (name == "0") { expand(before n after, depth + 1); return }
      for (i = 1; i <= count[name]; i++) expand(before values[name, i] after, depth + 1)
      if (sub(/^:?[-=]/, "", fallback)) expand(before fallback after, depth + 1)
      else if (!count[name]) expand(before n after, depth + 1)
    }
    {
      line = $0
      if (line ~ /^[ \t]*#/ && line !~ /pidfile:|processname:/) next
      gsub(/[$][(]basename[^)]*[)]|`basename[^`]*`/, n, line)
      rest = line
      while (match(rest, /[A-Za-z_][A-Za-z0-9_]*=("[^"]*"|'\''[^'\'']*'\''|[^ \t;&|<>()]*)/)) {
        part = substr(rest, RSTART, RLENGTH)
        rest = substr(rest, RSTART + RLENGTH)
        name = part
        sub(/=.*/, "", name)
        sub(/^[^=]*=/, "", part)
        add(name, part)
      }
      gsub(/["'\'']/, "", line)
      size = split(line, parts, /[ \t;&|<>()=,]+/)
      for (i = 1; i <= size; i++) if (parts[i] ~ /[\/$]/) words[parts[i]] = 1
    }
    END {
      for (word in words) expand(word, 0)
      if (count["DAEMON"] == 1) {
        value = values["DAEMON", 1]
        while (match(value, /[$][{]?[A-Za-z_][A-Za-z0-9_]*[}]?/)) {
          inside = substr(value, RSTART, RLENGTH)
          gsub(/[$\173\175]/, "", inside)
          if (count[inside] != 1) exit
          value = substr(value, 1, RSTART - 1) values[inside, 1] substr(value, RSTART + RLENGTH)
        }
        if (value ~ /^\/[^ ]*$/) print "= DAEMON " value
      }
    }'
}

# read_existing_script: reads the script $script of the service $n. Emits `private` (not everybody may read the script),
# `source.N.*` (files that the script may read), `daemon`, `program.*` (files that its words may mean) and `unit` (of
# systemd). Adds pid files to $x_hints.
read_existing_script() {
  x_text=$(tr -d '\000' <"$script")
  ! x_private "$script" || emit "$n/private" yes

  # Files that the script reads: those named like it, or as a word after `.` or `source`.
  x_i=0 x_before= x_sourced=
  set -f
  # shellcheck disable=SC2020 # each character alone
  for x_word in $(printf '%s\n' "$x_text" | tr -s ' \t;&|(){}"'"'" '\n\n\n\n\n\n\n\n\n\n\n'); do
    case $x_before in . | source) case $x_word in /*) x_sourced="$x_sourced $x_word" ;; esac ;; esac
    x_before=$x_word
  done
  set +f
  x_all=$x_text x_done=' '
  for x_file in /etc/default/* /etc/sysconfig/* /etc/conf.d/* $x_sourced; do
    [ -f "$x_file" ] && [ -r "$x_file" ] || continue
    x_base=${x_file##*/}
    [ "$x_base" = "$n" ] || case $x_text in *"$x_base"*) ;; *) continue ;; esac
    case $x_file in /lib/* | /usr/lib/* | /etc/init.d/* | /etc/rc.d/* | /etc/rc.status) continue ;; esac
    case $x_done in *" $x_file "*) continue ;; esac
    x_done="$x_done$x_file "
    emit "$n/source.$x_i.path" "$x_file"
    emit_file "$n/source.$x_i.text" "$x_file"
    emit "$n/source.$x_i.stat" "$(stat -Lc '%U:%G %a %n' "$x_file" 2>/dev/null)"
    ! x_private "$x_file" || emit "$n/source.$x_i.private" yes
    x_all=$x_all$nl$(tr -d '\000' <"$x_file")
    x_i=$((x_i + 1))
  done

  x_paths=$(printf '%s\n' "$x_all" | script_words "$n")
  x_programs= x_mine=
  IFS=$nl
  set -f
  for x_path in $x_paths; do
    case $x_path in
      '= DAEMON '*) emit "$n/daemon" "${x_path#= DAEMON }"; continue ;;
      *[Pp][Ii][Dd]*) x_mine=$x_mine$x_path$nl ;;
    esac
    [ ! -f "$x_path" ] || [ ! -x "$x_path" ] || x_programs=$x_programs$x_path$nl
  done
  x_hints=$x_hints$x_mine
  emit "$n/pidfiles" "$x_mine"
  if [ -n "$x_programs" ]; then
    emit "$n/program.inodes" "$(stat -Lc '%d:%i %n' $x_programs 2>/dev/null)"
    head -c 200 /dev/null $x_programs 2>/dev/null | tr -d '\000' | emit_stdin "$n/program.heads"
  fi
  set +f
  unset IFS
  if [ -d /run/systemd/system ]; then
    emit "$n/unit" "$(timeout -k 5 60 systemctl show -p ActiveState,SubState,Result "$n.service" 2>/dev/null)"
  fi
}

# read_existing_processes: once, after the last name: reads the pid files, then the processes.
read_existing_processes() {
  x_found=
  IFS=$nl
  for x_file in /run/*.pid /run/*/*.pid /var/run/*.pid /var/run/*/*.pid $x_hints; do
    case $x_file in /var/run/*) [ ! /var/run -ef /run ] || case $x_hints in *"$x_file"*) ;; *) continue ;; esac ;; esac
    [ ! -f "$x_file" ] || x_found=$x_found$x_file$nl
  done
  set -f
  emit pidfiles.asked "$x_hints"
  if [ -n "$x_found" ]; then
    emit pidfiles.stat "$(stat -Lc '%Y %u %g %a %n' $x_found 2>/dev/null)"
    head -c 64 /dev/null $x_found 2>/dev/null | tr -d '\000' | emit_stdin pidfiles.text
  fi
  set +f
  unset IFS
  emit_file passwd /etc/passwd
  
emit_processes
}
