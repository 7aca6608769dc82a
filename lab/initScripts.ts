/**
 * Debian's init scripts were written for a computer of their own. In a host of the lab, some would remount the root of the
 * computer around it read-only, turn off its swap, take down its network, set its clock, or write to its hardware. So only
 * those that are named here run; all others, whatever the packages bring, end behind their header. It has to happen before
 * the first boot. A script without a header, which this can't be done to, stops the build.
 *
 * What nspawn has not mounted already is made by one of them, in place of what it did. Cleaning up is not needed: `/run`,
 * `/tmp` and `/dev` are new with each boot.
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
 * OpenRC comes with few scripts of its own. The one that matters mounts control groups, of which one would be a new
 * hierarchy for the whole computer. It is not for nspawn, says its header; better not to depend on that.
 *
 * After each change of a service OpenRC reads the headers of all scripts, with five processes for each. So those that do nothing
 * here go; no other script needs one of them.
 */
export const tameOpenrc = `
for script in $(grep -l '^exit 0 # the rest' /etc/init.d/*); do
  rm -f /etc/runlevels/*/"\${script##*/}" "$script"
done
rc-update del cgroups sysinit
printf '#!/sbin/openrc-run\\nstart() { :; }\\n' >/etc/init.d/cgroups
echo 'rc_controller_cgroups="NO"' >>/etc/rc.conf`;
