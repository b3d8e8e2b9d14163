// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the expansions are those of bash.

// Parts of a job's script whose lines are always the same.

/** Whole cores of what the attempt was given, one at least; Galaxy's tools ask whether anybody said so. */
export const slotsLines = [
  'export GALAXY_SLOTS_CONFIGURED=1',
  'if [ -n "$_galaxy_mesos_cpus" ]; then',
  '  GALAXY_SLOTS=${_galaxy_mesos_cpus%%.*}',
  '  [ "${GALAXY_SLOTS:-0}" -ge 1 ] 2>/dev/null || GALAXY_SLOTS=1',
  'elif [ -z "$GALAXY_SLOTS" ]; then',
  '  GALAXY_SLOTS=1',
  '  unset -v GALAXY_SLOTS_CONFIGURED',
  'fi',
  'export GALAXY_SLOTS',
  // Entries of the environment may use the amounts, or set others; see memoryLines.
  'if [ -n "$_galaxy_mesos_mem" ]; then',
  '  GALAXY_MEMORY_MB=${_galaxy_mesos_mem%%.*}',
  '  [ "${GALAXY_MEMORY_MB:-0}" -ge 1 ] 2>/dev/null || GALAXY_MEMORY_MB=',
  '  GALAXY_MEMORY_MB_PER_SLOT=${GALAXY_MEMORY_MB:+$((GALAXY_MEMORY_MB / GALAXY_SLOTS))}',
  'fi',
  '_galaxy_mesos_memory=$GALAXY_MEMORY_MB _galaxy_mesos_per_slot=$GALAXY_MEMORY_MB_PER_SLOT',
];

/** As in Galaxy, an entry of the environment may have set either amount of memory; the other follows from it. */
export const memoryLines = [
  'if [ "$GALAXY_MEMORY_MB_PER_SLOT" != "$_galaxy_mesos_per_slot" ] &&',
  '    [ "$GALAXY_MEMORY_MB" = "$_galaxy_mesos_memory" ]; then',
  '  GALAXY_MEMORY_MB=',
  'elif [ "$GALAXY_MEMORY_MB_PER_SLOT" = "$_galaxy_mesos_per_slot" ] && [ -n "$GALAXY_MEMORY_MB" ]; then',
  '  GALAXY_MEMORY_MB_PER_SLOT=',
  'fi',
  'if [ -z "$GALAXY_MEMORY_MB_PER_SLOT" ] && [ "$GALAXY_MEMORY_MB" -ge 1 ] 2>/dev/null; then',
  '  GALAXY_MEMORY_MB_PER_SLOT=$((GALAXY_MEMORY_MB / GALAXY_SLOTS))',
  'elif [ -z "$GALAXY_MEMORY_MB" ] && [ "$GALAXY_MEMORY_MB_PER_SLOT" -ge 1 ] 2>/dev/null; then',
  '  GALAXY_MEMORY_MB=$((GALAXY_MEMORY_MB_PER_SLOT * GALAXY_SLOTS))',
  'fi',
  ...['GALAXY_MEMORY_MB', 'GALAXY_MEMORY_MB_PER_SLOT'].map(
    (name) => `if [ "$${name}" -ge 1 ] 2>/dev/null; then export ${name}; else unset -v ${name}; fi`,
  ),
];

/** Whoever set one of the three meant them all; where nobody did, temporary files go with the job's directory. */
export const temporaryDirectoryLines = [
  '_galaxy_mesos_tmp=${TMPDIR:-${TMP:-${TEMP:-$_GALAXY_JOB_TMP_DIR}}}',
  'export TMP="${TMP:-${TEMP:-$_galaxy_mesos_tmp}}"',
  'export TEMP="${TEMP:-${TMP:-$_galaxy_mesos_tmp}}"',
  'export TMPDIR="${TMPDIR:-$_galaxy_mesos_tmp}"',
];

/**
 * Two functions: one sends SIGTERM to a process and all processes below it, by what /proc tells of parents; the other
 * tells whether any of these still does something. Without a /proc it is the process alone. Programs that would do
 * this are not on every agent.
 */
export const passOnLines = [
  '_galaxy_mesos_pass_on() {',
  '  local file line fields known=" $1 " found=yes',
  '  _galaxy_mesos_processes=("$1")',
  '  while [ "$found" ]; do',
  '    found=',
  '    for file in /proc/[0-9]*/stat; do',
  '      IFS= read -r line 2>/dev/null <"$file" || continue',
  // After the name, which is in parentheses and may have spaces: state, then parent.
  '      read -r -a fields <<<"${line##*) }"',
  '      case $known in *" ${line%% *} "*) continue ;; *" ${fields[1]} "*) ;; *) continue ;; esac',
  '      known+="${line%% *} " found=yes',
  '      _galaxy_mesos_processes+=("${line%% *}")',
  '    done',
  '  done',
  '  kill -TERM "${_galaxy_mesos_processes[@]}" 2>/dev/null',
  '}',
  '_galaxy_mesos_any_lives() {',
  '  local process line',
  '  for process in "${_galaxy_mesos_processes[@]}"; do',
  '    if IFS= read -r line 2>/dev/null <"/proc/$process/stat"; then',
  // Dead, but nobody has asked for its status; where process 1 never does, that lasts.
  '      case ${line##*) } in [ZX]*) continue ;; *) return 0 ;; esac',
  '    elif kill -0 "$process" 2>/dev/null; then',
  '      return 0',
  '    fi',
  '  done',
  '  return 1',
  '}',
];
