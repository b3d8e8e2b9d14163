import { scriptDescriptor } from '@galaxy-mesos/galaxy-jobs';
import { directoryTaskStatuses as statuses } from '../statuses.ts';

/** A tool that prints without end must not fill the agent's disk twice. */
const mirroredBytes = 64 * 1024 * 1024;

/** Runs the job script in the tree; what the tool prints goes to the sandbox's stdout and stderr as well. */
export const runFunctions = `
# The files that tell how often the kernel has killed something in this control group for want of memory.
find_oom_events() {
  local lines line file
  oom_events=()
  [[ -r /proc/self/cgroup ]] || return 0
  mapfile -t lines </proc/self/cgroup
  for line in "\${lines[@]}"; do
    case $line in
      0::*) file=/sys/fs/cgroup\${line#0::}/memory.events ;;
      *:memory:*) file=/sys/fs/cgroup/memory\${line#*:memory:}/memory.oom_control ;;
      *) continue ;;
    esac
    [[ ! -r $file ]] || oom_events+=("$file")
  done
}

count_oom_kills() {
  local lines line file
  REPLY=0
  for file in "\${oom_events[@]}"; do
    mapfile -t lines <"$file"
    for line in "\${lines[@]}"; do [[ $line != 'oom_kill '* ]] || REPLY=\${line#* }; done
  done
}

# A limit of the size of files ends it, since no filter in between would pass on what comes at once.
follow() {
  ulimit -f ${mirroredBytes / 1024}
  exec tail -q -n +1 -s 0.2 -F --pid="$1" -- "$2" "$3" 2>/dev/null
}

start_following() {
  cd "$tree/metadata" || return 0
  follow "$pid" job_stderr tool_stderr </dev/null >&2 &
  followers=($!)
  follow "$pid" job_stdout tool_stdout </dev/null &
  followers+=($!)
  cd "$sandbox"
}

# Prints a file of a few lines without another program.
print_file() {
  local text=
  [[ -s $1 ]] || return 0
  if IFS= read -r -d '' -n 65536 text <"$1"; then
    head -c ${mirroredBytes} -- "$1"
  else
    printf %s "$text"
  fi
}

print_streams() {
  local LC_ALL=C
  print_file "$tree/metadata/job_stdout"
  print_file "$tree/metadata/tool_stdout"
  print_file "$tree/metadata/job_stderr" >&2
  print_file "$tree/metadata/tool_stderr" >&2
}

# Waits for a child, however many signals come meanwhile.
await() {
  local status
  while :; do
    wait "$1"
    status=$?
    [[ $status -gt 128 ]] && kill -0 "$1" 2>/dev/null || return $status
  done
}

# Makes a pipe of the standard input: bash knows no other way to one without another process.
make_pipe() { exec {ending}<&0 ${scriptDescriptor}>/dev/fd/0; }

# The job script holds one end of a pipe while it runs, and nobody else does; ending is the other.
watch_for_ending() {
  local nothing
  make_pipe <<<''
  if [[ -p /dev/fd/$ending ]]; then
    IFS= read -r nothing <&"$ending"
  else
    # Up to version 5.0 it is a file.
    exec {ending}<&-
    make_pipe < <(:)
  fi
}

# Waits a second at most. A program that sleeps would take longer to start than all the rest of a short job.
ends_soon() {
  local nothing
  IFS= read -r -t 1 nothing <&"$ending"
  [[ $? -le 128 ]]
}

run_job_script() {
  local status kills ending follower followers=() oom_events
  find_oom_events
  count_oom_kills
  kills=$REPLY
  watch_for_ending
  pid=starting
  [[ -z $stopped ]] || leave 143
  become_job_script </dev/null {ending}<&- &
  pid=$!
  exec ${scriptDescriptor}>&-
  [[ -z $stopped ]] || kill -TERM "$pid" 2>/dev/null
  # A tool that is done so soon is not followed: its streams are printed at the end.
  ends_soon || start_following
  exec {ending}<&-
  await "$pid"
  status=$?
  if [[ \${#followers[@]} == 0 ]]; then print_streams; fi
  for follower in "\${followers[@]}"; do await "$follower"; done
  pid=
  [[ -z $stopped ]] || leave_stopped
  count_oom_kills
  judge "$status" $((REPLY - kills))
}

# What a job had made when it was cancelled may still be wanted, where it can be had for nothing.
leave_stopped() {
  [[ $mode == shared && -e $tree/return_code ]] || leave 143
  settle
  translate_out
  kept=yes
  leave 143
}

# An exit code of the tool is Galaxy's to judge; no exit code, or one that memory is to blame for, is not.
judge() {
  local code=
  [[ ! -r $tree/return_code ]] || read -r code <"$tree/return_code"
  if [[ $2 -gt 0 ]] && [[ -z $code || $code == 137 ]]; then
    # The agent is about to end this task, and will say why better than this script can.
    sleep 5 & await $!
    [[ -z $stopped ]] || leave 143
    fail ${statuses.outOfMemory} 'the kernel killed the tool: it needed more memory than its task has'
  fi
  judge_container "$1" "$code"
  if [[ -z $code && $1 -gt 128 ]]; then
    # The tool has killed the script that ran it.
    code=$1
    must 'the exit code cannot be written' cp -- <(printf '%s\\n' "$code") "$tree/return_code"
  fi
  [[ $code ]] || fail ${statuses.treeFailed} "the job script came to no end: it ended with status $1"
}
`;
