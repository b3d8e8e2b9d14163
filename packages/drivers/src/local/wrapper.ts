/** The file in a sandbox that tells a later driver which process runs there, or how it ended. */
export const recordFileName = '.galaxy-mesos-attempt';

const firstLine = '# galaxy-mesos attempt';

/**
 * Run by `/bin/sh -c` for every attempt, in the sandbox, as the leader of a session of its own:
 * `$0` is the sandbox, `$1` the command, `$2` the record of the attempt as one line of JSON.
 *
 * It outlives the driver and leaves behind, in one file, its own line of /proc/PID/stat (the start time
 * tells it from a later process with the same pid), the record, and at last `status N`.
 *
 * - `set -C`: the file must be new. A later driver that has given the attempt up has made it before us,
 *   and then the command must not run.
 * - What the shell itself says (fd 2) goes into the file too: a message such as `Killed` is how a signal is
 *   told from an exit status above 128. Bash prints it only outside of POSIX mode.
 * - A subshell that is replaced by the command: only so is the command's stderr not the shell's as well.
 * - The trap lets this shell outlive a SIGTERM for the group; caught signals have their default meaning
 *   again in the command, ignored ones would not. It is set last: before, a signal ends the attempt, as it should,
 *   and would else be lost to a command that is not there yet.
 * - `kill -KILL 0` ends all that the command left in its group, this shell included, also where no driver
 *   is there to do it. Not if the command has deleted or moved the file: the exit status is then the only trace.
 * - `&& ||` and not `;`: an inherited `set -e` (SHELLOPTS) must not end this shell early.
 */
const wrapperScript = `${firstLine}
set -C
exec 3>&2 2>${recordFileName}
set +C
[ -z "$BASH_VERSION" ] || set +o posix
if [ -r /proc/$$/stat ]; then read -r _galaxy_mesos </proc/$$/stat
else _galaxy_mesos="$$ $(LC_ALL=C ps -o lstart= -p $$)"; fi
printf '%s\\n%s\\n' "$_galaxy_mesos" "$2" >&2 || exit 125
trap : HUP INT QUIT TERM USR1 USR2
( exec /bin/sh -c "$1" 2>&3 3>&- ) && _galaxy_mesos=0 || _galaxy_mesos=$?
echo "status $_galaxy_mesos" >&2 && [ -e "$0/${recordFileName}" ] && kill -KILL 0
exit "$_galaxy_mesos"
`;

/** The arguments of `/bin/sh` that run a command in a sandbox. */
export const wrapperArguments = (sandbox: string, command: string, record: string): string[] => [
  '-c',
  wrapperScript,
  sandbox,
  command,
  record,
];

/** The sandbox and the record from the command line of a process, if it is a wrapper. */
export const readWrapperArguments = (
  commandLine: readonly string[],
): { readonly sandbox: string; readonly record: string } | undefined => {
  const [, , script, sandbox, , record] = commandLine;
  if (script === undefined || sandbox === undefined || record === undefined) return undefined;
  return script.startsWith(`${firstLine}\n`) ? { sandbox, record } : undefined;
};
