import { setImmediate as nextTurn } from 'node:timers/promises';
import { StoreError } from './errors.ts';
import type { StoreChange } from './writes.ts';

interface Waiting {
  /** Absent for work that must not be put together with anything. */
  readonly changes?: readonly StoreChange[];
  readonly work: () => Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** More than this is not put together: one transaction should take some tens of milliseconds at most. */
const maximumTogether = 5000;

/**
 * Does one thing after another, in the order in which it is asked. Commits that wait side by side become one
 * transaction: a durable write costs about the same for one change and for hundreds.
 */
export class CommitQueue {
  readonly #write: (changes: readonly StoreChange[]) => Promise<void>;
  readonly #waiting: Waiting[] = [];
  #running = false;

  /** `write` writes all changes or none. */
  constructor(write: (changes: readonly StoreChange[]) => Promise<void>) {
    this.#write = write;
  }

  /** Resolves when all changes are written; rejects if none is. */
  commit(changes: readonly StoreChange[]): Promise<void> {
    return this.#add(() => this.#write(changes), changes);
  }

  /** Runs something by itself, after all that was asked for before. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    const results: T[] = [];
    await this.#add(async () => void results.push(await work()));
    return results[0] as T;
  }

  #add(work: () => Promise<void>, changes?: readonly StoreChange[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ work, resolve, reject, ...(changes && { changes }) });
      if (!this.#running) void this.#drain();
    });
  }

  /** Never rejects: what goes wrong is told to those who asked. */
  async #drain(): Promise<void> {
    this.#running = true;
    // Lets all that is asked for in this turn of the event loop come in.
    await nextTurn();
    for (let group = this.#take(); group.length > 0; group = this.#take()) await this.#do(group);
    this.#running = false;
  }

  /** Commits that come first in line, or one piece of other work. */
  #take(): Waiting[] {
    let count = 0;
    let total = 0;
    for (const { changes } of this.#waiting) {
      total += changes?.length ?? Number.POSITIVE_INFINITY;
      if (count > 0 && total > maximumTogether) break;
      count++;
    }
    return this.#waiting.splice(0, count);
  }

  async #do(group: readonly Waiting[]): Promise<void> {
    const [first, ...others] = group;
    if (!first) return;
    try {
      if (others.length === 0) await first.work();
      else await this.#write(group.flatMap(({ changes = [] }) => changes));
    } catch (error) {
      // One of them may be at fault, and the others are not to suffer for it.
      if (others.length > 0 && isOfContent(error)) for (const one of group) await this.#do([one]);
      else for (const { reject } of group) reject(error);
      return;
    }
    for (const { resolve } of group) resolve();
  }
}

const isOfContent = (error: unknown): boolean => !(error instanceof StoreError) || error.code === 'FAILED';
