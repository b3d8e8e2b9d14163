import { shellWord } from '../shell-word.ts';
import { type ContainedCommand, containerStatuses } from './contained-command.ts';

/**
 * Run by `/bin/sh -c` with the program, the image, the prefix of its variables, the names of the variables that are
 * passed, and then the arguments of `exec`. The command is a child process like any other: it counts for the task, and
 * ends with it. It gets variables only by others with the prefix; options would cut their values at commas.
 */
const script = `program=$1 image=$2 prefix=$3 names=$4
shift 4
if ! command -v "$program" >/dev/null 2>&1; then
  echo "galaxy-mesos: the job is to run in the image $image by $program, which $(uname -n) does not have" >&2
  exit ${containerStatuses.unavailable}
fi
for name in $names; do
  eval "[ -z \\"\\\${$name+set}\\" ] || export \${prefix}_$name=\\"\\$$name\\""
done
stopped= client=
trap 'stopped=yes; [ -z "$client" ] || kill -TERM "$client" 2>/dev/null' TERM
"$program" --silent exec --cleanenv "$@" </dev/null &
client=$!
[ -z "$stopped" ] || kill -TERM "$client" 2>/dev/null
wait "$client"
code=$?
while kill -0 "$client" 2>/dev/null; do wait "$client"; code=$?; done
[ -z "$stopped" ] || exit 143
exit "$code"
`;

/** See `containerCommand`. */
export function runBySingularity(program: 'singularity' | 'apptainer', contained: ContainedCommand): string {
  const { container, mounts, workingDirectory, home = workingDirectory, environment = [] } = contained;
  return [
    ...['/bin/sh', '-c', shellWord(script), 'galaxy-mesos-container'],
    ...[program, shellWord(container.image), `${program.toUpperCase()}ENV`],
    shellWord(environment.join(' ')),
    ...mounts.map(({ path, readOnly }) => `--bind ${path}:${path}${readOnly === true ? ':ro' : ''}`),
    ...['--pwd', workingDirectory],
    ...['--home', home],
    ...(contained.gpus ? ['--nv'] : []),
    shellWord(imageAddress(container.image)),
    contained.command,
  ].join(' ');
}

/** What names neither a file nor a protocol is an image of a registry of Docker. */
const imageAddress = (image: string): string =>
  image.startsWith('/') || image.includes('://') || /\.(sif|simg|img)$/.test(image)
    ? image
    : `docker://${image}`;
