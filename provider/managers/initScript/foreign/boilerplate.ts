/** Commands of init scripts that say, ask or wait: nothing is lost without them. */
export const BOILERPLATE = new Set(
  (
    "echo printf cat test [ [[ : true false sleep usleep trap read wait break continue let getopts hash type " +
    "rm touch unlink pidof pidofproc pgrep ps grep egrep fgrep sed awk cut tr head tail wc sort xargs id whoami basename dirname " +
    "readlink realpath which command stty tput logger date expr seq uname hostname ls find stat getent " +
    "status status_of_proc checkproc checkpid success failure passed warning echo_success echo_failure echo_warning " +
    "rc_status rc_reset rc_exit rc_failed rc_check netstat ss lsof fuser curl wget nc setlocal unsetlocal " +
    "kill killproc killall pkill start-stop-daemon init_is_upstart confirm ebegin eend popd mktemp tty"
  ).split(" "),
);

/** Commands that prepare the start and are not it; without them something is lost. */
export const PREPARING = new Set(
  (
    "mkdir install chown chgrp chmod ln cp mv tar mount umount modprobe sysctl ulimit renice restorecon chcon setfacl ip " +
    "ifconfig route iptables ip6tables ldconfig udevadm update-rc.d chkconfig systemctl service invoke-rc.d rc-update"
  ).split(" "),
);

/** Functions that print: those of the LSB and whatever is called like them. */
export const isTalk = (name: string) => /^(?:log|msg|rc_|e?info|warn|err|die|usage)(?:_|$)|_msg$/i.test(name);

/** Files of functions that init scripts begin with; they start nothing, and what they set is known. */
export const isFunctionsFile = (path: string) =>
  /^(?:\/usr)?\/lib\/(?:lsb|init)\/|^\/etc\/(?:rc\.d\/)?init\.d\/functions$|^\/etc\/rc\.status$|^\/etc\/sysconfig\/network$|^\/etc\/default\/rcS$/.test(
    path,
  );

/** Actions that our own scripts have too. */
export const USUAL_ACTIONS = new Set(
  (
    "start stop restart reload force-reload force-restart try-restart condrestart cond-restart condstop status probe " +
    "force-stop usage help --help -h restart-if-running full-restart *"
  ).split(" "),
);
