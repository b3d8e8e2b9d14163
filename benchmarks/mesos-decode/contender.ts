import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { Counts } from './serve.ts';

/** How to start a contender: a program and its arguments. */
export type Command = readonly string[];

/** The last core, which the system itself uses least. One core for each contender is what the figures are about. */
const isPinned = process.platform === 'linux' && spawnSync('taskset', ['--version']).status === 0;

function pinned(command: Command): Command {
  const cores = spawnSync('taskset', ['-pc', String(process.pid)], { encoding: 'utf8' }).stdout.match(/\d+/g);
  return isPinned ? ['taskset', '-c', cores?.at(-1) ?? '0', ...command] : command;
}

/**
 * A decoder in a process of its own, which lives through all rounds. It is sent the path of a stream, a line each
 * time, decodes the stream once and answers with a line: seconds, offers, finished tasks.
 */
export class DecoderProcess {
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #answers: AsyncIterator<string>;

  constructor(command: Command) {
    const [program = '', ...parameters] = pinned(command);
    this.#process = spawn(program, parameters, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#answers = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
  }

  /** The seconds for this stream. Throws where the contender has found something else in it than there is. */
  async decode(path: string, expected: Counts): Promise<number> {
    this.#process.stdin.write(`${path}\n`);
    const { value, done } = await this.#answers.next();
    if (done) throw new Error(`${this.#process.spawnargs.join(' ')} has ended`);
    const [seconds = Number.NaN, offers, finished] = value.split(' ').map(Number);
    if (offers !== expected.offers || finished !== expected.finished)
      throw new Error(`${this.#process.spawnargs.join(' ')} found ${value}`);
    return seconds;
  }

  stop(): void {
    this.#process.kill();
  }
}
