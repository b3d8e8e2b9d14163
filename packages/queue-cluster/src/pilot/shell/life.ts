/** How a script knows of its walltime, is told to end, and is seen to if it is killed. */
export const lifeShell = `
# --- Life: the walltime, signals, and a guard -------------------------------------------------------------------

guard_pid=

# When the queue ends this job, by the clock of read_clock.
find_end() {
  local said left=$walltime_seconds
  printf -v started '%(%s)T' -1
  if [ "$dialect" = slurm ] && said=$(given SLURM_JOB_END_TIME); then
    ((said > started)) && left=$(least "$left" $((said - started)))
  elif [ "$dialect" = torque ] && said=$(given PBS_WALLTIME); then
    left=$(least "$left" "$said")
  fi
  read_clock
  deadline=$((now + left))
  ends=$((started + left))
}

# The script itself only listens to signals, and a process beside it does the work of "main", which is told
# of them when it asks. A trap may come in the middle of anything: where it interrupts a command substitution, bash loses
# track of its own text and ends, and where it interrupts "wait" it may never hear of what ended just then.
alarm=
bell=
worker_pid=
work_and_listen() {
  local name code interval=$look_seconds
  # Pipes that this script has to itself.
  exec {alarm}<> <(:) {bell}<> <(:)
  # shellcheck disable=SC2064 # the name is put in now
  for name in "\${signals[@]}"; do trap "echo $name >&$alarm" "$name"; done
  (
    ignore_signals
    worker_pid=$BASHPID
    trap 'echo >&"$bell"' EXIT
    main
  ) &
  worker_pid=$!
  while alive "$worker_pid"; do
    if read -r -t "$interval" -u "$bell" name; then interval=0.05; fi
  done
  wait "$worker_pid"
  code=$?
  exit "$code"
}
signals=(USR1 USR2 TERM XCPU INT HUP)

# What is started after it ignores them as well.
ignore_signals() {
  trap '' "\${signals[@]}"
}

# In a process that is about to become another program.
let_signals_through() {
  trap - "\${signals[@]}" EXIT
  exec {alarm}<&- {bell}<&-
}

# Called wherever the work may end.
answer_signals() {
  local name
  while read -r -t 0 -u "$alarm" && read -r -t 1 -u "$alarm" name; do answer_signal "$name"; done
}

# pause SECONDS: sleeps, unless there is a signal to answer.
pause() {
  local name
  if read -r -t "$1" -u "$alarm" name; then answer_signal "$name"; fi
}

# The queue or somebody tells this job to end. USR1 shortly before the walltime's end is the queue's warning, which may
# come more than a minute too early (Slurm's does): this script watches the clock itself, and makes use of the time.
answer_signal() {
  local left
  read_clock
  left=$((deadline - now))
  if ((left > hard_margin_seconds + warning_seconds + 90)); then
    finish signal "$1"
  elif [ "$1" = USR1 ] && ((left > hard_margin_seconds && left <= warning_seconds + 90)); then
    say "the queue warns that the walltime is nearly over: $((left - hard_margin_seconds)) s until the end"
  else
    finish deadline "$1"
  fi
}

# A process beside the work, which runs "clear_up_after_kill" should somebody kill this script with SIGKILL,
# or should the work not come to its end in time: it hangs where a file server does not answer. It has a group of its own,
# so that signals for the script's do not reach it.
start_guard() {
  local is_late=
  set -m
  (
    trap - EXIT
    while alive "$$" && alive "$worker_pid"; do
      sleep "$look_seconds"
      read_clock
      if [ -z "$is_late" ] && ((now >= deadline - hard_margin_seconds / 2)) && alive "$worker_pid"; then
        is_late=yes
        clear_up_after_kill
      fi
    done
    kill -KILL "$worker_pid" 2>/dev/null
    # Before anything else: the file server that hangs may be the reason.
    clear_up_after_kill
    say 'this job was killed'
    [ -r "$directory/facts" ] && mapfile -t facts <"$directory/facts"
    tell_end killed ''
  ) </dev/null &
  guard_pid=$!
  set +m
}

end_guard() {
  [ -z "$guard_pid" ] || end_group "$guard_pid"
}
`;
