/** How the script ends, whatever the reason: nothing is left of it. */
export const endingShell = `
# --- The end: nothing is left, whatever the reason --------------------------------------------------------------

work=

# Has the agent tell the master that it leaves, and end its executors, which end their tasks: all in order.
stop_agent() {
  local rounds
  alive "$1" || return 0
  # In a container the program that was started may keep the signal to itself.
  if [ -n "$image" ]; then kill -USR1 -- "-$1"; else kill -USR1 "$1"; fi 2>/dev/null
  for ((rounds = stop_seconds * 5; rounds > 0; rounds--)); do
    alive "$1" || return 0
    sleep 0.2
  done
  say "the agent has not ended within $stop_seconds s of being told to"
}

# The processes of this agent: itself, all that know its scratch directory or work in it, what these have started, and
# the whole of sessions that they lead. One number a line.
processes_of_agent() {
  local known place
  # As the system calls it, and as a pattern of nothing else. Tasks may have an environment of their own.
  place=$(readlink -f "$work" | sed 's/[][*?\\]/\\\\&/g')
  known=$(
    {
      grep -lzsF "=$work/" /proc/[0-9]*/environ
      [ -z "$place" ] || find /proc/[0-9]*/cwd -maxdepth 0 -lname "$place/*" 2>/dev/null
    } | cut -d/ -f3 | tr '\\n' ' '
  )
  cat /proc/[0-9]*/stat 2>/dev/null |
    sed -n 's/^\\([0-9]*\\) (.*) \\([A-Za-z]\\) \\([0-9]*\\) [0-9]* \\([0-9]*\\) .*/\\1 \\2 \\3 \\4/p' |
    awk -v known="$known $1" '
      $2 != "Z" { parent[$1] = $3; session[$1] = $4 }
      END {
        count = split(known, list, " ")
        for (i = 1; i <= count; i++) if (list[i] in parent) found[list[i]] = 1
        for (pid in found) if (session[pid] == pid) taken[pid] = 1
        do {
          more = 0
          for (pid in parent)
            if (!(pid in found) && ((parent[pid] in found) || (session[pid] in taken))) more = found[pid] = 1
        } while (more)
        for (pid in found) print pid
      }'
}

# Kills what the agent has left, and removes what it has left in /tmp: sockets of attached containers.
sweep() {
  local rounds pid sockets
  for ((rounds = 0; rounds < 25; rounds++)); do
    mapfile -t left < <(processes_of_agent "$1")
    [ "\${#left[@]}" -gt 0 ] || return 0
    for pid in "\${left[@]}"; do
      mapfile -t sockets < <(grep -zaosE '/tmp/mesos-io-switchboard-[0-9a-f-]+' "/proc/$pid/cmdline" | tr '\\000' '\\n')
      kill -KILL "$pid" 2>/dev/null
      [ "\${#sockets[@]}" = 0 ] || rm -f "\${sockets[@]}"
    done
    sleep 0.2
  done
  say "still there: \${left[*]}"
}

# A process that nobody could tell to be the agent's may still have been at it.
remove_scratch() {
  rm -rf "$work" || { sweep 0 && rm -rf "$work"; } || say "cannot remove $work"
}

clear_up() {
  stop_agent "$1"
  # The agent and what descends from it at once: of its helpers nobody would know later whose they were.
  sweep "$1"
  end_group "$1"
}

# finish REASON [DETAIL]: the one way out.
finish() {
  say "leaving: $1\${2:+ ($2)}"
  tell leaving "$1"
  if [ -n "$agent_pid" ]; then clear_up "$agent_pid"; fi
  if [ -n "$work" ] && [ -d "$work" ]; then
    case $1 in agent-died) tail -n 100 "$work/agent.log" 2>/dev/null ;; esac
    remove_scratch
  fi
  end_guard
  tell_end "$1" "\${2-}"
  case $1 in no-program | no-scratch | bad-setup | agent-died) exit 1 ;; *) exit 0 ;; esac
}

# agent_of DIRECTORY: the process that was started as the agent of a scratch directory, if it is still there.
agent_of() {
  local pid start
  { read -r pid start <"$1/agent.pid"; } 2>/dev/null || return 1
  [[ $pid =~ ^[1-9][0-9]*$ ]] && [ "$(start_time "$pid")" = "$start" ] && echo "$pid"
}

# What the guard does when this script is killed.
clear_up_after_kill() {
  local agent
  if agent=$(agent_of "$work"); then clear_up "$agent"; else sweep 0; fi
  remove_scratch
}

# Where the numbers of processes mean what they mean here: containers have numbers of their own, and machines may have
# the same name, while all of them share the scratch space.
machine() {
  echo "$(cat /proc/sys/kernel/random/boot_id)/$(readlink /proc/self/ns/pid)"
}

# Scratch directories of pilots that were killed together with their guards, on this machine and this user's.
clear_up_after_others() {
  local other owner_machine owner_pid owner_start agent
  for other in "$scratch"/gm-*/; do
    other=\${other%/}
    if [ ! -O "$other" ] || [ -L "$other" ] || [ ! -f "$other/owner" ]; then continue; fi
    read -r owner_machine owner_pid owner_start <"$other/owner" || continue
    if [ "$owner_machine" != "$(machine)" ] || [[ ! $owner_pid =~ ^[0-9]+$ ]]; then continue; fi
    [ "$(start_time "$owner_pid")" != "$owner_start" ] || continue
    say "removing what a killed pilot has left in $other"
    agent=$(agent_of "$other") || agent=0
    # Its name, and that of this job's own, are not to be mistaken, whenever this job has to end.
    work=$other sweep "$agent"
    rm -rf "$other"
  done
}

`;
