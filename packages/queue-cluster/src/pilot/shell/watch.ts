/** What a pilot does from its start to its end. */
export const watchShell = `
# --- From the start to the end ----------------------------------------------------------------------------------

beat=
beat_seen=

# Whether the launcher still touches its file "beat". Told by its changes, not by its time, which is another machine's.
launcher_is_there() {
  local changed
  changed=$(stat -c '%y' "$cluster_directory/beat" 2>/dev/null) || return 1
  if [ "$changed" != "$beat" ]; then
    beat=$changed
    beat_seen=$now
  fi
  ((now - beat_seen < beat_seconds))
}

look() {
  local executors
  alive "$$" || finish killed
  answer_signals
  read_clock
  read_orders
  [ -z "$revoked" ] || finish revoked "$revoked"
  [ "$order_stop" = 0 ] || finish stopped
  ((now < deadline - hard_margin_seconds)) || finish deadline
  alive "$agent_pid" || agent_ended
  follow_master
  read_agent_log

  executors=$(count_executors)
  if master_answers; then
    master_seen=$now
    alone_since=$now
  elif [ "$executors" != 0 ]; then
    # Whatever runs goes on without a master, until the walltime's end if need be; and what has just ended is to be told.
    alone_since=$now
  elif ((now - alone_since >= master_lost_seconds)); then
    finish master-lost "$master has not answered for $((now - master_seen)) s"
  fi

  if [ "$executors" != 0 ]; then
    idle_since=$now
  elif [ "$order_drain" = 1 ]; then
    finish drained
  elif [ "$order_keep" = 1 ] && launcher_is_there; then
    idle_since=$now
  elif ((now - idle_since >= idle_seconds)); then
    finish idle
  fi
}

# A cluster whose master is a batch job has no address until that job runs.
wait_for_master() {
  read_address
  while [ -z "$master" ]; do
    answer_signals
    read_clock
    read_orders
    [ -z "$revoked" ] || finish revoked "$revoked"
    [ "$order_stop" = 0 ] || finish stopped
    ((now - master_seen < master_lost_seconds)) || finish master-lost 'it has not been there at all'
    pause "$look_seconds"
    read_address
  done
}

make_scratch() {
  local named
  named=$(expand "$scratch") ||
    finish no-scratch "$named is not set on this node: export it in setup, or name another scratch"
  scratch=$named
  [ -n "$scratch" ] || scratch=\${TMPDIR:-/tmp}
  clear_up_after_others
  # Whoever may rename what is in it could put a directory of his own in the place of ours.
  [[ $(stat -Lc %A "$scratch" 2>/dev/null) != d???????w[x-] ]] ||
    finish no-scratch "everybody may take away what is in $scratch: chmod +t there, or another scratch"
  answer_signals
  work=$(mktemp -d "$scratch/$pilot.XXXXXXXX") || finish no-scratch "cannot make a directory in $scratch"
  if ! { mkdir "$work/tmp" && : >"$work/agent.log" && echo "$(machine) $$ $(start_time $$)" >"$work/owner"; }; then
    finish no-scratch "cannot write in $scratch: is it full?"
  fi
  # Only root's agents have tasks of other users, which have to get to their sandboxes.
  if [ "$EUID" = 0 ]; then chmod 711 "$work" && chmod 1777 "$work/tmp"; fi
  start_guard
}

main() {
  # Settings of a Mesos that surrounds this job are none of ours.
  unset "\${!MESOS_@}" "\${!LIBPROCESS_@}"
  started_before && end_second_start
  find_end
  read_clock
  master_seen=$now
  tell pilot "$pilot" token "$token" host "$host" pid "$$" batch_job "$(batch_job_id)" started "$started" ends "$ends"
  run_setup
  make_scratch
  find_master_of_flags
  wait_for_master
  read_allocation
  tell cpus "$cpus" mem "$mem_mb" gpus "$gpus" disk "$disk_mb" scratch "$work" master "$master"
  find_ip
  find_program "$work"
  write_task_environment
  find_flags
  answer_signals
  start_agent
  read_clock
  idle_since=$now
  alone_since=$now
  while :; do
    look
    pause "$look_seconds"
  done
}

work_and_listen
`;
