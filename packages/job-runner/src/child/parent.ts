import { Console } from 'node:console';
import { Worker } from 'node:worker_threads';
import { linesOf } from './lines.ts';

/**
 * In a thread of its own, since the work may keep the first one from looking at anything: whoever asked for the work
 * holds the other end of the descriptor 4. What does not end by itself is ended a little later.
 */
const watch = `
const { Socket } = require('node:net');
const { parentPort } = require('node:worker_threads');
const end = () => {
  parentPort.postMessage('gone');
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), 2000);
};
new Socket({ fd: 4, readable: true }).on('error', () => {}).on('close', end).resume();`;

/** In characters: joins of very many parts are asked for by one line. */
const longestOrder = 64 * 1024 * 1024;

/** Who has started this program, and asks for work: one line of JSON on the standard input, which then stays open. */
export class Parent {
  readonly #gone = new AbortController();
  readonly #lines = linesOf(process.stdin, longestOrder);
  #asked: Promise<unknown> = Promise.resolve();

  /** Fires when nobody waits for the result any more. */
  readonly gone = this.#gone.signal;

  constructor() {
    const watching = new Worker(watch, { eval: true });
    watching.on('message', () => this.#gone.abort(new Error('nobody waits for the result any more')));
    watching.unref();
    // Modules of contributors may want to tell something, and the standard output is for one thing alone.
    globalThis.console = new Console(process.stderr);
  }

  /** @throws Error if nothing is asked for */
  async order(): Promise<unknown> {
    return this.#next();
  }

  /** Resolves when there is room for more. */
  tell(value: unknown): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    process.stdout.write(`${JSON.stringify(value)}\n`, (error) => (error ? reject(error) : resolve()));
    return promise;
  }

  /** Says something that is answered by a line; one at a time. */
  ask(value: unknown): Promise<unknown> {
    const answer = this.#asked.then(async () => {
      await this.tell(value);
      return this.#next();
    });
    this.#asked = answer.catch(() => {});
    return answer;
  }

  async #next(): Promise<unknown> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error('nothing was asked for');
    return JSON.parse(value);
  }
}
