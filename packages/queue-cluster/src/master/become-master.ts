import { logShell, mostLogBytes } from './log-shell.ts';

/** How often the process beside a master looks whether it is to end. */
const lookSeconds = 5;

/**
 * Looks after a master: $0 is the file that says who it is, $1 its process, $2 the seconds between two looks, $3 how many
 * bytes the log beside that file may have, which it cuts then, $4 what the file said when the master wrote it. It has the
 * master end when somebody on another machine wants that, which no signal reaches; and when what says who it is has been
 * gone for a minute from a directory that can be seen: nobody knows of it any more, or another one has its place. A file
 * that is there and cannot be read says nothing.
 */
const watch = `
${logShell}
own=$4 began= misses=0
lives() {
  { IFS= read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
  set -- \${stat##*) }
  began=\${began:-\${20}}
  [ "$1" != Z ] && [ "\${20}" = "$began" ]
}
while lives "$1"; do
  cut_log "\${0%/*}/log" "$3"
  if said=$(head -n 1 -- "$0" 2>/dev/null); then
    if [ "$said" = "$own" ]; then misses=0; else misses=$((misses + 1)); fi
  elif [ ! -e "$0" ] && [ -d "\${0%/*/*/*}" ]; then misses=$((misses + 1))
  fi
  if [ -e "$0.end" ] || [ "$misses" -ge 12 ]; then
    kill -s TERM "$1"
    sleep "$2"
    kill -s KILL -- "-$1"
  fi
  sleep "$2"
done
`;

/**
 * Runs the lines of $1, and becomes the program that follows them, $4 and what comes after it, in the image $2 if that is
 * not empty, where it sees the directories $3 (one a line).
 */
const prepare = `
eval "$1" || echo "the lines of setup ended with $?" >&2
image=$2 binds=$3
shift 3
if [ -n "$image" ]; then
  runtime=$(command -v apptainer || command -v singularity) || {
    echo 'neither apptainer nor singularity is to be found on this machine'
    exit 127
  }
  words=(exec)
  while IFS= read -r bind; do words+=(--bind "$bind"); done <<<"$binds"
  set -- "$runtime" "\${words[@]}" "$image" "$@"
fi
command -v "$1" >/dev/null || {
  echo "$1 is not to be found on this machine"
  exit 127
}
exec "$@"
`;

/** How a program is made ready to be started. */
export interface Preparation {
  /** Lines of shell that come before, such as `module load mesos`. */
  readonly setup?: readonly string[];
  /** A container image in which it runs, by Apptainer or Singularity. */
  readonly image?: string;
  /** Directories that are to be seen in the image. */
  readonly binds: readonly string[];
}

/** Words that prepare a program, and become it. */
export const preparedWords = (
  words: readonly string[],
  { setup = [], image = '', binds }: Preparation,
): readonly string[] => [
  'bash',
  '-c',
  prepare,
  'mesos-master',
  setup.join('\n'),
  image,
  binds.join('\n'),
  ...words,
];

/**
 * Words for /bin/sh that note in the file who it is, and then become the master, with a process beside it in its group
 * that looks after it. That one is handed what was noted: when it begins, another master's note may be there already.
 */
export const wordsToBecome = (
  file: string,
  words: readonly string[],
  { seconds = lookSeconds, logBytes = mostLogBytes } = {},
): readonly string[] => {
  const become = `
set -- "$(cat /proc/$$/stat)" "$@"
[ -n "$1" ] && printf '%s\\n' "$1" >"$0.new" && mv -f "$0.new" "$0" || exit 1
/bin/sh -c "$2" "$0" $$ "$3" "$4" "$1" &
shift 4
exec "$@"
`;
  return ['-c', become, file, watch, String(seconds), String(logBytes), ...words];
};
