#!/bin/bash
# What a user sees of PBS, with processes of this machine as jobs: `pbs.sh qsub|qstat|qselect|qdel|qsig|pbsnodes WORDS...`.
# FAKE_PBS names the folder that holds its jobs: jobs/NUMBER/{name,log,walltime,script,state,session,comment}.
# Words and exit codes are those of recordings of OpenPBS; of its options it knows what our dialect says.
set -u
program=$1
shift
jobs=$FAKE_PBS/jobs
fixtures=$(dirname "$0")/../queues
mkdir -p "$jobs"

fail() { echo "$program: $2" >&2; exit "$1"; }
[ ! -e "$FAKE_PBS/down" ] || { echo 'Connection refused' >&2; fail 162 'cannot connect to server localhost (errno=15010)'; }

# Processes of a job's session; those that nobody has waited for yet have ended.
session_of() { ps -o pid=,stat= -s "$1" 2>/dev/null | awk '$2 !~ /^Z/ { print $1 }'; }
# Signals go to every process of a job's session, as those of PBS do.
signal_session() { # SIGNAL SESSION
  local pids
  pids=$(session_of "$2")
  # shellcheck disable=SC2086 # one word per process
  [ -z "$pids" ] || kill "-$1" $pids 2>/dev/null
  return 0
}
end_session() { # SESSION: TERM, and some seconds later KILL
  signal_session TERM "$1"
  # `kill_delay` of a queue; 10 s by default.
  for _ in {1..300}; do
    [ -n "$(session_of "$1")" ] || return 0
    sleep 0.1
  done
  signal_session KILL "$1"
}
option() { sed -n "s/^#PBS $1[ ]*\(.*\)$/\1/p" "$2" | tail -n 1 | tr -d '"'; }

run_job() { # NUMBER CORES: what the execution host does
  local job=$jobs/$1 session clock log
  log=$(cat "$job/log")
  # A session of its own, next to no environment, and the home directory, as PBS has it.
  setsid env -i HOME="$HOME" PATH=/usr/local/bin:/usr/bin:/bin USER="${USER:-root}" PBS_JOBID="$1.localhost" NCPUS="$2" \
    PBS_ENVIRONMENT=PBS_BATCH bash -c 'cd && exec bash "$0"' "$job/script" >>"$log" 2>&1 &
  session=$!
  echo "$session" >"$job/session"
  { sleep "$(cat "$job/walltime")" & trap 'kill $!; exit' TERM; wait $! && end_session "$session"; } &
  clock=$!
  wait "$session"
  kill "$clock"
  signal_session KILL "$session"
  # No history: the server does not know it any more.
  rm -rf "$job"
}

seconds_of() { option '-l walltime=' "$1" | awk -F: '{ print $1 * 3600 + $2 * 60 + $3 }'; } # SCRIPT
refuse() { rm "$script"; fail "$@"; }

qsub() {
  local number script queue cores
  script=$(mktemp "$FAKE_PBS/script.XXXXXX")
  cat >"$script"
  queue=$(option -q "$script")
  case $queue in
    '' | workq) ;;
    short) [ "$(seconds_of "$script")" -le 300 ] || refuse 188 'Job violates queue and/or server resource limits' ;;
    closed) refuse 173 'Queue is not enabled' ;;
    *) refuse 170 'Unknown queue' ;;
  esac
  until mkdir "$FAKE_PBS/lock" 2>/dev/null; do sleep 0.05; done
  number=$(($(cat "$FAKE_PBS/last" 2>/dev/null || echo 0) + 1))
  echo "$number" >"$FAKE_PBS/last"
  rmdir "$FAKE_PBS/lock"
  local job=$FAKE_PBS/new.$number
  mkdir "$job"
  mv "$script" "$job/script"
  option -N "$job/script" >"$job/name"
  option -o "$job/script" >"$job/log"
  seconds_of "$job/script" >"$job/walltime"
  cores=$(sed -n 's/^#PBS -l select=1:ncpus=\([0-9]*\).*/\1/p' "$job/script")
  if [ "$cores" -gt 6 ]; then
    echo Q >"$job/state"
    echo "Can Never Run: Insufficient amount of resource: ncpus (R: $cores A: 6 T: 6)" >"$job/comment"
  else
    echo R >"$job/state"
    echo 'Job run on (localhost)' >"$job/comment"
  fi
  mv "$job" "$jobs/$number"
  if [ "$(cat "$jobs/$number/state")" = R ]; then
    run_job "$number" "$cores" >/dev/null 2>&1 </dev/null &
  fi
  echo "$number.localhost"
}

qselect() {
  for job in "$jobs"/*/; do
    [ ! -d "$job" ] || echo "$(basename "$job").localhost"
  done
}

qstat() {
  local id job status=0 separator=
  # The server is in no recording: it was written after documentation.
  [ "$1" != -B ] || { cat "$fixtures/documented/pbs-server.stdout"; return; }
  [ "$1" != -Q ] || { cat "$fixtures/pbs/qstat-Q-json.stdout"; return; }
  [ "$1" != -x ] || local history=1
  printf '{\n\t"timestamp":\t%s,\n\t"pbs_version":\t"23.06.06",\n\t"pbs_server":\t"localhost"' "$(date +%s)"
  if [ -n "${history-}" ]; then
    printf '\n}\n'
    echo 'qstat: PBS is not configured to maintain job history ' >&2
    return 0
  fi
  for id; do
    case $id in -* | json) continue ;; esac
    job=$jobs/${id%%.*}
    if ! { name=$(cat "$job/name") && state=$(cat "$job/state") && comment=$(cat "$job/comment"); } 2>/dev/null; then
      echo "qstat: Unknown Job Id $id" >&2
      status=153
      continue
    fi
    [ -n "$separator" ] || printf ',\n\t"Jobs":\t{\n'
    # A value of the environment as PBS writes it: no JSON.
    printf '%s\t\t"%s":\t{\n\t\t\t"Job_Name":\t"%s",\n\t\t\t"job_state":\t"%s",\n\t\t\t"exec_host":\t"localhost/0",\n' \
      "$separator" "$id" "$name" "$state"
    printf '\t\t\t"Variable_List":\t{\n\t\t\t\t"A":\t005,\n\t\t\t\t"B":\t"say \\,"hello""\n\t\t\t},\n\t\t\t"comment":\t"%s"\n\t\t}' \
      "$comment"
    separator=$',\n'
  done
  [ -z "$separator" ] || printf '\n\t}'
  printf '\n}\n'
  return "$status"
}

each_job() { # ACTION IDS...
  local action=$1 id job status=0
  shift
  for id; do
    job=$jobs/${id%%.*}
    if [ ! -d "$job" ]; then
      echo "$program: Unknown Job Id $id" >&2
      status=153
    else
      "$action" "$job" "$id" || status=$?
    fi
  done
  return "$status"
}
delete() {
  if [ -e "$1/session" ]; then
    end_session "$(cat "$1/session")" >/dev/null 2>&1 </dev/null &
  else
    rm -rf "$1"
  fi
}
send() {
  [ -e "$1/session" ] || { echo "$program: Request invalid for state of job $2" >&2; return 168; }
  signal_session "${signal#SIG}" "$(cat "$1/session")"
}

case $program in
  qsub) [ "${1-}" != --version ] || { echo 'pbs_version = 23.06.06'; exit; }; qsub ;;
  qselect) qselect ;;
  qstat) qstat "$@" ;;
  pbsnodes) cat "$fixtures/pbs/pbsnodes-json.stdout" ;;
  qdel) each_job delete "$@" ;;
  qsig) signal=$2; shift 2; each_job send "$@" ;;
esac
