import { logShell, mostLogBytes } from './log-shell.ts';

/** What the batch job of a master does from its start to its end. */
export const masterShell = `
# --- Master -----------------------------------------------------------------------------------------------------

log=$directory/mesos-master.log
master_address=
${logShell}
master_pid=
master_port=0
master_restarts=0

check_orders_and_time() {
  alive "$$" || finish killed
  answer_signals
  read_clock
  read_orders
  [ -z "$revoked" ] || finish revoked "$revoked"
  [ "$order_stop" = 0 ] || finish stopped
  ((now < deadline - hard_margin_seconds)) || finish deadline
}

# The address at which agents reach this machine; a loopback address is better than none, for a try on one machine.
find_ip() {
  find_wanted_ip
  [ -n "$ip" ] || ip=$(ip_towards 192.0.2.1)
  [ -n "$ip" ] || ip=127.0.0.1
}

start_master() {
  say "starting a master at $ip"
  [ ! -f "$log" ] || mv -f "$log" "$log.old"
  ours=(--work_dir="$registry" --ip="$ip" --no-hostname_lookup --port="$master_port")
  merge_flags
  set -m
  (
    let_signals_through
    trap '' USR1 USR2
    exec "\${command[@]}" "\${flags[@]}"
  ) </dev/null >>"$log" 2>&1 &
  master_address=
  master_pid=$!
  set +m
  echo "$master_pid $(start_time "$master_pid")" >"$holder/pid"
  read_clock
  master_started=$now
}

# Tells pilots and frameworks where the master is, once it answers there. The file is replaced as a whole.
publish() {
  local address=$master_address
  [ -n "$address" ] || address=$(sed -n 's/.*Master .* started on \\([0-9.]*:[0-9]*\\)$/\\1/p' "$log" | tail -n 1)
  [ -n "$address" ] || return 0
  master_address=$address
  master_port=\${address##*:}
  [ "$(cat "$cluster_directory/address" 2>/dev/null)" != "$address" ] || return 0
  if [[ ! \${LIBPROCESS_SSL_ENABLED-} =~ ^(1|true)$ ]]; then
    [[ $(http_get "\${address%:*}" "$master_port" /health) == HTTP/* ]] || return 0
  fi
  say "the master is at $address"
  { echo "$address" >"$cluster_directory/address.$$" && mv -f "$cluster_directory/address.$$" "$cluster_directory/address"; } 2>/dev/null
  tell master "$address"
}

master_ended() {
  local code
  wait "$master_pid"
  code=$?
  ((code < 128)) || pause 1
  say "the master ended with $code"
  read_clock
  if ((master_restarts >= agent_restarts_most || now - master_started < agent_fresh_seconds)); then
    finish master-died "$code"
  fi
  master_restarts=$((master_restarts + 1))
  end_group "$master_pid"
  start_master
}

stop_master() {
  local rounds
  kill -TERM -- "-$1" 2>/dev/null
  for ((rounds = stop_seconds * 5; rounds > 0; rounds--)); do
    alive "$1" || break
    sleep 0.2
  done
  end_group "$1"
}

# What the guard does when this script is killed.
clear_up_after_kill() {
  local pid start
  has_registry || return
  { read -r pid start <"$holder/pid"; } 2>/dev/null
  [[ $pid =~ ^[1-9][0-9]*$ ]] && [ "$(start_time "$pid")" = "$start" ] && stop_master "$pid"
  give_registry_back
}

# finish REASON [DETAIL]: the one way out. The file "address" stays until another master replaces it.
finish() {
  say "leaving: $1\${2:+ ($2)}"
  tell leaving "$1"
  if [ -n "$master_pid" ]; then stop_master "$master_pid"; fi
  end_guard
  if [ -n "$ours_is_held" ] && has_registry; then give_registry_back; fi
  case $1 in master-died) tail -n 100 "$log" 2>/dev/null ;; esac
  tell_end "$1" "\${2-}"
  case $1 in no-program | no-scratch | bad-setup | master-died) exit 1 ;; *) exit 0 ;; esac
}

main() {
  # Settings of a Mesos that surrounds this job are none of ours.
  unset "\${!MESOS_@}" "\${!LIBPROCESS_@}"
  started_before && end_second_start
  find_end
  tell pilot "$pilot" token "$token" host "$host" pid "$$" batch_job "$(batch_job_id)" started "$started" ends "$ends"
  start_guard
  run_setup
  find_ip
  find_program "$directory"
  take_registry
  start_master
  while :; do
    check_orders_and_time
    # Who has lost the registry must not write to it any more: not even to end in order.
    has_registry || { end_group "$master_pid" && finish revoked 'another master has taken the registry over'; }
    alive "$master_pid" || master_ended
    publish
    cut_log "$log" ${mostLogBytes}
    pause "$look_seconds"
  done
}

work_and_listen
`;
