import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * A program that stands in for one that runs containers: it writes down how it was called, and runs the command that
 * follows the image as it is, on this machine, as root or whoever. `mode` is what goes wrong with it.
 */
export class StandIn {
  readonly #directory: string;

  constructor(directory: string, program: string, mode: 'none' | 'not-created' | 'out-of-memory' = 'none') {
    this.#directory = path.join(directory, 'stand-in');
    mkdirSync(this.#directory);
    const file = path.join(this.#directory, program);
    writeFileSync(file, script(mode));
    chmodSync(file, 0o755);
  }

  /** Where the program is found first. */
  get path(): string {
    return `${this.#directory}:${process.env.PATH ?? '/usr/bin:/bin'}`;
  }

  /** The arguments of its calls that begin with this one (of `run` and `exec`: also its environment at the end). */
  calls(verb: string): readonly string[] {
    const file = path.join(this.#directory, `${verb}.call`);
    return existsSync(file) ? readFileSync(file, 'utf8').split('\0').slice(0, -1) : [];
  }
}

const script = (mode: string): string => `#!/bin/sh
here=$(dirname "$0")
[ "$1" != --silent ] || shift
verb=$1
printf '%s\\0' "$@" > "$here/$verb.call.new" && mv "$here/$verb.call.new" "$here/$verb.call"
case $verb in
  inspect) [ ${mode} != not-created ] || exit 1
    if [ ${mode} = out-of-memory ]; then echo true; else echo false; fi ;;
  stop) [ -f "$here/process" ] && kill -TERM "$(cat "$here/process")" ;;
  run|exec)
    [ ${mode} != not-created ] || exit 125
    while [ $# -gt 0 ]; do case $1 in
      --workdir|--pwd) cd "$2" || exit 126; shift 2 ;;
      example/image:1|docker://example/image:1) shift; break ;;
      *) shift ;;
    esac; done
    [ $# -gt 0 ] || exit 125
    printf '%s' $$ > "$here/process"
    exec "$@" ;;
esac
`;
