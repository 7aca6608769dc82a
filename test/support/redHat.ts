import type { LabHost } from "../../lab";

/**
 * chkconfig(8) as 1.3.49 of CentOS 6 does it, of what matters here: links from the header, behind those of the services that
 * it names; without levels `on` and `off` are about 2 to 5. In Red Hat's layout, which is all that it knows.
 */
const CHKCONFIG = `#!/bin/sh
cd /etc/rc.d || exit
levels=2345
if [ "$1" = --level ]; then
  levels=$2
  shift 2
fi
case $1 in
  --add | --del) name=$2 do=$1 ;;
  *) name=$1 do=$2 ;;
esac
if ! read -r wanted start stop; then
  echo "service $name does not support chkconfig" >&2
  exit 1
fi <<E
$(sed -n 's/^# chkconfig: *//p' "init.d/$name")
E
for other in $(sed -n 's/^# Should-Start: *//p' "init.d/$name"); do
  for link in rc?.d/S??"$other"; do
    [ -L "$link" ] || continue
    link=\${link#*/S}
    start=$((\${link%"$other"} + 1))
  done
done
for level in 0 1 2 3 4 5 6; do
  kind=
  case $do$levels in --* | *$level*) ;; *) continue ;; esac
  case $do in
    on) kind=S ;;
    off) kind=K ;;
    --add)
      ! ls rc$level.d/[SK]??"$name" >/dev/null 2>&1 || continue
      case $wanted in *$level*) kind=S ;; *) kind=K ;; esac
      ;;
  esac
  rm -f rc$level.d/[SK]??"$name"
  [ "$kind" != S ] || ln -s "../init.d/$name" "rc$level.d/S$start$name"
  [ "$kind" != K ] || ln -s "../init.d/$name" "rc$level.d/K$stop$name"
done
`;

/** The first part of a shutdown by Red Hat's rc(8). It takes a service without a file there for stopped. */
export const SHUTDOWN = `for link in /etc/rc6.d/K*; do [ ! -f "/var/lock/subsys/\${link#/etc/rc6.d/K??}" ] || "$link" stop; done`;

/** Gives a sysvinit host the init scripts and tools of Red Hat. It can't be booted afterwards. */
export async function makeRedHat(host: LabHost): Promise<void> {
  const { code, stderr } = await host.run(
    `set -e
cat >/sbin/chkconfig
chmod 755 /sbin/chkconfig
mkdir /etc/rc.d /var/lock/subsys
for folder in init.d rc0.d rc1.d rc2.d rc3.d rc4.d rc5.d rc6.d; do
  mv /etc/$folder /etc/rc.d/
  ln -s rc.d/$folder /etc/$folder
done
cd /usr/sbin
rm -r /lib/lsb update-rc.d insserv start-stop-daemon
ln -sf bash /bin/sh`,
    { input: CHKCONFIG },
  );
  if (code !== 0) throw new Error(stderr);
}
