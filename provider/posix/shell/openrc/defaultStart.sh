# shellcheck shell=sh disable=SC2086,SC2294
# OpenRC's default start() (its start-stop-daemon.sh and supervise-daemon.sh), for scripts without one. Our interpreter reads it;
# it never runs.

default_start() {
  case "$command" in "") return 0 ;; esac
  case "$supervisor" in
    supervise-daemon)
      eval supervise-daemon "$RC_SVCNAME" --start ${chroot:+--chroot} $chroot ${directory:+--chdir} $directory \
        ${output_log:+--stdout} $output_log ${error_log:+--stderr} $error_log ${output_logger:+--stdout-logger x} \
        ${error_logger:+--stderr-logger x} ${umask:+--umask} $umask ${command_user:+--user} $command_user \
        $supervise_daemon_args $command -- $command_args $command_args_foreground ;;
    "" | start-stop-daemon)
      case "$command_background" in
        yes | YES | Yes | true | TRUE | True | on | ON | On | 1) background="--background --make-pidfile" ;;
        *) background= ;;
      esac
      eval start-stop-daemon --start --exec $command ${chroot:+--chroot} $chroot ${directory:+--chdir} $directory \
        ${output_log:+--stdout} $output_log ${error_log:+--stderr} $error_log ${output_logger:+--stdout-logger x} \
        ${error_logger:+--stderr-logger x} ${pidfile:+--pidfile} $pidfile ${umask:+--umask} $umask \
        ${command_user:+--user} $command_user $background $start_stop_daemon_args -- $command_args $command_args_background ;;
    *) $supervisor ;;
  esac
}
