import { shellWord } from '../shell-word.ts';
import { type ContainedCommand, containerStatuses } from './contained-command.ts';

/**
 * Run by `/bin/sh -c` with the program, the name of the container and the image, and then the arguments of `run`.
 *
 * - The container belongs to a service of the machine, and not to the task: what the task may use is said again, and
 *   the container is removed by name whatever happened to the program that waits for it. A container that cannot be
 *   asked about afterwards was never made, so what failed is not the command.
 * - `stop` waits two seconds before it kills; Mesos waits three before it kills us.
 * - A SIGTERM while the image is still fetched finds no container to stop, but somebody who fetches.
 * - Podman up to 4.3 does not find the file `oom` by which its conmon tells, since that is made where it was started.
 * - Podman without privileges knows the user inside only by a map of its own, and cannot limit memory everywhere; its
 *   processes count for the task there.
 */
const script = `program=$1 image=$3
name=galaxy-mesos-$(printf %s "$2" | tr -c 'A-Za-z0-9_.-' _)
shift 3
if ! command -v "$program" >/dev/null 2>&1; then
  echo "galaxy-mesos: the job is to run in the image $image by $program, which $(uname -n) does not have" >&2
  exit ${containerStatuses.unavailable}
fi
user=$(id -u)
for group in $(id -G); do set -- --group-add "$group" "$@"; done
set -- --user "$user:$(id -g)" "$@"
if [ "$program" = podman ] && [ "$user" != 0 ]; then
  set -- --userns keep-id "$@"
elif [ -n "$GALAXY_MESOS_MEM" ]; then
  set -- --memory "\${GALAXY_MESOS_MEM%%.*}m" "$@"
fi
cpus=\${GALAXY_MESOS_CPUS%%.*}
if [ "\${cpus:-0}" -ge 1 ] 2>/dev/null; then set -- --cpu-shares "$((cpus * 1024))" "$@"; fi
oom=
if [ "$program" = podman ] && [ ! -e oom ]; then oom=new; fi
stopped= client=
trap 'stopped=yes
  "$program" stop -t 2 "$name" >/dev/null 2>&1 || { [ -z "$client" ] || kill -TERM "$client" 2>/dev/null; }' TERM
"$program" run --name "$name" --network host --entrypoint "" "$@" </dev/null &
client=$!
wait "$client"
code=$?
while kill -0 "$client" 2>/dev/null; do wait "$client"; code=$?; done
state=$("$program" inspect --type container --format '{{.State.OOMKilled}}' "$name" 2>/dev/null)
created=$?
if [ "$oom" ] && [ -e oom ]; then rm -f oom; state=true; fi
"$program" rm --force "$name" >/dev/null 2>&1
[ -z "$stopped" ] || exit 143
if [ "$created" != 0 ]; then
  echo "galaxy-mesos: $program could not start the image $image on $(uname -n)" >&2
  exit ${containerStatuses.unavailable}
fi
if [ "$state" = true ]; then
  echo "galaxy-mesos: the container used more than its $GALAXY_MESOS_MEM MiB of memory" >&2
  exit ${containerStatuses.outOfMemory}
fi
exit "$code"
`;

/** See `containerCommand`. Docker and podman take the same arguments. */
export function runByEngine(program: 'docker' | 'podman', contained: ContainedCommand): string {
  const { container, mounts, workingDirectory, home = workingDirectory, environment = [] } = contained;
  const gpus = program === 'docker' ? '--gpus all' : '--device nvidia.com/gpu=all';
  return [
    ...['/bin/sh', '-c', shellWord(script), 'galaxy-mesos-container'],
    ...[program, contained.name, shellWord(container.image)],
    ...mounts.map(({ path, readOnly }) => mountWords(program, path, readOnly === true)),
    ...['--workdir', workingDirectory],
    ...['--env', `HOME=${home}`],
    ...environment.map((name) => `--env ${name}`),
    ...(contained.gpus ? [gpus] : []),
    ...['--label', 'galaxy-mesos=task'],
    shellWord(container.image),
    contained.command,
  ].join(' ');
}

/**
 * By `--mount` and not `--volume`: a path may have colons then, and one that is not there is an error. Docker reads the
 * value as a line of CSV, where quotes let a path have commas; podman does so only since version 4.
 */
function mountWords(program: 'docker' | 'podman', path: string, readOnly: boolean): string {
  const end = readOnly ? ',readonly' : '';
  return program === 'podman'
    ? `--mount type=bind,source=${path},target=${path}${end}`
    : `--mount 'type=bind,"source='${path}'","target='${path}'"${end}'`;
}
