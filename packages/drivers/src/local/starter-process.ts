import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { messageOf } from '../errors.ts';
import type { ShellEnd } from './outcome.ts';
import type { ProcessIdentity } from './record.ts';
import type { FromStarter, StarterSettings, StartOrder, ToStarter } from './starter-messages.ts';

/** Whom the starter's answers to one order go to: `failed`, or `started` and `ended`, or `orphaned` in between. */
export interface StartListener {
  started(process: ProcessIdentity): void;
  /** Nothing was started, nor will be. */
  failed(message: string): void;
  ended(end: ShellEnd): void;
  /** The starter has ended: nobody tells how the process ends, or if `started` has not come, whether there is one. */
  orphaned(): void;
}

// From source this module is a file beside the starter's; built, it is part of a file one directory higher.
const program = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? './starter.ts' : './local/starter.js', import.meta.url),
);

// It runs so little code that other threads to compile it, or to collect its garbage, gain nothing and take memory.
const leanness = ['--v8-pool-size=0', '--max-semi-space-size=1'];

const endedEarly =
  'the process that starts commands for this one has ended before it was ready, and what it has to say of that is on standard error';

/** One starter from its start to its end. */
class StarterProcess {
  readonly #child: ChildProcess;
  readonly #listeners = new Map<number, StartListener>();
  #isReady = false;
  #count = 0;

  /** @throws what the system says where it starts no process. */
  constructor(settings: StarterSettings, ended: () => void) {
    // What is meant for this program (a debugger, modules to load first) would slow it down or end it.
    const { NODE_OPTIONS: _, ...environment } = process.env;
    this.#child = spawn(process.execPath, [...leanness, program], {
      // It keeps no directory busy, and gets no signals of a terminal.
      cwd: '/',
      detached: true,
      env: environment,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#child.on('message', (message) => this.#hear(message as FromStarter));
    this.#child.on('error', (error) => {
      // Once it is there, `disconnect` tells all that matters.
      if (this.#child.pid !== undefined) return;
      ended();
      this.#failAll(messageOf(error));
    });
    // After everything that it has said.
    this.#child.once('disconnect', () => {
      ended();
      if (this.#isReady) this.#orphanAll();
      else this.#failAll(endedEarly);
    });
    this.#child.unref();
    this.#child.channel?.unref();
    this.#send(settings);
  }

  start(order: StartOrder, listener: StartListener): void {
    this.#count += 1;
    this.#send({ kind: 'start', order: this.#count, ...order });
    this.#listeners.set(this.#count, listener);
    this.#child.channel?.ref();
  }

  /** Lets it end; nobody is told anything any more. */
  close(): void {
    this.#listeners.clear();
    this.#child.removeAllListeners();
    // What else goes wrong with it is of no interest.
    this.#child.on('error', () => {});
    if (this.#child.connected) this.#child.disconnect();
  }

  #send(message: ToStarter): void {
    // Else, and where sending fails, `disconnect` or `error` is about to come, and tells those that wait.
    if (this.#child.connected) this.#child.send(message, () => {});
  }

  #hear(message: FromStarter): void {
    if (message.kind === 'ready') {
      this.#isReady = true;
      return;
    }
    const listener = this.#listeners.get(message.order);
    if (message.kind !== 'started') this.#forget(message.order);
    if (message.kind === 'started') listener?.started({ pid: message.pid, startTime: message.startTime });
    else if (message.kind === 'failed') listener?.failed(message.message);
    else listener?.ended({ status: message.status, signal: message.signal });
  }

  #forget(order: number): void {
    this.#listeners.delete(order);
    // What runs keeps Node alive, as a child of its own would.
    if (this.#listeners.size === 0) this.#child.channel?.unref();
  }

  #takeAll(): readonly StartListener[] {
    const listeners = [...this.#listeners.values()];
    this.#listeners.clear();
    return listeners;
  }

  #failAll(message: string): void {
    for (const listener of this.#takeAll()) listener.failed(message);
  }

  #orphanAll(): void {
    for (const listener of this.#takeAll()) listener.orphaned();
  }
}

/**
 * Starts processes through a small process of its own, so that starting them takes nothing of this one's time. Where
 * that has ended, the next start makes another.
 */
export class Starter {
  readonly #settings: StarterSettings;
  #process: StarterProcess | undefined;
  #isClosed = false;

  constructor(settings: Omit<StarterSettings, 'kind'>) {
    this.#settings = { kind: 'settings', ...settings };
  }

  /** Makes the process, so that the first start need not wait for it. Whether that goes wrong is told by the start. */
  prepare(): void {
    try {
      this.#living();
    } catch {
      // As said above.
    }
  }

  /** The answers come later, never from within this call, except that nothing could be started at all. */
  start(order: StartOrder, listener: StartListener): void {
    if (this.#isClosed) return;
    try {
      this.#living().start(order, listener);
    } catch (error) {
      listener.failed(messageOf(error));
    }
  }

  /** What was started goes on. No order is taken and nothing is told any more. */
  close(): void {
    this.#isClosed = true;
    this.#process?.close();
    this.#process = undefined;
  }

  #living(): StarterProcess {
    if (this.#process !== undefined) return this.#process;
    const started: StarterProcess = new StarterProcess(this.#settings, () => {
      if (this.#process === started) this.#process = undefined;
    });
    this.#process = started;
    return started;
  }
}
