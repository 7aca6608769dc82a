/**
 * A shell function, for our steps and for the scripts that we leave on hosts: who but root can change what a path names?
 * Whoever may write in a folder can put a link in the place of a file there, and root would follow it to any file.
 *
 * Safe is a folder that belongs to root and that nobody else may write in. The mode shows as the group's what an access list
 * gives. Two folders are their distribution's to give to a group: /var/log (Ubuntu) and /var/lock (Red Hat). In a sticky folder
 * others can't take away what is root's, but can be there first: a link there is not followed, a file must have one name.
 */
export const OTHERS = `
# pb_others PATH: prints "UID FOLDER" of the first folder on the way in which others than root can change what PATH names,
# with the uid 0 for a folder of root's in which they may write. Nothing when nobody can.
pb_others() (
  set -f
  left=$1 done= links=0
  while :; do
    set -- $(ls -ldn "\${done:-/}" 2>/dev/null)
    [ "\${3:-}" = 0 ] || { echo "\${3:-0} \${done:-/}"; exit; }
    sticky=
    case $1 in
      d????w???[tT]* | d???????w[tT]*) sticky=1 ;;
      d???????w*) echo "0 \${done:-/}"; exit ;;
      d????w*) case $4:$done in 0:* | *:/var/log | *:/var/lock | *:/run/lock) ;; *) echo "0 \${done:-/}"; exit ;; esac ;;
    esac
    while :; do case $left in /*) left=\${left#/} ;; *) break ;; esac; done
    [ -n "$left" ] || exit 0
    name=\${left%%/*}
    case $left in */*) left=\${left#*/} ;; *) left= ;; esac
    case $name in .) continue ;; ..) done=\${done%/*}; continue ;; esac
    path=$done/$name
    if [ -L "$path" ]; then
      links=$((links + 1))
      target=$(ls -ld "$path" 2>/dev/null)
      case $target in *"$path -> "*) ;; *) links=99 ;; esac
      target=\${target#*"$path -> "}
      if [ -n "$sticky" ] || [ "$links" -gt 40 ]; then echo "0 \${done:-/}"; exit; fi
      case $target in /*) done= ;; esac
      left=$target/$left
    elif [ -d "$path" ]; then
      done=$path
    else
      [ -n "$sticky" ] || exit 0
      set -- $(ls -ldn "$path" 2>/dev/null)
      [ "\${2:-}:\${3:-}" = 1:0 ] || echo "0 \${done:-/}"
      exit 0
    fi
  done
)
`;
