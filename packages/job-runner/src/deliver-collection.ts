import { execFile } from 'node:child_process';
import type { Job } from '@galaxy-mesos/galaxy-jobs';
import { collectionManifest } from '@galaxy-mesos/parallelism';
import { startedAs } from './child/started-as.ts';
import type { FileOwner } from './deliver-as.ts';
import { JobError, messageOf } from './job-error.ts';
import type { JobResult } from './job-event.ts';

// $1 source, $2 destination, $3 what it is called until it is whole, $4 what was there before, until that is gone. Where
// two directories cannot change places in one step there is a moment with neither; one that was cut short just then, or
// fails then, gets back what was there.
const script = `PATH=$PATH:/usr/bin:/bin
restore() { if [ -d "$4" ] && ! [ -e "$2" ]; then mv -T -- "$4" "$2"; fi; }
mkdir -p -- "\${2%/*}/" || exit
restore "$@" || exit
if [ -L "$2" ] || { [ -e "$2" ] && ! [ -d "$2" ]; }; then echo "$2 is there, and is no directory" >&2; exit 1; fi
if [ -d "$2" ] && ! [ -f "$2/${collectionManifest}" ] && [ "$(ls -A -- "$2")" ]; then
  echo "$2 is a directory that holds something else; choose another place, or empty it" >&2; exit 1
fi
if [ -f "$2/${collectionManifest}" ]; then
  beside=$(ls -A -- "$2" | awk -F '\\t' '
    !isListing { if (FNR > 1) named[$2]; next }
    $0 != "${collectionManifest}" && !($0 in named) { print substr($0, 1, 80); exit }
  ' "$2/${collectionManifest}" isListing=1 -) || exit
  if [ "$beside" ]; then
    echo "$2 holds an earlier collection and $beside, which is none of it; take that away, or choose another place" >&2; exit 1
  fi
fi
rm -rf -- "$3" "$4" || exit
trap 'restore "$@"; rm -rf -- "$3"' EXIT
mv -T -- "$1" "$3" || exit
sync -f -- "$3" || exit
if ! [ -e "$2" ]; then mv -T -- "$3" "$2" || exit
elif ! mv --exchange -T -- "$3" "$2" 2>/dev/null; then
  mv -T -- "$2" "$4" || exit
  mv -T -- "$3" "$2" || exit
fi
sync -- "\${2%/*}/" 2>/dev/null
rm -rf -- "$3" "$4" || exit
du -sb -- "$2"
`;

/**
 * Puts a directory of results in its place, as another user where there is one. In the place of an earlier collection
 * that one is gone then; what is no collection, or holds files that its table does not name, stays, and is an error. The source moves: it can be made again.
 * @throws JobError `DELIVERY`
 */
export async function deliverCollection(
  job: Job,
  { name, destination }: Job['outputs'][number],
  source: string,
  owner?: FileOwner,
): Promise<JobResult> {
  const aside = (kind: string): string => destination.replace(/[^/]*$/, `.${job.id}.${kind}`);
  const words = [
    '/bin/sh',
    '-c',
    script,
    'deliver',
    source,
    destination,
    aside('partial'),
    aside('before'),
  ] as const;
  try {
    const size = await run(words, owner);
    return { output: name, path: destination, size };
  } catch (error) {
    const message = `the results could not be moved into place: ${messageOf(error)}`;
    throw new JobError('DELIVERY', destination, message, error);
  }
}

function run(words: readonly [string, ...string[]], owner: FileOwner | undefined): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const { command, parameters, user } = startedAs(owner, words);
  const options = { ...user, cwd: '/', env: { PATH: process.env.PATH, LC_ALL: 'C' } };
  execFile(command, parameters, options, (error, stdout, stderr) => {
    if (error) reject(new Error(stderr.trim().split('\n').at(-1) || error.message, { cause: error }));
    else resolve(Number.parseInt(stdout, 10));
  });
  return promise;
}
