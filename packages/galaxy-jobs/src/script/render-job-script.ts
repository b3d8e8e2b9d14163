// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the expansions are those of bash.
import { coreMetricFiles } from '../metrics/core-metrics.ts';
import { type EnvironmentEntry, environmentStatement } from './environment-entry.ts';
import { jobDirectoryLayout as layout } from './job-directory-layout.ts';
import { assign, readIntoVariable } from './put-into-variable.ts';
import { memoryLines, passOnLines, slotsLines, temporaryDirectoryLines } from './script-parts.ts';

/** What {@link renderJobScript} needs to know. */
export interface JobScriptSettings {
  /** The job's directory in the layout {@link jobDirectoryLayout}, absolute. */
  readonly directory: string;
  /** Galaxy's command line, shell text of any length. */
  readonly command: string;
  /** The environment of destination and tool, in Galaxy's order. */
  readonly environment?: readonly EnvironmentEntry[];
  /** Variables that hold unless {@link environment} says otherwise; their values are no shell text. */
  readonly defaultEnvironment?: Readonly<Record<string, string>>;
  /** A Galaxy on the agent, for destinations that have metadata collected there. */
  readonly galaxy?: {
    /** Galaxy's root directory; its `lib` gets on the Python path when Galaxy's command line asks for it. */
    readonly home?: string;
    readonly virtualEnvironment?: string;
  };
}

/**
 * A file descriptor that the script of a job leaves open while it runs, and closes for what it runs: whoever holds the
 * other end of a pipe learns of the script's end at once, whatever the command has left in the background.
 */
export const scriptDescriptor = 9;

/**
 * The bash script that runs a Galaxy job, to be started as `/bin/bash SCRIPT` in any directory. It gives Galaxy's
 * command line what it finds in a Pulsar job, in the same order: cores, the environment's entries, a directory for
 * temporary files, memory, and `working` as the current directory. Cores and memory are taken from GALAXY_MESOS_CPUS
 * and GALAXY_MESOS_MEM when it runs. The directory stands in it without quotes, so that another path can be put in its
 * place by a replacement of text, and whatever else of the script has the directory in it has that path then.
 *
 * It ends with the exit code of the command, and writes that to `return_code` as its last act. Where the directory is
 * not usable it says so on stderr, ends with status 1 and writes no `return_code`. SIGTERM reaches every process of
 * the command; the script waits until they have ended, and ends as a shell does that died of SIGTERM.
 */
export function renderJobScript(settings: JobScriptSettings): string {
  return [
    '#!/bin/bash',
    '# Made by galaxy-mesos: one job of Galaxy.',
    ...integrityLines,
    ...directoryLines(settings.directory),
    ...privateVariableLines,
    ...slotsLines,
    ...localeLines,
    ...environmentLines(settings),
    ...temporaryDirectoryLines,
    ...memoryLines,
    assign('_galaxy_mesos_command', settings.command, settings.directory),
    ...startLines,
    ...passOnLines,
    ...runLines,
    '',
  ].join('\n');
}

/** Galaxy and Pulsar try out with this variable whether a script can be started at all. */
const integrityLines = ['if [ -n "$ABC_TEST_JOB_SCRIPT_INTEGRITY_XYZ" ]; then exit 42; fi'];

/** What a job finds, whether or not it came with files for it. */
const madeDirectories = [
  layout.working,
  layout.outputs,
  layout.configs,
  layout.metadata,
  layout.home,
  layout.tmp,
];

const directoryLines = (directory: string): string[] => [
  ...readIntoVariable('_galaxy_mesos_job', directory),
  "_galaxy_mesos_job=${_galaxy_mesos_job%$'\\n'}",
  '_galaxy_mesos_missing=()',
  `for _galaxy_mesos_name in ${madeDirectories.join(' ')}; do`,
  '  [ -d "$_galaxy_mesos_job/$_galaxy_mesos_name" ] || _galaxy_mesos_missing+=("$_galaxy_mesos_job/$_galaxy_mesos_name")',
  'done',
  // Programs take longer to start than all the rest of this script: none without need.
  '[ ${#_galaxy_mesos_missing[@]} = 0 ] || mkdir -p -- "${_galaxy_mesos_missing[@]}" || exit 1',
  `cd "$_galaxy_mesos_job/${layout.working}" || exit 1`,
  'unset -v OLDPWD',
  `_galaxy_mesos_metadata=$_galaxy_mesos_job/${layout.metadata}`,
  `exec </dev/null >"$_galaxy_mesos_job/${layout.jobStdout}" 2>"$_galaxy_mesos_job/${layout.jobStderr}" || exit 1`,
  // From here on whatever ends the script leaves its exit code behind, be it an entry of the environment.
  `trap 'echo "$?" >"$_galaxy_mesos_job/${layout.returnCode}"' EXIT`,
];

/** What is between the daemon and this script is nothing for a tool to see; some of it opens doors. */
const privateVariableLines = [
  '_galaxy_mesos_cpus=$GALAXY_MESOS_CPUS _galaxy_mesos_mem=$GALAXY_MESOS_MEM',
  'unset -v "${!GALAXY_MESOS_@}" MESOS_EXECUTOR_AUTHENTICATION_TOKEN',
];

/**
 * Pulsar's choice, unless this machine does not know it: then every shell would complain on a tool's stderr. Where it is
 * known, two bytes are one letter.
 */
const localeLines = [
  '_galaxy_mesos_locale=$LC_CTYPE',
  '{ LC_CTYPE=C; LC_CTYPE=C.UTF-8; } 2>/dev/null',
  "_galaxy_mesos_letter=$'\\303\\251'",
  'if [ ${#_galaxy_mesos_letter} = 1 ]; then export LC_CTYPE; else LC_CTYPE=$_galaxy_mesos_locale; fi',
  '[ -n "$LC_CTYPE" ] || unset -v LC_CTYPE',
];

/**
 * Galaxy's command line calls the function `_galaxy_setup_environment` a second time, with `True`, before it collects
 * metadata. Entries are evaluated one by one: a broken one spoils nothing but itself.
 */
function environmentLines({
  directory,
  environment = [],
  defaultEnvironment = {},
  galaxy = {},
}: JobScriptSettings): string[] {
  const defaults = Object.entries(defaultEnvironment).map(
    ([name, value]) => `export ${assign(name, value, directory)}`,
  );
  const entries = environment.flatMap((entry) => [
    assign('_galaxy_mesos_entry', environmentStatement(entry), directory),
    'eval "$_galaxy_mesos_entry"',
  ]);
  return [
    'export PYTHONWARNINGS=ignore',
    // Galaxy's command lines compare with `None`, as Python writes what is not there.
    assign('GALAXY_VIRTUAL_ENV', galaxy.virtualEnvironment ?? 'None', directory),
    '_GALAXY_VIRTUAL_ENV=$GALAXY_VIRTUAL_ENV',
    'PRESERVE_GALAXY_ENVIRONMENT=False',
    assign('GALAXY_LIB', galaxy.home === undefined ? 'None' : `${galaxy.home}/lib`, directory),
    // What the machine says may be meant for another user.
    'for _galaxy_mesos_name in TMP TEMP TMPDIR; do',
    '  [ -w "${!_galaxy_mesos_name}" ] || unset -v "$_galaxy_mesos_name"',
    'done',
    `if [ ! -d "$HOME" ] || [ ! -w "$HOME" ]; then export HOME="$_galaxy_mesos_job/${layout.home}"; fi`,
    '_galaxy_setup_environment() {',
    `_GALAXY_JOB_DIR=$_galaxy_mesos_job/${layout.working}`,
    `export _GALAXY_JOB_HOME_DIR="$_galaxy_mesos_job/${layout.home}"`,
    `export _GALAXY_JOB_TMP_DIR="$_galaxy_mesos_job/${layout.tmp}"`,
    ...defaults,
    ...entries,
    'if [ "$1" = True ] && [ "$GALAXY_LIB" != None ]; then',
    '  export PYTHONPATH="$GALAXY_LIB${PYTHONPATH:+:$PYTHONPATH}"',
    'fi',
    'if [ -f "$GALAXY_VIRTUAL_ENV/bin/activate" ]; then . "$GALAXY_VIRTUAL_ENV/bin/activate"; fi',
    '}',
    '_galaxy_setup_environment "$PRESERVE_GALAXY_ENVIRONMENT"',
    // What is no program is asked for in a process of its own, which takes longer.
    'GALAXY_PYTHON=',
    '! hash python 2>/dev/null || GALAXY_PYTHON=${BASH_CMDS[python]}',
    '[ -n "$GALAXY_PYTHON" ] || GALAXY_PYTHON=$(command -v python)',
  ];
}

const startLines = [
  // Again, because an entry of the environment may have gone elsewhere.
  `cd "$_galaxy_mesos_job/${layout.working}" || exit 1`,
  `echo "$GALAXY_SLOTS" >"$_galaxy_mesos_metadata/${coreMetricFiles.slots}"`,
  `echo "$GALAXY_MEMORY_MB" >"$_galaxy_mesos_metadata/${coreMetricFiles.memory}"`,
  `printf '%(%s)T\\n' -1 >"$_galaxy_mesos_metadata/${coreMetricFiles.start}"`,
];

/**
 * In the background, because bash hears a signal only between two foreground commands; in parentheses, because bash
 * lets other background commands ignore SIGINT. The inner trap lets the command line outlive the program that it
 * waits for, which may take its time to end in order; it goes no further then.
 */
const runLines = [
  '_galaxy_mesos_stopped=',
  'trap \'_galaxy_mesos_stopped=yes; _galaxy_mesos_pass_on "$!"\' TERM',
  `( trap 'exit 143' TERM; eval "$_galaxy_mesos_command" ) ${scriptDescriptor}>&- &`,
  // Asked to end before there was anything to end.
  '[ -z "$_galaxy_mesos_stopped" ] || _galaxy_mesos_pass_on "$!"',
  'wait "$!"',
  '_galaxy_mesos_code=$?',
  'if [ "$_galaxy_mesos_stopped" ]; then',
  '  while _galaxy_mesos_any_lives; do sleep 0.1; done',
  '  _galaxy_mesos_code=143',
  'fi',
  `printf '%(%s)T\\n' -1 >"$_galaxy_mesos_metadata/${coreMetricFiles.end}"`,
  `echo "$_galaxy_mesos_code" >"$_galaxy_mesos_job/${layout.returnCode}"`,
  'exit "$_galaxy_mesos_code"',
];
