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
    let delay = firstDelayMilliseconds;
    for (let isFirst = true; ; isFirst = false) {
      try {
        await this.#parts.store.commit(changes);
        if (!isFirst) onTrouble(undefined);
        onCommit(clock.elapsed() - began);
        return;
      } catch (error) {
        const isOver = clock.elapsed() - began >= patience * 1000 || this.#isAbandoned;
        if (isOver || !isTemporary(error)) throw error;
        if (isFirst) onTrouble(error);
      }
      await this.#wait(delay);
      delay = Math.min(delay * 2, longestDelayMilliseconds);
    }
  }

  /** A store that cannot write is waited for no longer. */
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
