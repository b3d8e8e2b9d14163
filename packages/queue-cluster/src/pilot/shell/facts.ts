/** What the script tells the launcher, and how a batch job that is started again is told from a first start. */
export const factsShell = `
# --- Facts: what the launcher is told, in the file "facts" ------------------------------------------------------

facts=()

# tell KEY VALUE [KEY VALUE]...: one line each, the last of a key counts. The file is replaced as a whole, so that
# nobody reads half of it. Where the directory cannot be seen from this node, nobody is told.
tell() {
  while [ $# -gt 1 ]; do
    facts+=("$1=\${2//[$'\\r\\n']/ }")
    shift 2
  done
  [ -d "$directory" ] || return 0
  { printf '%s\\n' "\${facts[@]}" >"$directory/facts.$$" && mv -f "$directory/facts.$$" "$directory/facts"; } 2>/dev/null
}

tell_end() {
  local tries
  # A file server that is just now busy must not make this job look as if it had never ended.
  for tries in 1 2 3; do
    tell ended "$1" ended_detail "$2" ended_at "$(printf '%(%s)T' -1)" && return 0
    [ "$tries" = 3 ] || sleep 1
  done
  say "cannot write $directory/facts"
}

# Whether this job has been started before: queues start jobs again whose node was lost, while what they started the
# first time may still be running there. The launcher has given the job up by then.
started_before() {
  case $dialect in
    slurm) given SLURM_RESTART_COUNT >/dev/null && return 0 ;;
    sge) given RESTARTED >/dev/null && return 0 ;;
    lsf) [ "\${LSB_RESTART-}" = Y ] && return 0 ;;
  esac
  [ -d "$directory" ] || return 1
  # Only one of all starts can make this directory. Of a file, a full disk would leave the name to the first one, too.
  mkdir "$directory/$pilot.claim" 2>/dev/null && return 1
  [ -e "$directory/$pilot.claim" ]
}

# Leaves everything to the first start, but ends that, too, should it still run somewhere.
end_second_start() {
  say 'this job has been started before: leaving at once'
  [ -d "$directory" ] && : >"$directory/$pilot.fenced"
  [ -r "$directory/facts" ] && mapfile -t facts <"$directory/facts"
  case $'\\n'"$(printf '%s\\n' "\${facts[@]}")" in
    *$'\\n'ended=*) ;;
    *) tell_end second-start '' ;;
  esac
  exit 0
}

# The id that the queue has given this job.
batch_job_id() {
  case $dialect in
    slurm) echo "\${SLURM_JOB_ID-}" ;;
    sge) echo "\${JOB_ID-}" ;;
    pbs | torque) echo "\${PBS_JOBID-}" ;;
    lsf) echo "\${LSB_JOBID-}" ;;
    htcondor) sed -n 's/^ClusterId *= *\\([0-9]*\\).*/\\1/p' "\${_CONDOR_JOB_AD-/dev/null}" 2>/dev/null ;;
  esac
}
`;
