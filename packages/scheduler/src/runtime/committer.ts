import type { Clock } from '../ports/clock.ts';
import { isTemporary, type TaskChange, type TaskStore } from '../ports/store.ts';

const firstDelayMilliseconds = 100;
const longestDelayMilliseconds = 5_000;

/** What a {@link Committer} needs. */
export interface CommitterParts {
  readonly store: TaskStore;
  readonly clock: Clock;
  /** Seconds that a store that cannot write for now is given. */
  readonly patience: number;
  /** Told of the first failure of a row of them, and when writing works again. */
  readonly onTrouble: (error: Error | undefined) => void;
  readonly onCommit: (milliseconds: number) => void;
}

/** Writes to the store, and waits for one that cannot write for now: nothing else happens meanwhile. */
export class Committer {
  readonly #parts: CommitterParts;
  #abandon: () => void = () => {};
  #isAbandoned = false;

  constructor(parts: CommitterParts) {
    this.#parts = parts;
  }

  /** Resolves once the changes are durable; rejects with what the store threw when it was given long enough. */
  async commit(changes: readonly TaskChange[]): Promise<void> {
    const { clock, patience, onTrouble, onCommit } = this.#parts;
    const began = clock.elapsed();
    let trouble = await this.#try(changes);
    if (trouble && patience > 0) onTrouble(trouble);
    for (let delay = firstDelayMilliseconds; trouble; delay = Math.min(delay * 2, longestDelayMilliseconds)) {
      if (clock.elapsed() - began >= patience * 1000) throw trouble;
      await this.#wait(delay);
      // Whoever took over meanwhile has the say.
      if (this.#isAbandoned) throw trouble;
      trouble = await this.#try(changes);
      if (!trouble) onTrouble(undefined);
    }
    onCommit(clock.elapsed() - began);
  }

  /** Answers why the store cannot write for now; rejects if it never will. */
  async #try(changes: readonly TaskChange[]): Promise<Error | undefined> {
    try {
      await this.#parts.store.commit(changes);
      return undefined;
    } catch (error) {
      if (isTemporary(error)) return error;
      throw error;
    }
  }

  /** A store that cannot write is waited for no longer, and nothing is written after that. */
  abandon(): void {
    this.#isAbandoned = true;
    this.#abandon();
  }

  #wait(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.#isAbandoned) return resolve();
      const cancel = this.#parts.clock.after(milliseconds, resolve);
      this.#abandon = () => {
        cancel();
        resolve();
      };
    });
  }
}
