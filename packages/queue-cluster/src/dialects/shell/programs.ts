/** What the programs below have in common; `own` is the folder in the job's directory that is theirs. */
const common = `
boot=$(cat /proc/sys/kernel/random/boot_id)
# State and start of a process: the name before them may hold anything. A pid that was given again starts later.
standing() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f1,20; }
alive() { set -- "$2" $(standing "$1"); [ "$1" = "$3" ] && [ "$2" != Z ]; }
# Whether there is anything that has the job's mark in its environment: also what has left the session of the job.
find_rest() {
  rest=$(grep -lzx "GALAXY_MESOS_SHELL_JOB=$1" /proc/[0-9]*/environ 2>/dev/null | cut -d/ -f3)
  [ -n "$rest" ]
}
# Ends all of that.
kill_rest() {
  for round in 1 2 3 4 5; do
    find_rest "$1" || return 0
    kill -KILL $rest 2>/dev/null
  done
}
# Reads the record of the job in a directory: who keeps it, what it is, and when.
recorded() {
  own=$1/shell-job
  [ -r "$own/record" ] && read -r keeper keeper_start its_boot job job_start began ends name <"$own/record"
}
`;

/** The name of a keeper among the processes of the machine. */
const keeperName = 'galaxy-mesos-shell-job';

/** Looks after one job: starts it, warns it, ends it, and writes down how it ended. */
const keeper = `${common}
name=$1 directory=$2 log=$3 walltime=$4 warning=$5 usual=$6
own=$directory/shell-job
cd "$directory" && exec 3>&2 </dev/null >>"$log" 2>&1 || exit 1
set -- $(standing $$)
start=$2
mark=$$-$start
# A job of which there is no record could neither be seen nor ended, so it begins when there is one.
(
  exec 3>&-
  until [ -e "$own/record" ]; do alive $$ "$start" && sleep 0.1 || exit 1; done
  umask "$usual" && GALAXY_MESOS_SHELL_JOB=$mark exec setsid bash "$own/script"
) &
job=$!
set -- $(standing "$job")
job_start=$2
began=$(date +%s)
ends=$((began + walltime))
{
  printf '%s\\n' "$$ $start $boot $job $job_start $began $ends $name" >"$own/record.new" &&
    mv "$own/record.new" "$own/record"
} 2>&3 || { kill -KILL "$job"; exit 1; }
exec 3>&-
how= last=0 warned=
while alive "$job" "$job_start"; do
  now=$(date +%s)
  if [ -z "$warned" ] && [ "$now" -ge $((ends - warning)) ]; then
    warned=1
    kill -USR1 "$job"
  fi
  if [ -n "$how" ]; then
    [ "$now" -lt "$last" ] || kill -KILL "$job"
    [ "$now" -lt $((last + 30)) ] || kill_rest "$mark"
  else
    [ "$now" -lt "$ends" ] || how=walltime
    [ ! -e "$own/cancel" ] || how=cancelled
    [ -z "$how" ] || kill -TERM "$job"
    last=$((now + 30))
  fi
  sleep 1
done
wait "$job"
code=$?
# A script that was killed may have a process that clears up after it, as a pilot has. TERM is for all to heed.
patience=30
while [ "$code" -gt 128 ] && [ "$code" != 143 ] && [ "$patience" -gt 0 ] && find_rest "$mark"; do
  sleep 1
  patience=$((patience - 1))
done
kill_rest "$mark"
# A disk that is full may have room again soon.
patience=100
until printf '%s\\n' "\${how:-itself} $code" >"$own/ended.new" && mv "$own/ended.new" "$own/ended"; do
  patience=$((patience - 1))
  [ "$patience" -gt 0 ] && [ -d "$own" ] || exit 1
  sleep 3
done
`;

/** Has a keeper start a job, with the script on the input; answers `PID-START@DIRECTORY` of the keeper. */
export const submitProgram = `
usual=$(umask)
umask 077
directory=$3
own=$directory/shell-job
mkdir -p "$directory" && mkdir "$own" && cat >"$own/script" || exit 1
setsid sh -c "$1" ${keeperName} "$2" "$3" "$4" "$5" "$6" "$usual" </dev/null >/dev/null 2>"$own/trouble" &
for patience in 0 1 2 3 4 5 6 7 8 9; do
  for tenth in 0 1 2 3 4 5 6 7 8 9; do
    if read -r pid start rest 2>/dev/null <"$own/record"; then
      printf '%s\\n' "$pid-$start@$directory"
      exit 0
    fi
    kill -0 $! 2>/dev/null || {
      cat "$own/trouble" >&2
      # Where the disk is full, nothing could be said there.
      echo 'the job did not start' | cat >"$own/trial"
      echo 'the job did not start' >&2
      exit 1
    }
    sleep 0.1
  done
done
echo 'the job has not started in time' >&2
exit 75
`;

/** The first word that {@link submitProgram} is given. */
export const keeperProgram = keeper;

/** A line for each job: those whose ids are given, and those that run. */
export const statusProgram = `${common}
node=$(uname -n)
{
  for id; do printf '%s\\n' "\${id#*@}"; done
  for pid in $(grep -lzx ${keeperName} /proc/[0-9]*/cmdline 2>/dev/null | cut -d/ -f3); do
    [ ! -O "/proc/$pid" ] || tr '\\0' '\\n' <"/proc/$pid/cmdline" 2>/dev/null | sed -n '/^${keeperName}$/{n;n;p;q;}'
  done
} | sort -u | while IFS= read -r directory; do
  recorded "$directory" || continue
  state=lost code=
  if [ "$its_boot" != "$boot" ]; then
    state=rebooted
  elif alive "$keeper" "$keeper_start" || alive "$job" "$job_start"; then
    state=running
  fi
  [ ! -r "$own/ended" ] || { read -r how its_code <"$own/ended" && state=$how code=$its_code; }
  printf '%s\\n' "$state|$code|$node|$began|$ends|$name|$keeper-$keeper_start@$directory"
done
echo complete
`;

/** USR1 to the script of each job, if it still runs. */
export const stopProgram = `${common}
for id; do
  recorded "\${id#*@}" && [ "$its_boot" = "$boot" ] && alive "$job" "$job_start" && kill -USR1 "$job"
done
exit 0
`;

/** Tells the keeper of each job to end it; does so itself where somebody has killed the keeper. */
export const cancelProgram = `${common}
orphans=
for id; do
  recorded "\${id#*@}" && [ "$its_boot" = "$boot" ] || continue
  if alive "$keeper" "$keeper_start"; then
    : >"$own/cancel" || exit 1
  elif alive "$job" "$job_start"; then
    kill -TERM "$job"
    orphans="$orphans $keeper-$keeper_start"
  fi
done
[ -z "$orphans" ] || sleep 5
for mark in $orphans; do kill_rest "$mark"; done
exit 0
`;

/** Says what is missing of the programs that the ones above use. */
export const probeProgram = `
for program in bash setsid sed cut grep tr sort date cat mv mkdir sleep uname; do
  command -v "$program" >/dev/null || missing="$missing $program"
done
[ -z "$missing" ] || { echo "these programs are missing:$missing" >&2; exit 1; }
[ -r /proc/self/environ ] || { echo 'there is no /proc' >&2; exit 1; }
echo "$(uname -n) can run batch jobs"
`;
