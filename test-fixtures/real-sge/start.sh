#!/bin/sh
# start.sh cell|qmaster|execd|all DIR [PORT [PORT2]]: Grid Engine in a directory of its own, its daemons on 127.0.0.1 alone.
#   cell     makes DIR: a cell with a configuration for trials. The qmaster gets PORT (default 16444), the execd PORT2
#   qmaster  starts the qmaster, in the background
#   execd    starts the execution daemon, in the background
#   all      these, one after the other, and what needs a qmaster: host, queues, parallel environment, project
# Afterwards `. DIR/settings.sh` lets commands find it. `stop.sh DIR` ends all of it.
set -eu
[ $# -ge 2 ] || { sed -n '2,7s/^# //p' "$0" >&2; exit 2; }
verb=$1 port=${3:-16444}
execd_port=${4:-$((port + 1))}
SGE_RIG_HOME=${SGE_RIG_HOME:-${XDG_CACHE_HOME:-$HOME/.cache}/sge-rig}
programs=/usr/lib/gridengine
shared=/usr/share/gridengine
[ -e "$SGE_RIG_HOME/loopback.so" ] || { echo "no Grid Engine for tests: run setup.sh first" >&2; exit 1; }
mkdir -p "$2"
dir=$(cd "$2" && pwd)
root=$dir/root
common=$root/rig/common

# The one host is localhost, whatever this machine is called.
cell() {
  umask 022
  chmod 755 "$dir"
  mkdir -p "$common" "$root/bin" "$root/lib" "$root/utilbin" "$dir/spool/qmaster/job_scripts" "$dir/spool/execd" "$dir/tmp"
  chmod 1777 "$dir/tmp"
  for folder in bin lib utilbin; do ln -sfn "$programs" "$root/$folder/lx-amd64"; done
  ln -sfn "$shared/util" "$root/util"
  cat >"$dir/settings.sh" <<EOF
export SGE_ROOT='$root' SGE_CELL=rig SGE_CLUSTER_NAME=rig SGE_ARCH=lx-amd64
export SGE_QMASTER_PORT=$port SGE_EXECD_PORT=$execd_port PATH="$programs:\$PATH"
EOF
  . "$dir/settings.sh"
  echo localhost >"$common/act_qmaster"
  echo rig >"$common/cluster_name"
  [ "$(hostname)" = localhost ] || echo "localhost $(hostname)" >"$common/host_aliases"
  cat >"$common/bootstrap" <<EOF
admin_user none
default_domain none
ignore_fqdn true
spooling_method classic
spooling_lib libspoolc
spooling_params $common;$dir/spool/qmaster
binary_path $programs
qmaster_spool_dir $dir/spool/qmaster
security_mode none
listener_threads 2
worker_threads 2
scheduler_threads 1
jvm_threads 0
EOF
  # Root may submit, accounts are written at once, a host that is gone is noticed soon, and nobody gets mail.
  sed -E -e "s#^(execd_spool_dir ).*#\\1$dir/spool/execd#" -e 's#^(min_[ug]id ).*#\10#' \
    -e 's#^(shell_start_mode ).*#\1unix_behavior#' -e 's#^(administrator_mail ).*#\1none#' \
    -e 's#^(mailer ).*#\1/bin/true#' -e 's#^(load_report_time ).*#\100:00:05#' -e 's#^(max_unheard ).*#\100:00:20#' \
    -e 's#^(execd_params ).*#\1INHERIT_ENV=false,ENABLE_ADDGRP_KILL=true#' -e 's#(flush_time=)[0-9:]+#\100:00:01#' \
    "$shared/default-configuration" >"$dir/configuration"
  "$programs/spoolinit" classic libspoolc "$common;$dir/spool/qmaster" init >/dev/null
  "$programs/spooldefaults" configuration "$dir/configuration"
  "$programs/spooldefaults" complexes "$shared/util/resources/centry"
  "$programs/spooldefaults" usersets "$shared/util/resources/usersets"
  "$programs/spooldefaults" managers "$(id -un)"
}

await() { # what for, command...
  what=$1 tries=0
  shift
  until "$@" >/dev/null 2>&1; do
    tries=$((tries + 1))
    [ "$tries" -lt 600 ] || { echo "waited a minute for $what" >&2; return 1; }
    sleep 0.1
  done
}

# Daemons are not to hold on to the standard output of who starts them, nor to be in the folder that is removed.
daemon() {
  rm -f "$2"
  (cd / && LD_PRELOAD="$SGE_RIG_HOME/loopback.so" "$programs/$1" </dev/null >>"$dir/$1.out" 2>&1)
}
qmaster() {
  daemon sge_qmaster "$dir/spool/qmaster/qmaster.pid"
  await 'the qmaster' qconf -sh
}
queues_are_up() { qstat -f -q all.q | grep -Eq '^all\.q@\S+ +\S+ +\S+ +[0-9.]+ +\S+ *$'; }
execd() {
  daemon sge_execd "$dir/spool/execd/localhost/execd.pid"
  await 'the execution daemon' queues_are_up
}

queue() { # name, limit of time
  sed -e "s#^qname .*#qname $1#" -e "s#^h_rt .*#h_rt $2#" "$dir/queue" >"$dir/queue.$1"
  qconf -Aq "$dir/queue.$1"
}
objects() {
  qconf -as localhost
  echo 'hostname localhost
load_scaling NONE
complex_values NONE
user_lists NONE
xuser_lists NONE
projects NONE
xprojects NONE
usage_scaling NONE
report_variables NONE' >"$dir/host"
  qconf -Ae "$dir/host"
  printf 'group_name @allhosts\nhostlist localhost\n' >"$dir/hosts"
  qconf -Ahgrp "$dir/hosts"
  echo 'pe_name smp
slots 999
user_lists NONE
xuser_lists NONE
start_proc_args NONE
stop_proc_args NONE
allocation_rule $pe_slots
control_slaves FALSE
job_is_first_task TRUE
urgency_slots min
accounting_summary FALSE
qsort_args NONE' >"$dir/environment"
  qconf -Ap "$dir/environment"
  printf 'name galaxy\noticket 0\nfshare 0\nacl NONE\nxacl NONE\n' >"$dir/project"
  qconf -Aprj "$dir/project"
  # Grid Engine's own template of a queue. A busy machine closes no queue of this one.
  qconf -sq | sed -E -e 's#^(hostlist ).*#\1@allhosts#' -e 's#^(pe_list ).*#\1smp#' -e 's#^(slots ).*#\16#' \
    -e "s#^(tmpdir ).*#\\1$dir/tmp#" -e 's#^(shell ).*#\1/bin/sh#' -e 's#^(shell_start_mode ).*#\1unix_behavior#' \
    -e 's#^(load_thresholds ).*#\1NONE#' -e 's#^(notify ).*#\100:00:30#' >"$dir/queue"
  queue all.q INFINITY
  queue short.q 00:05:00
  # The scheduler runs after each submit and end, and says why jobs wait.
  qconf -ssconf | sed -E -e 's#^(flush_(submit|finish)_sec +).*#\11#' -e 's#^(schedule_interval +).*#\10:0:2#' \
    -e 's#^(schedd_job_info +).*#\1true#' >"$dir/scheduler"
  qconf -Msconf "$dir/scheduler"
}

case $verb in
  cell) cell ;;
  qmaster | execd) . "$dir/settings.sh"; "$verb" ;;
  all)
    cell
    qmaster
    objects >"$dir/objects.out"
    execd
    ;;
  *) sed -n '2,7s/^# //p' "$0" >&2; exit 2 ;;
esac
