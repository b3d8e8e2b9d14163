import { execFile } from 'node:child_process';
import path from 'node:path';
import { startedAs } from './child/started-as.ts';

/** A user and group of the operating system, as numbers. */
export interface FileOwner {
  readonly uid: number;
  readonly gid: number;
}

// $1 source, $2 destination, $3 what it is called until it is whole. One name more costs nothing, but is for files
// that have no other: see `deliver`.
const script = `PATH=$PATH:/usr/bin:/bin
directory=\${2%/*}
trap 'rm -f -- "$3"' EXIT
mkdir -p -- "$directory/" || exit
rm -f -- "$3" || exit
if ! [ "$(stat -c %h -- "$1")" = 1 ] || ! ln -- "$1" "$3" 2>/dev/null; then cp -P -- "$1" "$3" || exit; fi
if [ -L "$3" ] || ! [ -f "$3" ]; then echo "$1 is not a file" >&2; exit 1; fi
sync -- "$3" || exit
size=$(stat -c %s -- "$3") || exit
mv -f -T -- "$3" "$2" || exit
sync -- "$directory/" 2>/dev/null
echo "$size"
`;

/**
 * Puts a file in its place as another user, and answers its size: what this process may write to, and that user may
 * not, is no place for what a command of that user made, whatever links do meanwhile.
 * @throws Error with what the system says
 */
export function deliverAs(
  owner: FileOwner,
  source: string,
  destination: string,
  unfinished: string,
): Promise<number> {
  const words = ['/bin/sh', '-c', script, 'deliver', source, destination, unfinished] as const;
  const { command, parameters, user } = startedAs(owner, words);
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const options = { ...user, cwd: path.parse(source).root, env: { PATH: process.env.PATH, LC_ALL: 'C' } };
  execFile(command, parameters, options, (error, stdout, stderr) => {
    if (error) reject(new Error(stderr.trim().split('\n').at(-1) || error.message, { cause: error }));
    else resolve(Number(stdout));
  });
  return promise;
}
