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

# The queue or somebody tells this job to end. USR1 shortly before the walltime's end is the queue's warning, which may
# come more than a minute too early (Slurm's does): this script watches the clock itself, and makes use of the time.
signalled() {
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

listen_to_signals() {
  local name
  # shellcheck disable=SC2064 # the name is put in now
  for name in USR1 USR2 TERM XCPU INT HUP; do trap "signalled $name" "$name"; done
}

# start_guard FUNCTION: a process beside this script, which runs the function should somebody kill the script with
# SIGKILL, or should the script not come to its end in time: it hangs where a file server does not answer. It has a group
# of its own, so that signals for the script's do not reach it.
start_guard() {
  local is_late=
  set -m
  (
    trap '' USR1 USR2 TERM XCPU INT HUP
    while alive "$$"; do
      sleep "$look_seconds"
      read_clock
      if [ -z "$is_late" ] && ((now >= deadline - hard_margin_seconds / 2)) && alive "$$"; then
        is_late=yes
        "$1"
      fi
    done
    say 'this job was killed'
    [ -r "$directory/facts" ] && mapfile -t facts <"$directory/facts"
    "$1"
    tell_end killed ''
  ) </dev/null &
  guard_pid=$!
  set +m
}

end_guard() {
  [ -z "$guard_pid" ] || end_group "$guard_pid"
}
`;
