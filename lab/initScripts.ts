/**
 * Debian's init scripts expect a computer of their own. In a host of the lab, some would remount the root of the surrounding
 * computer read-only, disable its swap, take down its network, set its clock or write to its hardware. So only the scripts
 * that are named here run. All others, whichever package installs them, exit right after their header. This must happen
 * before the first boot. A script without a header stops the build.
 *
 * One of them gets a new body, which mounts everything that nspawn has not mounted. No cleanup is needed, because `/run`, `/tmp`
 * and `/dev` are new at each boot.
 */
export const tameInitScripts = `
for script in /etc/init.d/*; do
  case \${script##*/} in
  README | rc | rcS | bootmisc.sh | rmnologin | rc.local | halt | reboot | single | ssh | sudo) continue ;;
  mountkernfs.sh) instead='mkdir -p -m 1777 /run/lock; ln -sfn /dev/shm /run/shm; ' ;;
  *) instead= ;;
  esac
  grep -q '^### END INIT INFO' "$script"
  sed -i "/^### END INIT INFO/a \${instead}exit 0 # the rest would touch the computer that this host runs on" "$script"
done
printf 'HALT=poweroff\\nNETDOWN=no\\n' >/etc/default/halt
grep -q '^[[:space:]]hddown="-h"$' /etc/init.d/halt
sed -i 's/^\\([[:space:]]\\)hddown="-h"$/\\1hddown=/' /etc/init.d/halt
sed -i -E '/^[^#].*(getty|sulogin)/s/^/#/' /etc/inittab`;

/**
 * OpenRC has few scripts of its own. One of them mounts control groups, and would create a new hierarchy for the whole computer.
 * Its header excludes nspawn, but we don't depend on that.
 *
 * After each change of a service, OpenRC reads the headers of all scripts with five processes each, so scripts without a purpose
 * here are deleted. No other script needs them.
 */
export const tameOpenrc = `
for script in $(grep -l '^exit 0 # the rest' /etc/init.d/*); do
  rm -f /etc/runlevels/*/"\${script##*/}" "$script"
done
rc-update del cgroups sysinit
printf '#!/sbin/openrc-run\\nstart() { :; }\\n' >/etc/init.d/cgroups
echo 'rc_controller_cgroups="NO"' >>/etc/rc.conf`;
