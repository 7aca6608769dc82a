# shellcheck shell=sh
# Whether a service does its work, checked once on its own host. $processes are the pids of the service.

# listeners PROC: prints the inode and the port (hexadecimal) of each listening TCP socket. In /proc/net/tcp, addresses and
# ports are hexadecimal, state 0A is LISTEN, and the tenth field is the inode (proc_pid_net(5)).
listeners() {
  cat "$1/net/tcp" "$1/net/tcp6" 2>/dev/null |
    awk '$4 == "0A" { n = split($2, at, ":"); print $10, at[n] }'
}

# network_of PROC: prints the identity of its network namespace.
network_of() { ! have readlink || readlink "$1/ns/net" 2>/dev/null; }

# probe_port HEX: emits `port` (`own` | `none` | `stranger PID PROGRAM` | `stranger`) and, unless it is `own`, `own_ports`
# (hexadecimal). A process in a network namespace of its own has its own /proc/net/tcp; most processes share ours, which is
# read once.
probe_port() {
  our_listeners=$(listeners /proc)
  our_net=$(network_of /proc/self)
  own_ports=
  for pid in $processes; do
    net=$(network_of "/proc/$pid")
    if [ "$net" = "$our_net" ] || [ -z "$net" ]; then there=$our_listeners; else there=$(listeners "/proc/$pid"); fi
    # shellcheck disable=SC2012 # numbers
    own_ports="$own_ports $(
      { ls -l "/proc/$pid/fd" 2>/dev/null | sed -n 's/.*socket:\[\([0-9]*\)\]$/\1/p'; echo --; echo "$there"; } |
        awk '$1 == "--" { all = 1; next } !all { own[$1] = 1; next } $1 in own { printf "%s ", $2 }'
    )"
  done
  case " $own_ports " in *" $1 "*) emit port own; return ;; esac
  # shellcheck disable=SC2086,SC2116 # one blank between words
  emit own_ports "$(echo $own_ports)"
  port_inodes=$(echo "$our_listeners" | awk -v port="$1" '$2 == port { printf "%s ", $1 }')
  [ -n "$port_inodes" ] || { emit port none; return; }
  for dir in /proc/[0-9]*; do
    for inode in $port_inodes; do
      # shellcheck disable=SC2010 # numbers
      if ls -l "$dir/fd" 2>/dev/null | grep -q "socket:\[$inode\]"; then
        program=
        { read -r program <"$dir/comm"; } 2>/dev/null
        emit port "stranger ${dir#/proc/} $program"
        return
      fi
    done
  done
  emit port stranger
}

# http_get URL: prints the answer. Follows no redirect, and does not check the certificate, because the service's own host
# asks. Ignores the settings of users: proxies, .curlrc, .netrc and .wgetrc, and patterns in the URL.
http_get() {
  HOME=/nonexistent; no_proxy='*'; http_proxy=; https_proxy=
  export HOME no_proxy http_proxy https_proxy
  unset WGETRC CURL_HOME
  if have curl; then curl -q -g -skS -o /dev/null -D - -m 10 "$1" 2>&1
  elif have python3; then
    python3 -c '
import ssl, sys, urllib.request, urllib.error
class No(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *a): return None
c = ssl._create_unverified_context()
o = urllib.request.build_opener(No, urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=c))
try: r = o.open(sys.argv[1], timeout=10)
except urllib.error.HTTPError as e: r = e
print("HTTP/1.1 %d" % (getattr(r, "status", None) or r.code)); print(r.headers)' "$1" 2>&1
  elif have wget && [ -n "$(wget --version 2>/dev/null)" ]
  then wget -q -S -t 1 --no-proxy --no-check-certificate --max-redirect=0 -T 10 -O /dev/null "$1" 2>&1
  elif have wget # BusyBox's: shows the first answer, though it follows redirects, and no headers of an error; its -T crashes on Debian 12
  then wget -S -O /dev/null "$1" 2>&1
  else echo "the host has none of curl, python3 and wget"
  fi
}

# probe_http URL SECONDS: emits `http`, the head of the answer.
probe_http() {
  http=$(pb_bounded "$2" http_get "$1")
  pb_tool "curl, python3 or wget"
  [ $? = 124 ] && http="no answer within $2 s"
  emit http "$http"
}

# probe_command BYTES COMMAND...: emits `command`, its exit code, and `command_output`, the end of its output. The rest of
# the output is not stored anywhere. The exit code follows the output in the same stream.
probe_command() {
  most=$1
  shift
  SERVICE_PIDS=$processes; export SERVICE_PIDS
  said=$({ pb_bounded 10 "$@" 2>&1; printf '\n%s' "$?"; } | tail -c "$most")
  code=${said##*[!0-9]}
  emit command "$code"
  # Without the line break before the code.
  said=${said%"$code"}
  emit command_output "${said%?}"
}
