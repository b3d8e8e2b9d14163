import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { FileOwner } from '../deliver-as.ts';
import { linesOf } from './lines.ts';
import { Lingering } from './lingering.ts';
import { startedAs } from './started-as.ts';

/** The programs that run beside this process, by the folders in which they are. */
export type ProgramName =
  | 'join/join-program'
  | 'planning/plan-program'
  | 'directory-jobs/parts/choose-inputs-program'
  | 'directory-jobs/parts/join-trees-program';

/** How a program is started. */
export interface ChildOptions {
  /** What it does, for messages: `the program that joins`. */
  readonly does: string;
  /** Ends it, with the signal's reason. */
  readonly signal: AbortSignal;
  /** As whom it reads and writes; absent: as the user of this process. */
  readonly owner?: FileOwner | undefined;
  /** An open file that it has as its descriptor 3. */
  readonly file?: number | undefined;
}

// The bundler puts this file beside the folders that the programs are in.
const isSource = import.meta.url.endsWith('.ts');
const conditions = isSource ? ['--conditions=@galaxy-mesos/source'] : [];
const pathOf = (name: ProgramName): string =>
  fileURLToPath(new URL(isSource ? `../${name}.ts` : `${name}.js`, import.meta.url));

/** Files are streamed: what a program needs more than this it must not need. In MiB. */
const heap = 256;
// With more room for what is new, what is read and let go of at once piles up there.
const memory = [`--max-old-space-size=${heap}`, '--max-semi-space-size=2'];

/** So long a program may take to leave things in order, in milliseconds. */
const grace = 3000;

/** So long it is waited for what is still to come of one that has ended, in milliseconds. */
const lingering = 3000;

/** Enough of what it complains of to see what is wrong. */
const mostComplaints = 4000;

/**
 * A program of its own, for what takes long or much memory, or must be done as the user whose job it is. It is told
 * what to do by one line of JSON, and says what comes of it by others. It ends with this process, and where it does
 * not end when told to, it is ended.
 */
export class ChildProgram {
  readonly #name: ProgramName;
  readonly #order: unknown;
  readonly #options: ChildOptions;
  #input: Writable | undefined;

  constructor(name: ProgramName, order: unknown, options: ChildOptions) {
    this.#name = name;
    this.#order = order;
    this.#options = options;
  }

  /**
   * Starts it, and tells what it says: it is heard only as fast as that is asked for. Nothing of it is left when this
   * ends, however that comes about.
   * @throws Error if it ends otherwise than by itself, or the reason of the signal
   */
  async *told(): AsyncGenerator<unknown> {
    const { signal, does } = this.#options;
    signal.throwIfAborted();
    const child = this.#spawn();
    const gone = exitOf(child);
    const last = new Lingering(lingering);
    child.once('exit', () => {
      // What it has begun is of no use without it, and may write where something else is soon.
      killGroup(child, 'SIGKILL');
      last.over();
    });
    const stop = () => end(child);
    signal.addEventListener('abort', stop, { once: true });
    try {
      const [input, output, errors] = streamsOf(child);
      const complaints = new Complaints(errors);
      this.#input = input;
      // It may be gone before it has read all; how it ended says why.
      for (const stream of [input, child.stdio[4]]) stream?.on('error', () => {});
      this.answer(this.#order);
      // One that could not be started has closed streams, and says why.
      if (child.pid === undefined) await gone;
      const lines = linesOf(output);
      for (;;) {
        const next = await last.wait(lines.next());
        if (!next || next.done) break;
        yield JSON.parse(next.value);
      }
      const how = await gone;
      signal.throwIfAborted();
      if (how === 'exit code 0') return;
      await last.wait(complaints.all);
      throw new Error(`the program that ${does} ${words(how, complaints.text)}`);
    } finally {
      signal.removeEventListener('abort', stop);
      const timer = end(child);
      await gone.catch(() => {});
      clearTimeout(timer);
      for (const stream of child.stdio) stream?.destroy();
    }
  }

  /** Says something to it that it waits for. */
  answer(value: unknown): void {
    this.#input?.write(`${JSON.stringify(value)}\n`);
  }

  #spawn(): ChildProcess {
    const { owner, file } = this.#options;
    const words = [process.execPath, ...conditions, ...memory, pathOf(this.#name)] as const;
    const { command, parameters, user } = startedAs(owner, words);
    return spawn(command, parameters, {
      // Signals of a terminal are for this process, which passes on what it means by them.
      detached: true,
      cwd: '/',
      env: { ...environmentFor(owner), LC_ALL: 'C', NODE_NO_WARNINGS: '1' },
      // By the last one it sees the end of this process, also where it is too busy to look at its input.
      stdio: ['pipe', 'pipe', 'pipe', file ?? 'ignore', 'pipe'],
      ...user,
    });
  }
}

/**
 * Programs that it starts may find what they need by this process's environment, as the tasks of this user do. Another
 * user could read the secrets that may be in there.
 */
const environmentFor = (owner: FileOwner | undefined): NodeJS.ProcessEnv =>
  owner && owner.uid !== process.geteuid?.() ? { PATH: process.env.PATH } : process.env;

function exitOf(child: ChildProcess): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  child.once('error', reject);
  child.once('exit', (code, killed) => resolve(killed ?? `exit code ${code}`));
  // Whoever waits for it is told; it may come before anybody does.
  promise.catch(() => {});
  return promise;
}

/** It leads a group of its own, in which is what it has begun. */
function killGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // Nothing of it is left.
  }
}

/** Tells it to end, and ends it where it does not. */
function end(child: ChildProcess): NodeJS.Timeout | undefined {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return undefined;
  killGroup(child, 'SIGTERM');
  const timer = setTimeout(() => killGroup(child, 'SIGKILL'), grace);
  child.once('exit', () => clearTimeout(timer));
  return timer;
}

function streamsOf({ stdin, stdout, stderr }: ChildProcess): [Writable, Readable, Readable] {
  if (!stdin || !stdout || !stderr) throw new Error('a program was started without its streams');
  return [stdin, stdout, stderr];
}

/** The end of what a program writes for people. */
class Complaints {
  text = '';
  /** Resolves when there is no more. */
  readonly all: Promise<void>;

  constructor(stream: Readable) {
    this.all = this.#read(stream).catch(() => {});
  }

  async #read(stream: Readable): Promise<void> {
    for await (const chunk of stream.setEncoding('utf8'))
      this.text = `${this.text}${chunk}`.slice(-mostComplaints);
  }
}

function words(how: string, complaints: string): string {
  if (complaints.includes('heap out of memory'))
    return `needs more memory than the ${heap} MiB that it may have`;
  return `ended with ${how}: ${complaints.trim().slice(-1000)}`;
}
